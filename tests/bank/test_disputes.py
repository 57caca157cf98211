"""Dishonored returns at the bank: taken and paid, contested, or rejected with their batch."""

from pathlib import Path

import pytest

from tests.support.forward_files import COMPANY, ROUTING, Sent, SentBatch, nacha, trace
from tests.support.rehearsal import Rehearsal
from tests.support.rehearsal_statements import Back, read_bai2, read_returns


def dishonored(back: Back, *, number: int = 50, modifier: str = "B", **changed: str) -> bytes:
    """Return a file with the dishonor of a return, by hand; what is `changed` stands in the addenda or the entry."""
    told = {
        "code": "R68",
        "original": back.original_trace,
        "trace": back.trace,
        "settled": "337",
        "reason": back.reason[1:],
        "account": back.account,
        "amount": str(back.amount),
        "gap": "",
        **changed,
    }
    own = trace(number)
    lines = [
        f"101 {ROUTING}{COMPANY}2612031500{modifier}094101{'REHEARSAL BANK':23}{'BRIM TEST':23}{'REF00002':8}",
        f"5225{'BRIM TEST':16}{'':20}{COMPANY}PPD{'TOPUP':10}{'':6}261204{'':3}1{ROUTING[:8]}0000002",
        f"626231380104{told['account']:17}{int(told['amount']):010}{'ID1':15}{'Jane Receiver':22}  1{own}",
        (
            f"799{told['code']}{told['original']}{told['gap']:6}23138010{'':3}{told['trace']}{told['settled']}"
            f"{told['reason']}{'':21}{own}"
        ),
        f"8225000002{23138010:010}{int(told['amount']):012}{0:012}{COMPANY}{'':25}{ROUTING[:8]}0000002",
        f"900000100000100000002{23138010:010}{int(told['amount']):012}{0:012}{'':39}",
    ]
    lines += ["9" * 94] * (10 - len(lines))
    assert all(len(line) == 94 for line in lines)
    return "".join(f"{line}\r\n" for line in lines).encode()


def returned(bank: Rehearsal, account: str = "9901020000") -> Back:
    """Let a debit of an account come back on December 3."""
    bank.send(nacha(SentBatch([Sent(account)])))
    bank.advance("2026-12-03T17:00")
    (back,) = read_returns(bank.only("returns_"))
    return back


def test_a_dishonored_return_is_paid_and_nothing_more_comes(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    back = returned(bank)
    bank.send(dishonored(back), "brim-2.ach")
    bank.advance("2026-12-20T12:00")
    (line,) = read_bai2(bank.only("statement_20261204")).lines
    assert line[:2] == ("257", 10_00)
    assert line[3:] == (trace(50), f"ACH DISHONORED RETURN R68 {trace(1)} {trace(50)}")
    assert bank.files("contests_") == {}
    assert bank.show()["balance"] == 10_00


@pytest.mark.parametrize("code", [f"R{number}" for number in range(71, 78)])
def test_an_account_number_says_how_its_dishonor_is_contested(tmp_path: Path, code: str) -> None:
    bank = Rehearsal(tmp_path)
    back = returned(bank, f"99010200{code[1:]}")
    bank.send(dishonored(back), "brim-2.ach")
    bank.advance("2026-12-20T12:00")
    lines = bank.only("contests_20261207").decode().splitlines()
    (addenda,) = [line for line in lines if line[:1] == "7"]
    assert addenda[:21] == f"799{code}{trace(1)}"
    assert (addenda[21:27], addenda[27:35], addenda[35:38]) == ("261203", "23138010", "335")
    assert (addenda[38:53], addenda[53:56], addenda[56:58]) == (back.trace, "337", "01")
    assert (addenda[58:73], addenda[73:76], addenda[76:79]) == (trace(50), "338", "68 ")
    (line,) = read_bai2(bank.only("statement_20261207")).lines
    assert line[:2] == ("557", 10_00)
    assert line[3:] == (trace(50), f"ACH CONTESTED RETURN {code} {trace(1)} {addenda[79:94]}")
    assert bank.show()["balance"] == 0


def test_a_rule_contests_on_its_day(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    back = returned(bank)
    bank.script({"trace": trace(1), "action": "contest", "code": "R73", "days": 2})
    bank.send(dishonored(back), "brim-2.ach")
    bank.advance("2026-12-20T12:00")
    assert list(bank.files("contests_")) == ["contests_20261208.ach"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"code": "R01"}, "ADDENDA"),
        ({"code": "R71"}, "ADDENDA"),
        ({"gap": "261201"}, "ADDENDA"),
        ({"trace": "231380109999999"}, "UNKNOWN_RETURN"),
        ({"original": trace(2)}, "DISHONOR_FIELD"),
        ({"reason": "02"}, "DISHONOR_FIELD"),
        ({"amount": "1001"}, "DISHONOR_FIELD"),
        ({"account": "12345678"}, "DISHONOR_FIELD"),
        ({"settled": "338"}, "DISHONOR_FIELD"),
    ],
)
def test_a_malformed_one_rejects_its_batch(tmp_path: Path, changed: dict[str, str], reason: str) -> None:
    bank = Rehearsal(tmp_path)
    back = returned(bank)
    bank.send(dishonored(back, number=50, modifier="B", **changed), "brim-2.ach")
    bank.advance("2026-12-20T12:00")
    told = [content.decode() for content in bank.files("ack_").values()]
    assert sum(reason in each for each in told) == 1
    assert bank.show()["balance"] == 0


@pytest.mark.parametrize(("sent_at", "is_late"), [("2026-12-10T19:59", False), ("2026-12-10T20:00", True)])
def test_one_is_in_time_until_the_cut_off_of_the_fifth_banking_day(
    tmp_path: Path, sent_at: str, *, is_late: bool
) -> None:
    bank = Rehearsal(tmp_path)
    back = returned(bank)
    bank.advance(sent_at)
    bank.send(dishonored(back), "brim-2.ach")
    bank.advance("2026-12-20T12:00")
    assert any("LATE_DISHONOR" in content.decode() for content in bank.files("ack_").values()) == is_late
    assert bank.show()["balance"] == (0 if is_late else 10_00)


def test_a_return_is_dishonored_once(tmp_path: Path) -> None:
    bank = Rehearsal(tmp_path)
    back = returned(bank)
    bank.send(dishonored(back), "brim-2.ach")
    bank.send(dishonored(back, number=51, modifier="C"), "brim-3.ach")
    bank.advance("2026-12-20T12:00")
    assert sum("DUPLICATE_DISHONOR" in content.decode() for content in bank.files("ack_").values()) == 1
    assert bank.show()["balance"] == 10_00


@pytest.mark.parametrize(
    ("fault", "names"),
    [
        ("misrouted", [("12100035" + trace(1)[8:], 10_00, "12345678")]),
        ("amount", [(trace(1), 11_00, "12345678")]),
        ("account", [(trace(1), 10_00, "12345671")]),
        ("twice", [(trace(1), 10_00, "12345678")] * 2),
    ],
)
def test_a_rule_makes_a_return_that_is_not_right(tmp_path: Path, fault: str, names: list[tuple[str, int, str]]) -> None:
    bank = Rehearsal(tmp_path)
    bank.script({"account": "12345678", "action": "return", "code": "R03", "fault": fault})
    bank.send(nacha(SentBatch([Sent()])))
    bank.advance("2026-12-03T17:00")
    backs = read_returns(bank.only("returns_"))
    assert [(back.original_trace, back.amount, back.account) for back in backs] == names
    assert len({back.trace for back in backs}) == len(names)
    assert bank.show()["balance"] == 10_00 - sum(amount for _, amount, _ in names)


def test_a_debit_whose_dishonor_was_contested_may_be_presented_again(tmp_path: Path) -> None:
    """The dishonored return has the individual id and amount of the debit, and is none itself."""
    bank = Rehearsal(tmp_path)
    account = "9901020071"
    back = returned(bank, account)
    bank.send(dishonored(back, code="R62"), "brim-2.ach")
    bank.advance("2026-12-08T07:00")
    assert list(bank.files("contests_")) == ["contests_20261207.ach"]
    again = SentBatch([Sent(account)], effective="261208", company_name="BRIM TEST", description="RETRY PYMT")
    bank.send(nacha(again, date="261208", modifier="C"), "brim-3.ach")
    bank.script({"account": account, "action": "return", "code": "R02", "days": 0})
    bank.advance("2026-12-08T23:30")
    assert b"RETRY_UNKNOWN" not in bank.files("ack_")[max(bank.files("ack_"))]
    assert [each.reason for each in read_returns(bank.only("returns_20261208"))] == ["R02"]
