"""Plays the whole recording, one step after the other, on a service of its own."""

import getpass
import json
import socket
from collections import Counter
from pathlib import Path
from typing import Any, Final

from wire_recording import pages, protocol, terminal
from wire_recording.accounts import play_accounts
from wire_recording.caller import Caller, Operations, next_second
from wire_recording.clocks import delete_clock, play_clocks
from wire_recording.funding import METHOD, play_funding
from wire_recording.probes import probe, probe_lists, probe_modes
from wire_recording.receiver import Receiver, receiving
from wire_recording.recording import Recording
from wire_recording.server import TEST_KEY, Server, run_brim, serving
from wire_recording.shell import record_shell
from wire_recording.topups import PENDING, play_topups
from wire_recording.webhooks import play_webhooks, record_events
from wire_recording.wire import Wire

REFUSED: Final = {
    "POST /v1/accounts/{account}/login_links": "there is no dashboard of an account's own",
    "POST /v1/brim/ach/originators/{originator}/activate": "operators do",
    "POST /v1/brim/ach/originators/{originator}/suspend": "it has to be activated before",
    **dict.fromkeys(
        (
            "GET /v1/brim/ach/files/{file}",
            "POST /v1/brim/ach/files/{file}/approve",
            "POST /v1/brim/ach/files/{file}/void",
            "POST /v1/brim/ach/files/{file}/resubmit",
            "GET /v1/brim/ach/bank_files/{bank_file}",
            "GET /v1/brim/breaks/{break}",
            "POST /v1/brim/breaks/{break}/resolve",
        ),
        "there is no bank",
    ),
}
"""The operations that never succeed, and why."""


class IncompleteError(RuntimeError):
    """An operation of the document was never seen to succeed."""


class Session:
    """One recording while it is made.

    Args:
        server: the service.
        receiver: where it sends webhooks to.
        recording: where everything goes.
    """

    def __init__(self, server: Server, receiver: Receiver, recording: Recording) -> None:
        self._server = server
        self._receiver = receiver
        self._recording = recording
        self._wire = Wire(server.url)
        recording.masks.literals |= {
            server.url.removeprefix("http://"): "<server>",
            receiver.url.removeprefix("http://"): "<receiver>",
            server.url.rpartition(":")[2]: "<port>",
            str(server.data_dir): "<data>",
            f"{getpass.getuser()} at the command line": "<user> at the command line",
            f"Brim {_version()}": "Brim <version>",
            f'"host": "{socket.gethostname()}"': '"host": "<host>"',
            f">{socket.gethostname()} ": "><host> ",
            f'"version": "{_version()}"': '"version": "<version>"',
        }
        document = self._wire.send("GET", "/openapi.json", headers={})
        recording.masks.keep(document.text + TEST_KEY)
        self.operations = Operations(document.json)
        self._people = pages.People(server, self._wire, recording)
        self._admin = self._people.browser()
        self._platform = Caller(self._wire, recording, self.operations, TEST_KEY)

    @property
    def counts(self) -> Counter[str]:
        """How many files were written, by kind."""
        return self._recording.counts

    def play(self) -> None:
        """Record everything."""
        self._people.read_reference()
        terminal.record_help(self._recording)
        self._recording.write("terminal", "brim", "banner", self._recording.masks.page(self._server.banner))
        protocol.record_system(self._wire, self._recording)
        self._people.knock()
        self._people.begin(self._admin)
        self._platform.wait("/v1/brim/verification", lambda seen: seen["status"] != "none_yet")
        frozen = self._speak_the_api()
        self._show_pages(frozen)
        self._recording.write("summary", "operations", "operations", json.dumps(self.operations.statuses, indent=2))

    def check(self) -> None:
        """Compare what succeeded with the document.

        Raises:
            IncompleteError: an operation that could succeed has not.
        """
        missing = set(self.operations.unanswered) - REFUSED.keys()
        if missing:
            raise IncompleteError(f"never answered 2xx: {', '.join(sorted(missing))}")

    def _speak_the_api(self) -> str:
        """Record operations, and return the account that lives by a clock."""
        platform = self._platform
        play_topups(platform)
        play_funding(platform)
        connected = play_accounts(platform)
        frozen = platform.post("accounts", "create for a clock", "/v1/accounts", {"email": "clock@example.com"}).json[
            "id"
        ]
        frozen_caller = platform.with_key(self._make_key("--account", frozen))
        play_clocks(frozen_caller)
        fleeting = platform.with_key(self._make_key("--account", connected))
        delete_clock(fleeting)
        play_webhooks(platform, self._receiver, connected, self._admin)
        self._remaining(platform)
        self._refuse(platform, fleeting)
        live = platform.with_key(self._make_key("--live"))
        self._speak_live(live)
        self._wait_for_logs()
        for group, caller in (("platform", platform), ("clock", frozen_caller), ("deleted clock", fleeting)):
            record_events(caller, group)
        # Events of one second of a clock come at once, and any of them may be numbered first.
        probe_lists(frozen_caller, "lists of clock", without=frozenset({"after_sequence"}))
        probe_modes(live, live, "in live mode")
        probe_modes(frozen_caller, frozen_caller, "in another account")
        return str(frozen)

    def _wait_for_logs(self) -> None:
        """Return once all that was asked of the first account is in its logs."""
        last = self._platform.post("remaining", "marker", "/v1/topups")
        self._platform.wait_for_logs(last.header("Request-Id") or "")

    def _remaining(self, platform: Caller) -> None:
        """Record the operations that no story has."""
        form = {"device_name": "laptop", "websocket_features[]": "webhooks"}
        platform.post("remaining", "stripecli session", "/v1/stripecli/sessions", form)
        self._wait_for_logs()
        platform.get("remaining", "request logs", "/v1/brim/request_logs?method=POST&limit=30")
        platform.get("remaining", "verification", "/v1/brim/verification")
        platform.get("remaining", "test clocks", "/v1/test_helpers/test_clocks")
        platform.wait("/v1/brim/workers", _has_done_every_job)
        platform.get("remaining", "audit log", "/v1/brim/audit_log?limit=10")
        platform.get("remaining", "workers", "/v1/brim/workers")
        platform.get("remaining", "stuck", "/v1/brim/stuck")

    def _refuse(self, platform: Caller, other: Caller) -> None:
        self._wait_for_logs()
        probe_lists(platform, "lists")
        restricted = self._make_key("--permission", "topups=read")
        others = {
            "wrong key": "sk_test_unknownunknownunknown",
            "restricted key": restricted,
            "another account": other.key,
        }
        probe(platform, others)
        protocol.record_refusals(platform)

    def _speak_live(self, live: Caller) -> None:
        group = "live"
        live.post(group, "topup", "/v1/topups", {"amount": 2000, "currency": "usd"})
        live.post(group, "topup by token", "/v1/topups", {"amount": 2000, "currency": "usd", "source": PENDING})
        live.post(group, "method", "/v1/payment_methods", METHOD)
        self._prepare_live_money(live)
        live.post(group, "clock", "/v1/test_helpers/test_clocks", {"frozen_time": 2_000_000_000})
        for url in (f"{self._receiver.url}/live", "https://127.0.0.1/live", "https://example.com/live"):
            live.post(group, f"endpoint {url}", "/v1/webhook_endpoints", {"url": url, "enabled_events[]": "*"})

    def _prepare_live_money(self, live: Caller) -> None:
        group = "live money"
        profile = {
            "company_id": "1234567890",
            "company_name": "EXAMPLE INC",
            "immediate_origin": "1234567890",
            "incoming_folder": "/nowhere/in",
            "odfi_name": "FIRST BANK",
            "odfi_routing_number": "121042882",
            "origin_name": "EXAMPLE INC",
            "outgoing_folder": "/nowhere/out",
        }
        form = {"account_number": "9876543210", **{f"profile[{name}]": value for name, value in profile.items()}}
        originators = "/v1/brim/ach/originators"
        one = f"{originators}/{live.post(group, 'originator', originators, form).json['id']}"
        live.post(group, "change of the originator", one, {"profile[hold_days]": 5})
        live.get(group, "originator as it is", one)
        live.post(group, "activation", f"{one}/activate")
        live.post(group, "suspension", f"{one}/suspend")
        source = live.post(group, "bank account", "/v1/payment_methods", METHOD).json["id"]
        stated = {"method": "instant", "evidence": "check 4711"}
        live.post(group, "verification", f"/v1/brim/funding_sources/{source}/verify", stated)
        agreed = {"funding_source": source, "accepted_at": 1_793_520_000, "sec_code": "WEB", "text": "I agree."}
        authorizations = "/v1/brim/authorizations"
        agreement = f"{authorizations}/{live.post(group, 'authorization', authorizations, agreed).json['id']}"
        live.get(group, "authorization as it is", agreement)
        live.post(group, "end of the authorization", f"{agreement}/end")
        live.post(group, "stop", "/v1/brim/rails/ach/stop", {"reason": "audit"})
        live.get(group, "readiness", "/v1/brim/live_readiness")
        live.post(group, "resumption", "/v1/brim/rails/ach/resume")
        for path in (originators, authorizations, "/v1/brim/ach/files", "/v1/brim/ach/bank_files", "/v1/brim/breaks"):
            live.get(group, f"list {path}", path)

    def _show_pages(self, frozen: str) -> None:
        people, recording = self._people, self._recording
        admin = self._admin
        developer, viewer = people.add_others()
        login, poll = protocol.record_login(self._wire, recording)
        viewer.show("login", login)
        pages.answer_login(admin, login)
        protocol.poll_login(self._wire, recording, poll, "allowed")
        pages.fill_in_forms(admin, self._platform)
        pages.manage_operators(admin)
        record_shell(self._server.url, recording)
        terminal.record_commands(recording, self._server)
        terminal.record_verification(recording, self._server)
        self._wait_for_logs()
        people.walk(admin, "dashboard")
        people.glance(developer, "dashboard of a developer")
        people.glance(viewer, "dashboard of a viewer")
        pages.switch_account(admin, frozen)
        people.walk(admin, "dashboard by a clock")
        pages.sign_out(admin)
        people.record_assets()

    def _make_key(self, *arguments: str) -> str:
        """Return the secret of a new key of the first account, or as the arguments say."""
        next_second()
        return self._server.command("keys", "create", *arguments).stdout.strip().split()[-1]


def record(folder: Path) -> Session:
    """Make a recording in a folder and return the session that made it.

    Raises:
        IncompleteError: an operation that could succeed has not.
    """
    with receiving() as receiver, serving() as server:
        session = Session(server, receiver, Recording(folder))
        session.play()
        session.check()
        return session


def _has_done_every_job(workers: Any) -> bool:
    """Tell whether the one worker has said of each of its jobs that it succeeded."""
    jobs = [job for worker in workers["data"] for job in worker["jobs"]]
    return bool(jobs) and all(job["last_success"] is not None for job in jobs)


def _version() -> str:
    return run_brim("--version").stdout.strip().split()[-1]
