"""What holds whatever is sent and however the bank is advanced."""

import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.forward_files import RECEIVER, Sent, SentBatch, nacha
from tests.support.rehearsal import Rehearsal
from tests.support.rehearsal_statements import read_bai2, read_returns

START: Final = datetime(2026, 11, 30, 15)  # noqa: DTZ001  the bank's local time
END: Final = datetime(2026, 12, 11, 23, 30)  # noqa: DTZ001

codes = st.sampled_from(["01", "02", "08", "10", "29"])
accounts = st.one_of(
    st.just("12345678"),
    st.builds("99{}{:02}0000".format, codes, st.integers(0, 6)),
    st.builds("980{}000000".format, st.integers(1, 7)),
    st.sampled_from(["000111111116", "000222222227"]),
)
entries = st.builds(
    Sent,
    account=accounts,
    amount=st.integers(1, 99_999_999_99),
    code=st.sampled_from(["27", "37", "22", "32"]),
    routing=st.sampled_from([RECEIVER, "021000021", "231380105"]),
)
batches = st.lists(st.lists(entries, min_size=1, max_size=5), min_size=1, max_size=3)
days = st.sampled_from(["261130", "261201", "261202", "261120"])
moments = st.lists(
    st.integers(1, int((END - START).total_seconds()) - 1).map(lambda seconds: START + timedelta(seconds=seconds)),
    max_size=6,
).map(sorted)


def sent(contents: list[list[Sent]], effective: str) -> bytes:
    return nacha(
        *(SentBatch(found, number, effective, service_class="200") for number, found in enumerate(contents, 1))
    )


def damaged(at: int, noise: bytes) -> bytes:
    good = sent([[Sent(), Sent()]], "261201")
    return good[:at] + noise + good[at + len(noise) :]


@settings(deadline=None, max_examples=15)
@given(contents=batches, effective=days, stops=moments)
def test_many_small_steps_write_the_same_bytes_as_a_big_one(
    contents: list[list[Sent]], effective: str, stops: list[datetime]
) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        big, small = Rehearsal(Path(one)), Rehearsal(Path(other))
        for bank in (big, small):
            bank.send(sent(contents, effective))
        for stop in stops:
            small.advance(stop.isoformat())
        for bank in (big, small):
            bank.advance(END.isoformat())
        assert big.files() == small.files()
        assert {**big.show(), "settings": None} == {**small.show(), "settings": None}


@settings(deadline=None, max_examples=25)
@given(contents=batches, effective=days, fee=st.integers(0, 500))
def test_every_statement_adds_up_and_every_return_is_on_it(
    contents: list[list[Sent]], effective: str, fee: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        bank = Rehearsal(Path(folder), "--return-fee", str(fee))
        bank.send(sent(contents, effective))
        bank.advance(END.isoformat())
        closing, references, shown = 0, [], set()
        for content in bank.files("statement_").values():
            statement = read_bai2(content)
            assert statement.opening == closing
            assert statement.opening + statement.movement == statement.closing
            closing = statement.closing
            references += [line[2] for line in statement.lines]
            shown |= {(amount, trace) for kind, amount, _, trace, _ in statement.lines if kind in {"557", "257"}}
        assert bank.show()["balance"] == closing
        assert len(set(references)) == len(references)
        backs = [back for content in bank.files("returns_").values() for back in read_returns(content)]
        assert {(back.amount, back.original_trace) for back in backs if back.reason[0] == "R"} == shown
        assert len({back.trace for back in backs}) == len(backs)


@settings(deadline=None, max_examples=200)
@given(content=st.binary(max_size=300) | st.builds(damaged, st.integers(0, 959), st.binary(min_size=1, max_size=20)))
def test_whatever_arrives_is_answered(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        bank = Rehearsal(Path(folder))
        bank.send(content)
        bank.advance("2026-12-02T12:00")
        assert len(bank.files("ack_")) == 1
        assert not list(bank.inbox.iterdir())
