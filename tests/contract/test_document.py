"""The API answers as its own document says: Schemathesis sends what the document allows, and what it does not.

All of it is in test mode but what works in live mode only; webhooks lead to loopback. CONTRACT_EXAMPLES is how many
requests each operation gets in each phase, CONTRACT_SEED makes others than always the same; `make schemathesis` sets
both. An ordinary run leaves out values beyond the bounds that the document names, and those at the bounds
of what only reads, has the parameters of another operation, or has hundreds of them.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from brim.api.framework.operation import Operation
from brim.api.resources.operations import OPERATIONS
from brim.web.reference.catalogue import Catalogue
from brim.web.reference.examples import path_id_of
from tests.support.brim_process import brim_environment
from tests.support.long_form import IS_LONG
from tests.support.making import all_entries, sample_for
from tests.support.making_live import is_live, live_sample_for
from tests.support.service import Server
from tests.support.wire import Wire

_CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
_EXAMPLES: Final = os.environ.get("CONTRACT_EXAMPLES", "3")
_SEED: Final = os.environ.get("CONTRACT_SEED")
_CLOCKS: Final = "/v1/test_helpers/test_clocks"
_FEW: Final = frozenset({"/v1/webhook_endpoints", "/v2/core/event_destinations", _CLOCKS})
_NEEDS_MORE: Final = frozenset(
    {
        "GET /v1/balance/history/{id}",  # an id; the reference does not list it
        "POST /v1/accounts/{account}/login_links",  # a dashboard to lead to: it is always refused
        "GET /v1/webhook_endpoints/{webhook_endpoint}/attempts/{attempt}",  # an attempt, of that endpoint
        "GET /v1/brim/audit_log",  # the same
        "GET /v1/brim/legal_holds",  # the same
        "GET /v1/brim/legal_holds/{legal_hold}",  # the same
        "POST /v1/brim/legal_holds",  # the same
        "POST /v1/brim/legal_holds/{legal_hold}/lift",  # the same
        "GET /v1/brim/stuck",  # the same
        "GET /v1/brim/workers",  # the same
        "GET /v1/brim/health",  # the same
        "GET /v1/brim/verifications",  # the same
        "POST /v1/brim/verifications",  # the same
        "GET /v1/brim/verification/heads",  # the same
        "GET /v1/brim/balance_summary",  # two whole minutes in their order
        "GET /v1/brim/verification",  # only the account that was there first reads it
        "POST /v1/payment_methods/{payment_method}/attach",  # one customer, by an id that one could have
        "POST /v1/payment_methods/{payment_method}/verify_microdeposits",  # the right amounts
        "POST /v1/sources",  # a token
        "POST /v1/sources/{source}/verify",  # the right amounts
        "POST /v1/test_helpers/test_clocks",  # an account without a clock
        "POST /v1/test_helpers/test_clocks/{test_clock}/advance",  # a time that is later
        "POST /v1/brim/ach/bank_files",  # an originator
        "POST /v1/brim/authorizations",  # a class that fits the bank account, and a sequence that fits the class
        "GET /v1/brim/ach/bank_files/{bank_file}/preview",  # the same
        "POST /v1/brim/ach/bank_files/{bank_file}/approve",  # an operator
        "POST /v1/brim/ach/bank_files/{bank_file}/reject",  # one that waits
        "POST /v1/reporting/report_runs",  # a type of report, and the interval that it needs
        "POST /v1/brim/corrections/{correction}/refuse",  # the correction's own code, while it is open
        "GET /v1/brim/negative_balances/{negative_balance}",  # one that no top-up has recovered meanwhile
        "POST /v1/brim/negative_balances/{negative_balance}/top_up",  # one that is not covered by pending top-ups
        "POST /v1/test_helpers/balance/hold",  # an amount that is there
        "POST /v1/brim/authorizations/{authorization}/amend",  # a mandate
        "POST /v1/brim/authorizations/{authorization}/confirm",  # a mandate of the B2B scheme
        "POST /v1/brim/prenotes",  # a bank account whose holder has authorized debits
        "POST /v1/brim/microdeposits",  # the same, and an originator that sends some
        "POST /v1/brim/ach/originators",  # a profile that a bank could have agreed to
        "POST /v1/brim/ach/files/{file}/resubmit",  # the status that the file has
        "POST /v1/brim/ach/returns/{return}/dishonor",  # a code that fits the return
        "POST /v1/brim/ach/reversals",  # a debit that has left
        "POST /v1/brim/refunds",  # a top-up that has succeeded, and a balance
        "POST /v1/brim/refunds/{refund}/cancel",  # a refund whose money was taken from a balance
        "POST /v1/brim/breaks/{break}/take_in",  # a break about lines that may be new
        "POST /v1/brim/breaks/{break}/reopen",  # a break about a line that somebody has resolved
        "POST /v1/brim/statement_mappings",  # a bank account that an originator's profile names
        "POST /v1/brim/statement_mappings/preview",  # the same
        "GET /v1/brim/statement_mappings/{statement_mapping}",  # the same
        "POST /v1/brim/statement_mappings/{statement_mapping}",  # the same
        "POST /v1/brim/line_settlements",  # a line that is open
        "POST /v1/brim/line_settlements/{line_settlement}/confirm",  # an operator
        "POST /v1/brim/line_settlements/{line_settlement}/undo",  # one that is posted
        "POST /v1/brim/incoming_transfers/{incoming_transfer}/assign",  # one of the account's own accounts
        "POST /v1/brim/incoming_transfers/{incoming_transfer}/send_back",  # one of which nothing is proposed
        "POST /v1/brim/incoming_transfers/{incoming_transfer}/approve",  # an operator
        "POST /v1/brim/incoming_transfers/{incoming_transfer}/decline",  # one of which something is proposed
        "POST /v1/test_helpers/funding_instructions/{funding_instructions}/fund",  # one that expects an amount
        "POST /v1/brim/ach/originators/{originator}/activate",  # an operator
        "POST /v1/brim/ach/files/{file}/approve",  # the same
        "POST /v1/brim/ach/return_rates/{subject}/override",  # a moment in the next thirty days
        "POST /v1/brim/ach/return_rates/{subject}/approve_override",  # an operator
        "POST /v1/brim/ach/return_rates/{subject}/end_override",  # an override
    }
)
"""What generated requests never get done; every other operation has to be answered 200 at least once."""

_MANY_VALUES: Final = ("/v1/accounts", "/v2/core/event_destinations")
"""What has hundreds of values at bounds: countries and currencies, and each type of an event as endpoints have them."""

_LIKE_ANOTHER: Final = (
    "/v1/accounts/{account}",
    "/v1/webhook_endpoints/{webhook_endpoint}",
    "/v2/core/event_destinations/{id}",
    "/v1/brim/ach/originators/{originator}",
    "/v1/brim/statement_mappings/{statement_mapping}",
    "/v1/brim/statement_mappings/preview",
)
"""What has the parameters of the operation that creates such an object, hundreds of values of them."""

_SHORT_FORM: Final = """
[phases.coverage.generation]
mode = "positive"

[[operations]]
include-method = "GET"
phases.coverage.enabled = false
""" + "".join(
    f"""
[[operations]]
include-path = "{path}"
phases.coverage.enabled = false
"""
    for path in (*_MANY_VALUES, *_LIKE_ANOTHER)
)
"""Values at bounds are for what changes something: lists and retrievals share the few parameters they have."""

_LONGEST_LINE: Final = 300
"""What it prints of a request may be as long as the request."""


@pytest.mark.slow
@pytest.mark.long_form
@pytest.mark.timeout(0)  # as many requests as are asked for, however fast the machine is
def test_every_answer_is_as_the_document_says(server: Server, account: str, key: str, tmp_path: Path) -> None:
    answers = tmp_path / "answers"
    environment = {
        "CONTRACT_ANSWERS": str(answers),
        "CONTRACT_KEY": key,
        "CONTRACT_LIVE_KEY": server.make_key(account, livemode=True),
        "CONTRACT_LIVE": json.dumps([label_of(operation) for operation in OPERATIONS if is_live(operation)]),
        "CONTRACT_IDS": json.dumps(make_objects(server, key, account, tmp_path)),
        "SCHEMATHESIS_HOOKS": str(Path(__file__).with_name("schemathesis_hooks.py")),
    }
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{server.url}/openapi.json", "--no-color"]
    command += ["--checks", ",".join(_CHECKS), "--max-examples", _EXAMPLES]
    command += ["--seed", _SEED] if _SEED else ["--generation-deterministic"]
    if _SEED is None and not IS_LONG:
        (tmp_path / "schemathesis.toml").write_text(_SHORT_FORM)
    command += ["--suppress-health-check", "all", "--continue-on-failure", "--warnings", "off"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=brim_environment(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, shortened(done.stdout + done.stderr)
    assert f"Tested: {len(OPERATIONS)}" in done.stdout, shortened(done.stdout)
    print(shortened(done.stdout))
    answered = {line.removeprefix("200 ") for line in answers.read_text(encoding="utf-8").splitlines()}
    assert {label_of(operation) for operation in OPERATIONS} - answered <= _NEEDS_MORE
    endpoints = Wire(server.url, key).get("/v1/webhook_endpoints?limit=100").json["data"]
    assert {urlsplit(endpoint["url"]).hostname for endpoint in endpoints} == {"127.0.0.1"}


def label_of(operation: Operation) -> str:
    """Return what Schemathesis calls an operation."""
    return f"{operation.method} {operation.path}"


def make_objects(server: Server, key: str, account: str, folder: Path) -> dict[str, str]:
    """Return the id of an object for each operation that has one in its path.

    Most get a new one, as operations change it; of endpoints and clocks an account can have only so many.
    """
    entries = [entry for entry in all_entries(Catalogue(OPERATIONS)) if "{" in entry.operation.path]
    found: dict[str, str] = {}
    shared: dict[str, str] = {}
    for entry in sorted(entries, key=lambda entry: _CLOCKS in entry.operation.path):
        operation = entry.operation
        if is_live(operation):
            own = folder / operation.operation_id  # no two originators share a folder
            found[label_of(operation)] = live_sample_for(entry, server, account, own).path_id
            continue
        if operation.resource == "legal_holds":  # of the platform account alone
            found[label_of(operation)] = path_id_of(operation)
            continue
        kind = operation.path.partition("/{")[0]
        if kind not in shared or (operation.method == "DELETE" and kind != _CLOCKS):
            made = sample_for(entry, Wire(server.url, key), account).path_id
            if kind in _FEW:
                shared[kind] = made
        else:
            made = shared[kind]
        found[label_of(operation)] = made
    return found


def shortened(text: str) -> str:
    """Return a text without the ends of its longest lines."""
    return "\n".join(line[:_LONGEST_LINE] for line in text.splitlines())
