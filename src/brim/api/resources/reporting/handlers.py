"""The handlers of `/v1/reporting`, and of the contents of reports' files."""

from typing import Final

from brim.api.framework.call import Call, Service
from brim.api.framework.errors import render_error
from brim.api.framework.paging import read_page
from brim.api.framework.rights import Rights
from brim.api.resources.reporting.wire import CONTENTS, FILES, ReportKeyObject, run_json, type_json
from brim.base import json_codec, wire
from brim.base.errors import ResourceMissingError
from brim.core import reports
from brim.core.idempotency import Result, run_once
from brim.core.reports import TYPES, FileKind, RunParameters
from brim.http.message import Request, StreamedReply
from brim.platform.database import Conn

RUNS: Final = "/v1/reporting/report_runs"
TYPES_URL: Final = "/v1/reporting/report_types"
KEY: Final = "/v1/brim/report_key"
CONTENTS_ROUTE: Final = f"{FILES}{{file}}{CONTENTS}"
_CONTENT_TYPES: Final = {
    FileKind.CSV: "text/csv; charset=utf-8",
    FileKind.JSON: "application/json",
    FileKind.MANIFEST: "application/json",
    FileKind.SIGNATURE: "application/octet-stream",
}


async def create_run(call: Call) -> Result:
    """`POST /v1/reporting/report_runs`."""
    wanted = RunParameters(**call.parameters["parameters"])

    async def work(conn: Conn) -> bytes:
        run = await reports.create_run(
            conn,
            call.scope,
            call.parameters["report_type"],
            wanted,
            by=call.by,
            now_ms=call.now_ms,
            ids=call.service.ids,
        )
        return run_json(run, call.base_url())

    return await run_once(call.service.database, call.context, work, render_error=render_error)


async def retrieve_run(call: Call) -> Result:
    """`GET /v1/reporting/report_runs/{report_run}`."""
    run = await reports.retrieve_run(call.service.database, call.scope, call.path_id)
    return Result(body=run_json(run, call.base_url()))


async def list_runs(call: Call) -> Result:
    """`GET /v1/reporting/report_runs`."""
    page = await reports.page_runs(
        call.service.database, call.scope, read_page(call.parameters), call.parameters.get("created")
    )
    base = call.base_url()
    return Result(body=wire.list_json([run_json(run, base) for run in page.items], has_more=page.has_more, url=RUNS))


async def retrieve_type(call: Call) -> Result:
    """`GET /v1/reporting/report_types/{report_type}`."""
    if call.path_id not in TYPES:
        raise ResourceMissingError("report type", call.path_id, param="report_type", in_path=True)
    until = await reports.available_until(call.service.database, call.scope, now_ms=call.now_ms)
    return Result(body=type_json(TYPES[call.path_id], livemode=call.scope.livemode, available_until=until))


async def list_types(call: Call) -> Result:
    """`GET /v1/reporting/report_types`."""
    until = await reports.available_until(call.service.database, call.scope, now_ms=call.now_ms)
    items = [type_json(each, livemode=call.scope.livemode, available_until=until) for each in TYPES.values()]
    return Result(body=wire.list_json(items, has_more=False, url=TYPES_URL))


async def retrieve_key(call: Call) -> Result:
    """`GET /v1/brim/report_key`."""
    key = await reports.find_signing_key(call.service.database, call.service.vault)
    return Result(body=json_codec.encode(ReportKeyObject(fingerprint=key.fingerprint, public_key=key.public_pem)))


def file_of_request(request: Request) -> str | None:
    """Return the file whose contents a request asks for; None for any other request."""
    if request.method != "GET" or not (request.path.startswith(FILES) and request.path.endswith(CONTENTS)):
        return None
    name = request.path[len(FILES) : -len(CONTENTS)]
    return name if name and "/" not in name else None


async def contents(service: Service, rights: Rights, file: str) -> StreamedReply:
    """`GET /v1/files/{file}/contents`: a file as it is, a part at a time.

    Raises:
        PermissionMissingError: the key may not read reports.
        ResourceMissingError: the account has no such file.
    """
    rights.require("reporting")
    run, kind = await reports.find_file(service.database, rights.scope, file)
    name = reports.file_name(run.id, kind)
    headers = [
        f'Content-Disposition: attachment; filename="{name}"',
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
    ]
    return StreamedReply(200, reports.read_file(service.database, run, kind), headers, _CONTENT_TYPES[kind])
