"""A line in the Shell sends the request that the official CLI sends for it: method, path, form and headers."""

import shlex
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from typing import NamedTuple
from urllib.parse import parse_qsl

import pytest

from brim.http.message import Request
from tests.support.shell_fakes import KEY, KeepingScreen, RecordingApi, shell
from tests.support.stripe_cli import StripeCli, stripe_program

TOPUP = "tu_1NG6yj2eZvKYlo2C1FOBiHya"
COMPARED = ("authorization", "content-type", "idempotency-key", "stripe-account", "stripe-context", "stripe-version")
LINES = (
    "topups create --amount=2000 --currency=usd",
    'topups create --amount 2000 --currency usd -d "metadata[a]=b" -d "metadata[c d]=é&f"',
    'topups create --amount 2000 --currency usd --description "a & b = c+d é" -i KEY1',
    "topups create --amount=2000 --currency=usd --statement-descriptor x --transfer-group g --source btok_1",
    "topups create --amount 2000 --currency usd --payment-method-options.us-bank-account.network ach",
    "topups create --payment-method-options[us-bank-account][network]=ach --payment-method pm_1",
    "topups create --amount 2000 --currency usd -e balance_transaction --expand source",
    "topups create -d amount=2000 -dcurrency=usd -v 2026-06-24.dahlia --stripe-account acct_1 --stripe-context ctx",
    "topups create --amount=2000 --amount=007 --currency usd --currency eur -sc",
    "topups create --amount -5",
    "topups create",
    "topups list",
    "topups list --limit 3 --status pending -e data.balance_transaction",
    "topups list --limit=3 --created 12 --starting-after tu_1 --ending-before tu_2 --amount 5",
    'topups list -d "created[gte]=0" -d "amount[lt]=5" --status nonsense',
    "topups list -i KEY2",
    "topups retrieve tu_1 -e balance_transaction",
    'topups update tu_1 --description "" -d "metadata[a]=" -d "metadata[b]=c=d"',
    "topups cancel tu_1 -i KEY3",
    "get /v1/topups -l 5 -a tu_1 -b tu_2 -e data.source",
    "get topups",
    "get v1/topups -d limit=3",
    f"get {TOPUP}",
    "get evt_1NG8Du2eZvKYlo2CUI79vXWy",
    "get txn_1NG8Du2eZvKYlo2CUI79vXWy -d expand[]=source",
    f"post /v1/topups/{TOPUP}/cancel",
    'post topups -d amount=2000 -d currency=usd -d "metadata[a b]=c d" -i KEY4',
    f"post {TOPUP} -d description=x",
    "delete we_1NG8Du2eZvKYlo2CUI79vXWy -c",
    "delete /v1/webhook_endpoints/we_1 --confirm -d a=b",
    "balance retrieve",
    "balance_transactions list --type topup --limit 2 --source tu_1",
    "events list --types topup.created --types topup.failed --delivery-success=false",
    "events list --type topup.* --delivery-success",
    "events resend evt_1",
    "events resend evt_1 --webhook-endpoint we_1 --account acct_1",
    'webhook_endpoints create --url http://x.example/a?b=c --enabled-events topup.created --enabled-events "*"',
    "webhook_endpoints update we_1 --disabled",
    "webhook_endpoints delete we_1 -c",
    "payment_methods create --type us_bank_account --us-bank-account.account-number 000123456789",
    "payment_methods list --type us_bank_account",
    "sources verify src_1 --values 32 --values 45",
    "accounts retrieve --stripe-account acct_1",
    "accounts update acct_1 --email a@b.example --business-profile.name x",
    "test_helpers test_clocks create --frozen-time 100 --name x",
    "test_helpers test_clocks advance clock_1 --frozen-time 200",
    "trigger topup.created",
    "trigger topup.created --override topup:amount=777 --add topup:transfer_group=g --remove topup:description",
    "trigger topup.created --stripe-account acct_1 --api-version 2026-06-24.dahlia",
    "listen --print-secret --events topup.created",
)


class Sent(NamedTuple):
    """What is compared of a request; the form in order of its names, as its order means nothing."""

    method: str
    path: str
    form: list[tuple[str, str]]
    headers: dict[str, str]


def sent(method: str, target: str, body: bytes, headers: dict[str, str]) -> Sent:
    path, _, query = target.partition("?")
    form = sorted(parse_qsl(query or body.decode(), keep_blank_values=True))
    # Each names its own computer.
    form = [(name, "" if name == "device_name" else value) for name, value in form]
    return Sent(method, path, form, {name: headers[name] for name in COMPARED if name in headers})


class Recorder:
    """A server on a free port that keeps what it is asked and is content with all of it."""

    def __init__(self) -> None:
        self.requests: list[Sent] = []
        requests = self.requests

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                named = {name.lower(): value for name, value in self.headers.items()}
                requests.append(sent(self.command, self.path, body, named))
                answer = f'{{"id": "{TOPUP}", "secret": "whsec_x"}}'.encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_POST = do_DELETE = do_GET  # noqa: N815  the names are the base class's

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the base class's
                """Print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture(scope="module")
def one_recorder() -> Iterator[Recorder]:
    """What the official CLI talks to, all the time."""
    recorder = Recorder()
    yield recorder
    recorder.close()


@pytest.fixture
def recorder(one_recorder: Recorder) -> Recorder:
    """What the official CLI talks to, with nothing recorded yet."""
    one_recorder.requests.clear()
    return one_recorder


@pytest.fixture(scope="module")
def stripe_cli(one_recorder: Recorder, tmp_path_factory: pytest.TempPathFactory) -> StripeCli:
    """The official CLI with the key of the Shell."""
    return StripeCli(stripe_program(), tmp_path_factory.mktemp("home"), KEY, url=one_recorder.url)


async def sent_by_shell(line: str) -> list[Sent]:
    def of(request: Request) -> Sent:
        target = request.path + ("?" + request.query.decode() if request.query else "")
        named = {name.decode(): value.decode("latin-1") for name, value in request.headers.items()}
        return sent(request.method, target, request.body, named)

    api = RecordingApi()
    await shell(api).run(line, KeepingScreen())
    return [of(request) for request in api.requests]


@pytest.mark.parametrize("line", LINES)
async def test_the_request_is_the_one_that_the_official_cli_sends(
    line: str, stripe_cli: StripeCli, recorder: Recorder
) -> None:
    run = stripe_cli.run(*shlex.split(line))
    assert recorder.requests, run.errors
    assert await sent_by_shell(f"stripe {line}") == recorder.requests


@pytest.mark.parametrize("event", ["topup.succeeded", "topup.failed", "topup.canceled", "topup.reversed"])
async def test_a_trigger_sends_what_the_official_cli_sends_with_our_fixture(
    event: str, stripe_cli: StripeCli, recorder: Recorder
) -> None:
    with resources.as_file(resources.files("brim") / "fixtures" / f"{event}.json") as file:
        stripe_cli.run("trigger", str(file))
    assert len(recorder.requests) > 1
    assert await sent_by_shell(f"stripe trigger {event}") == recorder.requests
