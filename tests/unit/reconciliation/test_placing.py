"""Statements in any order, sent twice, overlapping and corrected: every line counts once, and what is open is said."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from brim.core.reconciliation.placing import (
    KnownLine,
    KnownStatement,
    LineFacts,
    Place,
    Placement,
    StatementFacts,
    new_in_notification,
    pair,
    place,
    span,
)

DAY_ONE = date(2026, 11, 2)


def line(day: int, amount: int, text: str = "", *, reference: str = "") -> LineFacts:
    return LineFacts(DAY_ONE + timedelta(day), amount, reference, "", text)


def statement(opening: int, *lines: LineFacts, days: tuple[int, int] = (0, 0), sequence: str = "") -> StatementFacts:
    first, last = (DAY_ONE + timedelta(day) for day in days)
    closing = opening + sum(each.amount for each in lines)
    return StatementFacts(
        first_day=first, last_day=last, opening=opening, closing=closing, sequence=sequence, lines=lines
    )


@dataclass
class Books:
    """What was posted of an account, as whoever uses `place` keeps it."""

    known: list[KnownStatement] = field(default_factory=list)
    stored: list[KnownLine] = field(default_factory=list)
    open: list[Place] = field(default_factory=list)
    files: int = 0

    @property
    def posted(self) -> list[LineFacts]:
        return [each.facts for each in self.stored]

    def announce(self, *lines: LineFacts) -> None:
        """Take a notification: it has no balances."""
        self.files += 1
        new = new_in_notification(lines, self.known, self.stored)
        self.stored += [KnownLine(lines[position], f"file_{self.files}") for position in new]

    def take(self, came: StatementFacts, *, is_correction: bool = False) -> Placement:
        self.files += 1
        first, last = span(came, self.known)
        known = [each for each in self.stored if first <= each.facts.booked_on <= last]
        placed = place(came, self.known, known, is_correction=is_correction)
        new = [came.lines[position] for position in placed.new]
        self.stored += [KnownLine(each, f"file_{self.files}") for each in new]
        if placed.is_apart or placed.place is Place.UNDECIDED or placed.tied or placed.vanished:
            self.open.append(placed.place)
        if placed.place in {Place.REPEATS, Place.UNDECIDED}:
            return placed
        replaced = [each for each in self.known if each.id in placed.beside and placed.place is Place.REPLACES]
        self.known = [
            msgspec.structs.replace(each, is_replaced=each.is_replaced or each in replaced) for each in self.known
        ]
        self.known.append(
            KnownStatement(
                id=f"stmt_{self.files:03}",
                first_day=came.first_day,
                last_day=came.last_day,
                opening=came.opening,
                closing=came.closing,
                sequence=came.sequence,
                content=came.content,
                line_count=len(came.lines),
                bank_file=f"file_{self.files}",
            )
        )
        return placed


def places(*statements: StatementFacts) -> list[Place]:
    books = Books()
    return [books.take(each).place for each in statements]


FEE, MONEY = line(0, -5, "FEE"), line(0, 100, "MONEY")


def test_a_statement_goes_on_where_another_closed() -> None:
    assert places(statement(0, MONEY, FEE), statement(95, line(1, 7), days=(1, 1))) == [Place.FIRST, Place.CONTINUES]


def test_the_same_statement_counts_once_whatever_its_number() -> None:
    assert places(statement(0, MONEY, sequence="1"), statement(0, MONEY, sequence="2")) == [Place.FIRST, Place.REPEATS]


def test_one_that_moves_nothing_may_be_the_next_or_the_same_again() -> None:
    back = line(0, -100, "BACK")
    first, second = (statement(0, MONEY, back, sequence=number) for number in "12")
    assert places(first, second) == [Place.FIRST, Place.UNDECIDED]
    assert places(first, first) == [Place.FIRST, Place.REPEATS]


def test_two_equal_lines_of_a_day_in_two_statements_are_two() -> None:
    books = Books()
    books.take(statement(0, FEE))
    assert books.take(statement(-5, FEE)).new == (0,)
    assert books.posted == [FEE, FEE]


def test_a_later_version_of_a_day_brings_only_what_is_new_and_an_earlier_one_nothing() -> None:
    books = Books()
    books.take(statement(0, FEE, FEE))
    assert books.take(statement(0, FEE, MONEY, FEE)).new == (1,)
    assert books.take(statement(0, FEE)).place is Place.REPEATS
    assert Counter(books.posted) == Counter([FEE, FEE, MONEY])


def test_a_correction_says_what_is_gone_and_what_is_new() -> None:
    books = Books()
    books.take(statement(0, FEE, MONEY, sequence="7"))
    placed = books.take(statement(0, FEE, line(0, 10, "MONEY"), sequence="7"))
    assert (placed.place, placed.new, placed.vanished) == (Place.REPLACES, (1,), (MONEY,))
    assert set(books.take(statement(0, FEE), is_correction=True).vanished) == {MONEY, line(0, 10, "MONEY")}


def test_a_week_that_repeats_its_days_brings_the_day_that_was_missing() -> None:
    monday, tuesday, wednesday = (line(day, 10 + day) for day in range(3))
    books = Books()
    books.take(statement(0, monday))
    books.take(statement(10, tuesday, days=(1, 1)))
    week = statement(0, monday, tuesday, wednesday, days=(0, 2))
    assert books.take(week).new == (2,)
    assert books.take(statement(21, wednesday, days=(2, 2))).place is Place.REPEATS


def test_a_missing_day_is_a_gap_until_it_comes() -> None:
    monday, tuesday, wednesday = (line(day, 10 + day) for day in range(3))
    first, second = statement(0, monday), statement(10, tuesday, days=(1, 1))
    third = statement(21, wednesday, days=(2, 2))
    assert places(first, third, second) == [Place.FIRST, Place.GAP, Place.CONTINUES]
    assert places(third, second) == [Place.FIRST, Place.PRECEDES]


def test_what_nobody_can_tell_apart_is_tied() -> None:
    books = Books()
    books.take(statement(0, line(0, 5, "A")))
    assert books.take(statement(0, line(0, 5, "B"), line(0, 5, "C"))).tied == (0, 1)


def test_lines_with_references_of_their_own_are_new_where_a_statement_goes_on() -> None:
    """The second statement brings a payment of the same amount, and one that takes the amount back."""
    money, other, back = (line(0, amount, reference=name) for amount, name in ((100, "A"), (100, "B"), (-100, "C")))
    books = Books()
    books.take(statement(0, money))
    assert books.take(statement(100, other, back)).new == (0, 1)
    books = Books()
    books.take(statement(100, money, back))
    again, gone = line(0, 100, reference="D"), line(0, -100, reference="E")
    assert books.take(statement(100, again, gone)).new == (0, 1)


@pytest.mark.parametrize("references", [("", ""), ("A", "B")])
def test_behind_a_gap_in_a_day_a_line_like_another_is_open(references: tuple[str, str]) -> None:
    books = Books()
    for opening, reference in zip((0, 200), references, strict=True):
        placed = books.take(statement(opening, line(0, 100, "MONEY", reference=reference)))
    assert (placed.place, placed.new, placed.tied) == (Place.GAP, (), (0,))


def test_a_line_that_was_announced_counts_once_also_in_a_later_statement_of_its_day() -> None:
    announced, money = line(0, 50, reference="A"), line(0, 100, reference="B")
    fee = line(0, -5, reference="000")
    books = Books()
    books.announce(announced)
    books.take(statement(0, money, fee))
    assert books.take(statement(95, announced, fee)).new == (1,)
    assert books.take(statement(140, fee)).new == (0,)
    assert Counter(books.posted) == Counter([announced, money, fee, fee, fee])


def test_what_may_have_been_announced_under_another_name_is_open() -> None:
    books = Books()
    books.announce(line(0, 50, reference="N"))
    books.take(statement(0, MONEY))
    assert books.take(statement(100, line(0, 50, reference="S"))).tied == (0,)


def test_a_statement_between_two_of_which_one_is_of_its_day_brings_all_of_its_lines() -> None:
    fee = line(1, -5, "FEE")
    books = Books()
    for each in (statement(0, MONEY), statement(95, fee, days=(1, 1)), statement(100, fee, days=(1, 1))):
        books.take(each)
    assert Counter(books.posted) == Counter([MONEY, fee, fee])


def test_a_second_gap_is_told_when_the_first_is_filled_in_part() -> None:
    days = [statement(10 * day, line(day, 10), days=(day, day)) for day in range(4)]
    books = Books()
    placed = [books.take(days[day]) for day in (0, 3, 2, 1)]
    assert [each.is_apart for each in placed] == [False, True, True, False]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(-2, 2), st.sampled_from(["", "r", "s"])), max_size=8))
def test_lines_pair_with_themselves(given_lines: list[tuple[int, int, str]]) -> None:
    lines = [line(day, amount, reference=reference) for day, amount, reference in given_lines]
    assert pair(lines, lines)[:3] == ([], [], [])
    assert pair([], lines)[:3] == (list(range(len(lines))), [], [])


# A bank against a model: it books lines day by day, and says so in every way that banks have.

MOVED = st.tuples(st.sampled_from([-3, -2, 2, 3, 50]), st.sampled_from(["", "", "X", "Y"]))


@st.composite
def months(draw: st.DrawFn, *, references: bool = False) -> tuple[list[list[LineFacts]], list[StatementFacts]]:
    """Return the lines of some days, and statements of them, at least one of each day, in the order of the days."""
    days = [
        [
            line(day, amount, text, reference=f"{day}-{place}" if references else "")
            for place, (amount, text) in enumerate(draw(st.lists(MOVED, max_size=3)))
        ]
        for day in range(draw(st.integers(1, 5)))
    ]
    openings = [1000]
    for lines in days:
        openings.append(openings[-1] + sum(each.amount for each in lines))
    sent: list[StatementFacts] = []
    for day, lines in enumerate(days):
        counts = draw(st.sets(st.integers(0, len(lines)), max_size=2))  # while the day goes on
        sent += [statement(openings[day], *lines[:count], days=(day, day)) for count in sorted(counts)]
        sent.append(statement(openings[day], *lines, days=(day, day)))
        if draw(st.booleans()):
            first = draw(st.integers(0, day))
            span = [each for some in days[first : day + 1] for each in some]
            sent.append(statement(openings[first], *span, days=(first, day)))
        if draw(st.booleans()):
            sent.append(draw(st.sampled_from(sent)))  # an old one again
    return days, sent


def truth(days: Sequence[Sequence[LineFacts]]) -> Counter[LineFacts]:
    return Counter(each for lines in days for each in lines)


@given(months())
def test_in_order_every_line_counts_once_unless_nobody_can_tell(
    month: tuple[list[list[LineFacts]], list[StatementFacts]],
) -> None:
    days, sent = month
    books = Books()
    for each in sent:
        books.take(each)
    assert Counter(books.posted) <= truth(days)
    if all(sum(each.amount for each in lines[:count]) for lines in days for count in range(1, len(lines) + 1)):
        assert (Counter(books.posted), books.open) == (truth(days), [])


@given(months(references=True))
def test_in_order_every_line_with_a_reference_counts_once(
    month: tuple[list[list[LineFacts]], list[StatementFacts]],
) -> None:
    days, sent = month
    books = Books()
    for each in sent:
        books.take(each)
    assert (Counter(books.posted), books.open) == (truth(days), [])


@given(months(), st.randoms(use_true_random=False))
def test_in_any_order_nothing_counts_twice_or_is_lost_unless_it_is_said(
    month: tuple[list[list[LineFacts]], list[StatementFacts]], random: Random
) -> None:
    days, sent = month
    random.shuffle(sent)
    books = Books()
    for each in sent:
        books.take(each)
    assert books.open or Counter(books.posted) == truth(days)


@st.composite
def parts(draw: st.DrawFn) -> list[tuple[bool, StatementFacts]]:
    """Return statements of some days, several of each, that go on from one another, and which of them come."""
    sent: list[tuple[bool, StatementFacts]] = []
    balance = 1000
    for day in range(draw(st.integers(1, 3))):
        for part in range(draw(st.integers(1, 3))):
            lines = [
                line(day, amount, text, reference=f"{day}-{part}-{place}")
                for place, (amount, text) in enumerate(draw(st.lists(MOVED, max_size=3)))
            ]
            sent.append((draw(st.booleans()), statement(balance, *lines, days=(day, day))))
            balance = sent[-1][1].closing
    return sent


@given(parts(), st.booleans())
def test_parts_of_days_in_order_count_once_announced_or_not_unless_it_is_said(
    sent: list[tuple[bool, StatementFacts]],
    is_announced: bool,
) -> None:
    books = Books()
    if is_announced:
        for _, each in sent:
            books.announce(*each.lines)
    for _, each in sent:
        books.take(each)
    assert books.open or Counter(books.posted) == Counter(found for _, each in sent for found in each.lines)


@given(parts(), st.randoms(use_true_random=False))
def test_parts_of_days_in_any_order_and_some_lost_count_once_unless_it_is_said(
    sent: list[tuple[bool, StatementFacts]], random: Random
) -> None:
    assume(len({each.opening for _, each in sent}) == len(sent))  # else two may be one, with other references
    came = [each for is_chosen, each in sent if is_chosen]
    random.shuffle(came)
    books = Books()
    for each in came:
        books.take(each)
    assert books.open or Counter(books.posted) == Counter(found for each in came for found in each.lines)


@given(
    st.lists(st.lists(st.sampled_from((-5, -7, 100)), min_size=1, max_size=3), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=4),
)
def test_notifications_that_come_after_their_statements_bring_nothing(
    days: list[list[int]], late: list[tuple[int, int]]
) -> None:
    """`late` are a day, and after which statement its notification comes; none of them has a reference."""
    books, opening = Books(), 0
    for number, amounts in enumerate(days):
        lines = [line(number, amount) for amount in amounts]
        books.take(statement(opening, *lines, days=(number, number)))
        opening += sum(amounts)
        for of, after in late:
            if after == number and of <= number:
                books.announce(*(line(of, amount, "WORDED OTHERWISE") for amount in days[of]))
    assert Counter((each.booked_on, each.amount) for each in books.posted) == Counter(
        (DAY_ONE + timedelta(number), amount) for number, amounts in enumerate(days) for amount in amounts
    )
