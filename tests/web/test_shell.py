"""What lines in the Shell do: words, flags, requests, refusals, and what is printed."""

import json

import pytest

from brim.core.triggers.rules import TRIGGERS
from brim.http.message import Reply, Request
from brim.web.shell.colours import colour_json, harmless
from brim.web.shell.completion import complete
from brim.web.shell.failures import (
    LineTooLongError,
    OpenQuoteError,
    OutputLimitError,
    ShellError,
    TooManyWordsError,
)
from brim.web.shell.screen import BoundedScreen
from brim.web.shell.session import KeySession
from brim.web.shell.words import MAX_LINE, MAX_WORDS, split_line
from tests.support.shell_fakes import COMMANDS, KEY, KeepingScreen, RecordingApi, printed, shell

LIVE = KeySession(key=KEY, account="acct_1", livemode=True)
VIEWER = KeySession(key=KEY, account="acct_1", livemode=False, role="viewer")

# Words.


def test_words_are_quoted_as_in_a_posix_shell() -> None:
    assert split_line("""a 'b c' "d \\"e\\"" f\\ g h'i'j""") == ["a", "b c", 'd "e"', "f g", "hij"]
    assert split_line("") == split_line("   ") == []
    assert split_line('a ""') == ["a", ""]


def test_what_a_shell_would_expand_or_run_is_text() -> None:
    line = "a; b && c | d > e $(f) `g` $HOME ~ * # h"
    assert split_line(line) == line.split()


def test_a_copied_sample_loses_its_prompt_and_its_line_ends() -> None:
    assert split_line("$ stripe topups list \\\n  --limit 3 \\\r\n  -s") == [
        "stripe",
        "topups",
        "list",
        "--limit",
        "3",
        "-s",
    ]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("x" * (MAX_LINE + 1), LineTooLongError),
        ("x" * 1_000_000, LineTooLongError),
        ("x " * (MAX_WORDS + 1), TooManyWordsError),
        ('a "b', OpenQuoteError),
        ("a 'b", OpenQuoteError),
        ("a \\", OpenQuoteError),
    ],
)
def test_a_line_that_nobody_typed_is_refused(line: str, error: type[ShellError]) -> None:
    with pytest.raises(error):
        split_line(line)


# Commands.


def test_every_operation_has_a_command_and_a_page_of_help() -> None:
    assert ("topups", "create") in COMMANDS
    assert ("test_helpers", "topups", "succeed") in COMMANDS
    assert ("default_funding_sources", "delete") in COMMANDS
    assert not [words for words in COMMANDS if "stripecli" in words or "retry" in words]


@pytest.mark.parametrize("words", list(COMMANDS), ids=" ".join)
async def test_help_of_a_command_names_its_flags_and_sends_nothing(words: tuple[str, ...]) -> None:
    api = RecordingApi()
    name = " ".join(words)
    page = await printed(f"stripe help {name}", api)
    assert page == await printed(f"stripe {name} --help", api)
    assert f"stripe {name}" in page
    assert all(f"--{flag.name} <" in page for flag in COMMANDS[words].flags)
    assert api.requests == []


async def test_help_lists_commands_and_resources() -> None:
    overview = await printed("stripe help")
    assert overview == await printed("help") == await printed("stripe") == await printed("stripe --help")
    assert all(f"  {word} " in overview for word in ("trigger", "logs tail", "topups", "test_helpers test_clocks"))
    assert "topups" in await printed("stripe resources")
    assert "retrieve" in await printed("stripe topups")
    assert await printed("stripe topups creat") == await printed("stripe topups")
    assert "test_clocks" in await printed("stripe test_helpers")


async def test_brim_is_another_name_for_stripe() -> None:
    api = RecordingApi()
    await printed("brim topups list --limit 1", api)
    await printed("stripe topups list --limit 1", api)
    first, second = api.requests
    assert (first.method, first.path, first.query) == (second.method, second.path, second.query)


# What is sent beyond what the official CLI can.


async def test_an_id_stays_one_segment_of_the_path() -> None:
    api = RecordingApi()
    await printed("stripe topups retrieve '../accounts?a=b'", api)
    await printed("stripe get '/v1/topups/a b?limit=3&x=ü'", api)
    await printed("stripe get /healthz", api)
    assert [(request.path, request.query) for request in api.requests] == [
        ("/v1/topups/..%2Faccounts%3Fa%3Db", b""),
        ("/v1/topups/a%20b", b"limit=3&x=%C3%BC"),
        ("/v1/healthz", b""),
    ]


async def test_parameters_that_hold_others_take_them_in_brackets() -> None:
    api = RecordingApi()
    await printed("stripe topups create --metadata[order_id]=6735", api)
    await printed("stripe topups list --created[gte]=5", api)
    assert (api.requests[0].body, api.requests[1].query) == (b"metadata[order_id]=6735", b"created[gte]=5")


async def test_an_account_is_retrieved_by_its_id_or_as_ones_own() -> None:
    api = RecordingApi()
    await printed("stripe accounts retrieve", api)
    await printed("stripe accounts retrieve acct_1", api)
    assert [request.path for request in api.requests] == ["/v1/account", "/v1/accounts/acct_1"]


async def test_a_platforms_key_says_for_whom_it_acts() -> None:
    api = RecordingApi()
    session = KeySession(key=KEY, account="acct_1", livemode=False, key_account="acct_platform")
    await printed("stripe topups list", api, session)
    await printed("stripe topups list --stripe-account acct_2", api, session)
    assert [request.header(b"stripe-account") for request in api.requests] == ["acct_1", "acct_2"]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("stripe topups create --foo bar", "unknown flag: --foo"),
        ("stripe topups create --amount", "flag needs an argument: --amount"),
        ("stripe topups create -d", "flag needs an argument: 'd' in -d"),
        ("stripe topups create -z", "unknown shorthand flag: 'z' in -z"),
        ("stripe topups create --amount=abc", "it must be an integer in the smallest currency unit"),
        ("stripe topups create --amount=" + "9" * 30, "it is out of range"),
        ("stripe topups create --amount=" + "9" * 5000, "it must be an integer in the smallest currency unit"),
        ("stripe webhook_endpoints update we_1 --disabled=maybe", "it must be true or false"),
        ("stripe topups create -d a", "invalid data argument: a"),
        ("stripe topups create --amount 5 -d amount=6", 'flag "amount" already set'),
        ("stripe topups create extra", "`stripe topups create` requires exactly 0 positional arguments."),
        ("stripe topups retrieve", "`stripe topups retrieve` requires exactly 1 positional argument."),
        ("stripe get", "`stripe get` requires exactly 1 positional argument."),
        ("stripe get xx_1NG8Du2eZvKYlo2CUI79vXWy", "unrecognized object id: xx_1NG8Du2eZvKYlo2CUI79vXWy"),
        ("stripe webhook_endpoints delete we_1", "add --confirm"),
        ("stripe delete /v1/webhook_endpoints/we_1", "add --confirm"),
        ("stripe topups list --api-key sk_test_other", "--api-key isn't supported in the Shell"),
        ("stripe topups list --live", "--live isn't supported in the Shell"),
        ("stripe topup create", 'Unknown command "topup" for "stripe". Did you mean "topups"?'),
        ("stripe zzzzzz", 'Unknown command "zzzzzz" for "stripe".'),
        ("stripe login", '"stripe login" runs only on your own computer'),
        ("brim serve", '"brim serve" runs only on your own computer'),
        ("stripe listen --forward-to localhost:3000", "runs only on your own computer"),
        ("stripe listen --format XML", "XML is not an acceptable format (JSON)"),
        ("stripe logs tail --filter-source x", "x is not an acceptable source (API, DASHBOARD)"),
        ("stripe logs tail --filter-http-method PUT", "PUT is not an acceptable HTTP method (GET, POST, DELETE)"),
        ("stripe trigger topup.lost", "The event `topup.lost` cannot be triggered."),
        ("stripe trigger topup.created --override amount=1", "it is STEP:NAME=VALUE"),
        ("; ls", 'Unknown program ";"'),
        ("$(id)", 'Unknown program "$(id)"'),
        ("`ls`", 'Unknown program "`ls`"'),
        ("ls -la /", 'Unknown program "ls"'),
        ("\x1b]0;title\x07", "\\u001b]0;title\\u0007"),
        ('stripe "abc', "isn't closed"),
        ("x" * 1_000_000, "This line is too long"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else None,
)
async def test_a_line_that_cannot_be_carried_out_says_why_and_sends_nothing(line: str, sentence: str) -> None:
    api, screen = RecordingApi(), KeepingScreen()
    assert await shell(api).run(line, screen) == 1
    assert sentence in screen.text
    assert api.requests == []


# Reading only.


@pytest.mark.parametrize("session", [LIVE, VIEWER], ids=["live", "viewer"])
@pytest.mark.parametrize(
    "line",
    [
        "stripe topups create --amount=1 --currency=usd",
        "stripe post /v1/topups -d amount=1",
        "stripe delete /v1/webhook_endpoints/we_1 -c",
        "stripe trigger topup.created",
        "stripe events resend evt_1",
        "stripe listen",
        "stripe logs tail",
    ],
)
async def test_where_only_reading_is_allowed_nothing_else_is_sent(session: KeySession, line: str) -> None:
    api = RecordingApi()
    assert "Nothing was changed." in await printed(line, api, session)
    assert api.requests == []
    await printed("stripe topups list", api, session)
    assert len(api.requests) == 1


# What is printed.


async def test_the_body_is_printed_as_it_came_and_coloured() -> None:
    body = json.dumps({"a": [1, -2.5e3, True, None], 'q"': "x: {1}", "empty": {}}, indent=2).encode() + b"\n"
    screen = KeepingScreen()
    assert await shell(RecordingApi(lambda _: Reply(404, body))).run("stripe topups retrieve tu_1", screen) == 0
    assert screen.text.encode() == body
    assert "\x1b[1m\x1b[94m" in screen.painted


def test_colours_are_those_of_the_official_cli() -> None:
    assert colour_json(b'{\n  "a": "b",\n  "c": 5,\n  "d": null,\n  "e": false\n}') == (
        "\x1b[1m{\x1b[0m\n"
        '  \x1b[1m\x1b[94m"a"\x1b[0m\x1b[1m:\x1b[0m \x1b[32m"b"\x1b[0m\x1b[1m,\x1b[0m\n'
        '  \x1b[1m\x1b[94m"c"\x1b[0m\x1b[1m:\x1b[0m \x1b[33m5\x1b[0m\x1b[1m,\x1b[0m\n'
        '  \x1b[1m\x1b[94m"d"\x1b[0m\x1b[1m:\x1b[0m \x1b[2mnull\x1b[0m\x1b[1m,\x1b[0m\n'
        '  \x1b[1m\x1b[94m"e"\x1b[0m\x1b[1m:\x1b[0m \x1b[36mfalse\x1b[0m\n'
        "\x1b[1m}\x1b[0m"
    )


def test_what_steers_a_terminal_is_only_shown() -> None:
    assert harmless("a\x1b[31mb\x9b2J\x7f\r\n\tc") == "a\\u001b[31mb\\u009b2J\\u007f\\u000d\n\tc"
    body = json.dumps({"a": "\u009b31m"}, ensure_ascii=False).encode()
    assert "\u009b" not in colour_json(body)


async def test_a_refused_key_is_an_error_of_the_command() -> None:
    screen = KeepingScreen()
    api = RecordingApi(lambda _: Reply(401, b'{\n  "error": {}\n}\n'))
    assert await shell(api).run("stripe topups list", screen) == 1
    assert screen.text.startswith('Request failed, status=401, body={\n  "error": {}\n}')


async def test_headers_are_shown_on_demand_and_the_key_never() -> None:
    api = RecordingApi(lambda _: Reply(200, b"{}\n", ["Request-Id: req_1"]))
    text = await printed("stripe topups list -s -i K", api)
    assert "> GET http://127.0.0.1:12111/v1/topups\n> Authorization: Bearer [REDACTED]\n" in text
    assert "> Idempotency-Key: K\n" in text
    assert "< HTTP 200\n< Content-Type: application/json\n< Request-Id: req_1\n" in text
    assert KEY not in text


async def test_a_dry_run_shows_the_request_and_sends_nothing() -> None:
    api = RecordingApi()
    line = 'stripe topups create --amount 5 -d "metadata[a]=b" -e source -e x --dry-run -i K'
    told = json.loads(await printed(line, api))["dry_run"]
    assert told == {
        "method": "POST",
        "url": "http://127.0.0.1:12111/v1/topups",
        "params": {"amount": 5, "expand": ["source", "x"], "metadata": {"a": "b"}},
        "headers": {
            "Authorization": "Bearer sk_test_********kkkk",
            "Content-Type": "application/x-www-form-urlencoded",
            "Idempotency-Key": "K",
        },
    }
    assert api.requests == []


@pytest.mark.parametrize("event", list(TRIGGERS))
async def test_a_trigger_tells_its_steps(event: str) -> None:
    text = await printed(f"stripe trigger {event}")
    assert text.count("Running fixture for: ") == len(TRIGGERS[event])
    assert text.endswith("Trigger succeeded! Check dashboard for event details.\n")


async def test_a_trigger_ends_at_the_first_refusal() -> None:
    def answer(request: Request) -> Reply:
        return Reply(400 if request.path.endswith("/fail") else 200, b'{"id": "tu_1"}')

    api, screen = RecordingApi(answer), KeepingScreen()
    assert await shell(api).run("stripe trigger topup.failed", screen) == 1
    assert 'Trigger failed: Request failed, status=400, body={"id": "tu_1"}' in screen.text
    assert [request.path for request in api.requests] == ["/v1/topups", "/v1/test_helpers/topups/tu_1/fail"]


async def test_one_command_prints_so_much_and_says_that_it_was_cut() -> None:
    screen = KeepingScreen()
    bounded = BoundedScreen(screen, most=10 * 1024)
    await bounded.write("x" * 9 * 1024)
    with pytest.raises(OutputLimitError, match="at most 10 KiB"):
        await bounded.write("y" * 2 * 1024)
    assert screen.text == "x" * 9 * 1024 + "y" * 1024 + "\n"


async def test_a_fault_of_ours_tells_nothing_of_the_inside() -> None:
    def fail(_: Request) -> Reply:
        raise RuntimeError("not for the visitor's eyes")

    assert await printed("stripe topups list", RecordingApi(fail)) == (
        "Something went wrong. The server's log has the details.\n"
    )


async def test_who_and_what_is_told() -> None:
    assert await printed("stripe whoami") == "acct_1, test mode, as developer\n"
    assert "live mode, read-only" in await printed("stripe whoami", session=LIVE)
    assert (await printed("stripe version")).startswith("brim version ")
    assert await printed("stripe status") == "The service is ready.\n"
    away = RecordingApi(lambda _: Reply(503, b"{}"))
    assert await printed("stripe status", away) == "The service is not ready.\n"
    assert await shell().run("   ", KeepingScreen()) == 0
    assert "\x1b[2J" in await printed("clear")


# Completion.


@pytest.mark.parametrize(
    ("line", "choices"),
    [
        ("", ["brim", "clear", "help", "history", "stripe"]),
        ("str", ["stripe"]),
        ("stripe to", ["tokens", "topups"]),
        ("stripe topups c", ["cancel", "count", "create"]),
        ("stripe topups create --am", ["--amount="]),
        ("stripe topups create --dr", ["--dry-run"]),
        ("stripe topups list --status=p", ["--status=pending"]),
        ("stripe topups list --status ", ["canceled", "failed", "pending", "reversed", "succeeded"]),
        ("stripe test_helpers topups fail tu_1 --failure-code=no_", ["--failure-code=no_account"]),
        ("stripe trigger topup.c", ["topup.canceled", "topup.created"]),
        ("stripe listen --events topup.re", ["topup.reversed"]),
        ("stripe logs ", ["tail"]),
        ("stripe logs tail --filter-source=", ["--filter-source=API", "--filter-source=DASHBOARD"]),
        ("stripe help topups cr", ["create"]),
        ("help balance_t", ["balance_transactions"]),
        ("brim get --lim", ["--limit="]),
        ("stripe topups create --nothing=", []),
        ("ls ", []),
        ('stripe topups create -d "', []),
        ("x" * 20_000, []),
    ],
)
def test_tab_offers_what_may_follow(line: str, choices: list[str]) -> None:
    assert complete(COMMANDS, line, len(line)).choices == choices


def test_tab_looks_at_what_is_before_the_cursor_only() -> None:
    found = complete(COMMANDS, "stripe top create", len("stripe top"))
    assert (found.start, found.choices) == (len("stripe "), ["topups"])
    assert complete(COMMANDS, "", 5).start == 0
