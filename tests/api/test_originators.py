"""A platform writes down who debits for it by the API; a key never activates."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from brim.base.actor import Actor, ActorKind
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.originators import activate_originator
from brim.platform.database import Database
from tests.support.ach_objects import NOW_MS, AchObjects
from tests.support.service import Server
from tests.support.wire import Wire, assert_error

ORIGINATORS = "/v1/brim/ach/originators"
NUMBER = "9876543210"


@pytest.fixture
def live(server: Server, live_key: str) -> Wire:
    return Wire(server.url, live_key)


@pytest.fixture
def form(server: Server, account: str, tmp_path: Path) -> dict[str, str]:
    """What a new originator is asked for with."""
    names = ("odfi_routing_number", "odfi_name", "immediate_origin", "origin_name", "company_name", "company_id")
    profile = AchObjects(server, account, tmp_path).profile
    fields = {name: getattr(profile, name) for name in (*names, "outgoing_folder", "incoming_folder")}
    return {"account_number": NUMBER, **{f"profile[{name}]": value for name, value in fields.items()}}


def audit_rows(server: Server, account: str) -> str:
    async def read(database: Database) -> str:
        async with database.connection() as conn:
            return "\n".join(
                each["row"]
                for each in await conn.fetch("SELECT a::text AS row FROM audit_log AS a WHERE account = $1", account)
            )

    return str(server.run(read))


def activate(server: Server, account: str, originator: str) -> None:
    async def work(database: Database) -> None:
        async with database.connection() as conn:
            await activate_originator(
                conn,
                AccountScope(account, livemode=True),
                originator,
                approvers=1,
                by=Actor(kind=ActorKind.OPERATOR, id="op_1", name="finance@example.com"),
                now_ms=NOW_MS,
                ids=IdFactory(lambda: NOW_MS),
            )

    server.run(work)


def test_a_profile_is_written_changed_and_read_back(
    server: Server, live: Wire, account: str, form: dict[str, str]
) -> None:
    made = live.post(ORIGINATORS, form | {"profile[cutoffs][]": "16:00", "profile[requires_approval]": "false"})
    assert made.status == 200, made.body
    found: Any = made.json
    assert (found["status"], found["last4"], found["version"]) == ("draft", "3210", 1)
    assert (found["profile"]["cutoffs"], found["profile"]["requires_approval"]) == (["16:00"], False)
    path = f"{ORIGINATORS}/{found['id']}"
    changed = live.post(path, {"profile[hold_days]": 5})
    assert (changed.json["version"], changed.json["profile"]) == (2, {**found["profile"], "hold_days": 5})
    found = live.get(path).json
    assert [each["name"] for each in found.pop("actions")] == ["update", "activate"]
    assert found == changed.json
    assert live.get(ORIGINATORS).json["data"] == [changed.json]
    assert NUMBER not in audit_rows(server, account)
    assert "hold_days" in audit_rows(server, account)
    assert NUMBER.encode() not in made.body + changed.body


def test_two_who_change_a_profile_do_not_overwrite_each_other(live: Wire, form: dict[str, str]) -> None:
    path = f"{ORIGINATORS}/{live.post(ORIGINATORS, form).json['id']}"
    assert live.post(path, {"profile[hold_days]": 5, "expected_version": 1}).json["version"] == 2
    late = live.post(path, {"profile[hold_days]": 4, "expected_version": 1})
    assert (late.status, late.error["code"], late.error["param"]) == (
        400,
        "originator_unexpected_version",
        "expected_version",
    )
    found = live.get(path).json
    assert (found["version"], found["profile"]["hold_days"]) == (2, 5)


def test_the_next_cutoffs_are_those_of_banking_days(live: Wire, form: dict[str, str]) -> None:
    found = live.post(ORIGINATORS, form | {"profile[cutoffs][]": "16:00"}).json
    cutoffs = found["next_cutoffs"]
    assert len(cutoffs) == 3
    assert [each["cutoff"] for each in cutoffs] == sorted({each["cutoff"] for each in cutoffs})
    for each in cutoffs:
        local = datetime.fromtimestamp(each["cutoff"], ZoneInfo("America/New_York"))
        assert (local.hour, local.minute) == (16, 0)
        assert local.weekday() < 5
        assert each["effective_date"] > local.date().isoformat()


HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"


def test_folders_on_the_banks_server_need_its_host_key_and_no_password(
    server: Server, live: Wire, account: str, form: dict[str, str], tmp_path: Path
) -> None:
    folders = {f"profile[{name}_folder]": f"sftp://brim@sftp.bank.example/{name}" for name in ("outgoing", "incoming")}
    lacking = live.post(ORIGINATORS, form | folders)
    assert (lacking.status, lacking.error["param"]) == (400, "sftp_host_keys")
    keys = {"profile[sftp_host_keys][]": HOST_KEY, "profile[sftp_records_folder]": str(tmp_path / "records")}
    told = live.post(
        ORIGINATORS, form | folders | keys | {"profile[outgoing_folder]": "sftp://brim:hidden@sftp.bank.example/out"}
    )
    assert (told.status, told.error["param"]) == (400, "outgoing_folder")
    assert b"hidden" not in told.body
    made: Any = live.post(ORIGINATORS, form | folders | keys).json
    profile = made["profile"]
    assert (profile["outgoing_folder"], profile["sftp_host_keys"]) == (folders["profile[outgoing_folder]"], [HOST_KEY])
    assert (profile["sftp_upload"], profile["sftp_poll_seconds"]) == ("rename", 60)
    changed: Any = live.post(f"{ORIGINATORS}/{made['id']}", {"profile[sftp_after_reading]": "delete"}).json
    assert changed["profile"] == {**profile, "sftp_after_reading": "delete"}
    assert "hidden" not in audit_rows(server, account)


def test_same_day_cutoffs_are_set_and_taken_away(live: Wire, form: dict[str, str]) -> None:
    both = {"profile[cutoffs][0]": "10:30", "profile[cutoffs][1]": "17:00"}
    made: Any = live.post(ORIGINATORS, form | both | {"profile[same_day_cutoffs][]": "10:30"}).json
    assert made["profile"]["same_day_cutoffs"] == ["10:30"]
    cutoffs = {each["cutoff"]: each["effective_date"] for each in made["next_cutoffs"]}
    same_day = [
        datetime.fromtimestamp(cutoff, ZoneInfo("America/New_York")).date().isoformat() == effective
        for cutoff, effective in cutoffs.items()
    ]
    assert same_day in ([True, False, True], [False, True, False])
    changed: Any = live.post(f"{ORIGINATORS}/{made['id']}", {"profile[same_day_cutoffs]": ""}).json
    assert changed["profile"]["same_day_cutoffs"] == []
    wrong = live.post(f"{ORIGINATORS}/{made['id']}", {"profile[same_day_cutoffs][]": "9"})
    assert (wrong.status, wrong.error["param"]) == (400, "same_day_cutoffs")


def test_what_no_file_could_be_made_with_is_refused_by_name(live: Wire, form: dict[str, str]) -> None:
    for name, value in (("odfi_routing_number", "121042883"), ("opening", "25:00"), ("time_zone", "Nowhere")):
        reply = live.post(ORIGINATORS, form | {f"profile[{name}]": value})
        assert (reply.status, reply.error["param"]) == (400, name), reply.body
    missing = {key: value for key, value in form.items() if key != "profile[company_id]"}
    assert live.post(ORIGINATORS, missing).error["param"] == "profile[company_id]"


def test_a_key_never_activates_and_may_suspend(server: Server, live: Wire, account: str, form: dict[str, str]) -> None:
    originator = live.post(ORIGINATORS, form).json["id"]
    path = f"{ORIGINATORS}/{originator}"
    assert_error(
        live.post(f"{path}/activate"),
        403,
        "API keys can't approve. An operator has to, in the dashboard.",
        code="second_person_required",
    )
    assert live.post(f"{path}/suspend").status == 400
    activate(server, account, originator)
    assert live.get(path).json["status"] == "active"
    assert live.post(path, {"profile[hold_days]": 5}).json["status"] == "active"
    limited = live.post(path, {"profile[second_approval_from_total]": 50_000}).json
    assert (limited["status"], limited["profile"]["second_approval_from_total"]) == ("active", 50_000)
    for loosened in (
        {"profile[second_approval_from_total]": ""},
        {"account_number": "1234567890"},
        {"profile[requires_approval]": "false"},
        {"profile[entry_cap]": 3_000_000},
        {"profile[confirmation]": "acknowledgement"},
        {"profile[outgoing_folder]": "/tmp/elsewhere"},
        {"profile[transfers]": "on", "profile[transfers_late]": "suspend"},
        {"profile[transfers_short]": "credit"},
        {"profile[transfers_late]": "credit"},
    ):
        assert live.post(path, loosened).json["status"] == "suspended"
        activate(server, account, originator)
    assert live.post(path, {"profile[entry_cap]": 2_000_000}).json["status"] == "active"
    assert live.post(f"{path}/suspend").json["status"] == "suspended"
    activate(server, account, originator)
    assert live.post(f"{path}/suspend").json["status"] == "suspended"


def test_a_bank_account_has_one_name_in_the_ledger(live: Wire, form: dict[str, str], tmp_path: Path) -> None:
    """Also where one takes no transfers: once it did, what the other has credited would be credited again."""
    first = live.post(ORIGINATORS, form | {"profile[transfers]": "on"}).json["id"]
    folders = {f"profile[{name}_folder]": str(tmp_path / "second" / name) for name in ("outgoing", "incoming")}
    second = form | folders | {"profile[bank_account]": "savings"}
    refused = live.post(ORIGINATORS, second)
    assert (refused.status, refused.error["param"]) == (400, "bank_account")
    assert first in refused.error["message"]
    path = f"{ORIGINATORS}/{live.post(ORIGINATORS, second | {'account_number': '1234567890'}).json['id']}"
    assert live.post(path, {"profile[transfers]": "on"}).status == 200
    assert live.post(path, {"account_number": NUMBER}).error["param"] == "bank_account"
    same = form | {name: f"{folder}2" for name, folder in folders.items()}
    assert live.post(ORIGINATORS, same | {"profile[transfers]": "on"}).status == 200


def test_originators_are_a_platforms_and_of_live_mode(
    server: Server, wire: Wire, live: Wire, account: str, form: dict[str, str]
) -> None:
    assert wire.post(ORIGINATORS, form).error["message"].startswith("This endpoint works in live mode only.")
    assert wire.get(ORIGINATORS).json["data"] == []
    originator = live.post(ORIGINATORS, form).json["id"]
    assert wire.get(f"{ORIGINATORS}/{originator}").status == 404
    below = Wire(server.url, server.make_key(server.make_account(platform=account).id, livemode=True))
    assert (below.get(ORIGINATORS).status, below.post(ORIGINATORS, form).status) == (403, 403)


def test_no_two_originators_share_a_folder_or_have_one_inside_of_the_others(
    server: Server, live: Wire, form: dict[str, str], tmp_path: Path
) -> None:
    first = live.post(ORIGINATORS, form).json["id"]
    second_form, third_form = (
        form
        | {"profile[outgoing_folder]": f"{tmp_path}/{name}/out", "profile[incoming_folder]": f"{tmp_path}/{name}/in"}
        for name in ("second", "third")
    )
    second = live.post(ORIGINATORS, second_form).json["id"]
    stranger = Wire(server.url, server.make_key(server.make_account().id, livemode=True))
    (tmp_path / "link").symlink_to(tmp_path / "to-bank")
    for field in ("outgoing_folder", "incoming_folder"):
        for folder in ("to-bank", "from-bank", "to-bank/in/it", "", "third/../from-bank/", "link"):
            change = {f"profile[{field}]": f"{tmp_path}/{folder}"}
            message = (
                f"The originator's profile has an invalid {field}: it is, contains or is inside of a folder of {first}."
            )
            assert_error(live.post(ORIGINATORS, third_form | change), 400, message, param=field)
            assert_error(live.post(f"{ORIGINATORS}/{second}", change), 400, message, param=field)
            refused = stranger.post(ORIGINATORS, third_form | change)
            assert (refused.status, refused.error["param"]) == (400, field)
            assert refused.error["message"].endswith("a folder of an originator of another platform.")
    assert live.post(f"{ORIGINATORS}/{second}", {"profile[outgoing_folder]": f"{tmp_path}/to-bank-2"}).status == 200
    assert live.post(f"{ORIGINATORS}/{first}", {"profile[hold_days]": 5}).status == 200  # its own are no others'


def test_an_outgoing_folder_is_not_changed_while_a_file_is_on_its_way(
    server: Server, account: str, live: Wire, tmp_path: Path
) -> None:
    objects = AchObjects(server, account, tmp_path)
    path = f"/v1/brim/ach/originators/{objects.active_originator()}"
    file = objects.file()
    change = {"profile[outgoing_folder]": str(tmp_path / "new")}
    refused = live.post(path, change)
    sentence = "The originator's profile has an invalid outgoing_folder: the file"
    assert_error(
        refused,
        400,
        f"{sentence} {file.id} is built: let it be sent, or void it, before the change.",
        param="outgoing_folder",
    )
    assert not (tmp_path / "new").exists()
