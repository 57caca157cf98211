"""The handler of `/v1/brim/audit_log`."""

from typing import Final

from brim.api.framework.call import Call
from brim.api.framework.paging import read_page
from brim.api.resources.audit_log.wire import entry_json
from brim.base import wire
from brim.core import accounts, audit
from brim.core.idempotency import Result

URL: Final = "/v1/brim/audit_log"


async def list_all(call: Call) -> Result:
    """`GET /v1/brim/audit_log`."""
    await accounts.check_operates(call.service.database, call.scope.account)
    names = ("account", "action", "actor", "created")
    given = {name: call.parameters[name] for name in names if name in call.parameters}
    filters = audit.AuditFilters(**given, object=call.parameters.get("object_id"))
    page = await audit.list_audit_log(call.service.database, read_page(call.parameters), filters)
    items = [entry_json(entry) for entry in page.items]
    return Result(body=wire.list_json(items, has_more=page.has_more, url=URL))
