"""Reads what the bank writes by rules of its own, and refuses whatever does not add up."""

from dataclasses import dataclass, field


@dataclass
class ReadStatement:
    """A day's statement."""

    opening: int
    closing: int
    lines: list[tuple[str, int, str, str, str]] = field(default_factory=list)

    @property
    def movement(self) -> int:
        """The sum of the lines; types from 400 on are debits."""
        return sum(-amount if kind >= "400" else amount for kind, amount, *_ in self.lines)


def read_bai2(content: bytes) -> ReadStatement:
    """Return a statement whose controls add up."""
    records = content.decode("ascii").splitlines()
    assert [record[:2] for record in records[:4]] == ["01", "02", "03", "88"]
    assert [record[:2] for record in records[-3:]] == ["49", "98", "99"]
    account = records[2].split(",")
    assert (account[3], account[7]) == ("010", "015")
    statement = ReadStatement(int(account[4]), int(account[8]))
    summary = records[3].rstrip("/").split(",")
    for record in records[4:-3]:
        kind, code, amount, funds, bank_reference, customer_reference, text = record.split(",", 6)
        assert (kind, funds) == ("16", "0")
        statement.lines.append((code, int(amount), bank_reference, customer_reference, text))
    plus = [amount for code, amount, *_ in statement.lines if code < "400"]
    minus = [amount for code, amount, *_ in statement.lines if code >= "400"]
    assert summary[1:4] == ["100", str(sum(plus)), str(len(plus))]
    assert summary[5:8] == ["400", str(sum(minus)), str(len(minus))]
    total = statement.opening + statement.closing + 2 * (sum(plus) + sum(minus))
    count = len(records)
    assert records[-3:] == [f"49,{total},{count - 4}/", f"98,{total},1,{count - 2}/", f"99,{total},1,{count}/"]
    return statement


@dataclass(frozen=True)
class Back:
    """An entry in a file of returns."""

    reason: str
    original_trace: str
    trace: str
    amount: int
    account: str
    data: str


def read_returns(content: bytes) -> list[Back]:
    """Return the entries of a file whose structure, counts, hashes and totals are right."""
    lines = content.decode("ascii").split("\r\n")
    assert lines.pop() == ""
    assert len(lines) % 10 == 0
    assert {len(line) for line in lines} == {94}
    header, *inner = [line for line in lines if line != "9" * 94]
    control = inner.pop()
    assert header[:4] == "101 " or header[:3] == "101"
    assert header[34:40] == "094101"
    found: list[Back] = []
    batches, file_sums = 0, [0, 0, 0, 0]
    last_trace, sums = "", [0, 0, 0, 0]
    while inner:
        line = inner.pop(0)
        if line[0] == "5":
            batches += 1
            batch, last_trace, sums = line, "", [0, 0, 0, 0]
            assert int(line[87:94]) == batches
        elif line[0] == "6":
            addenda = inner.pop(0)
            assert line[78] == "1"
            assert (addenda[0], addenda[79:94]) == ("7", line[79:94])
            assert addenda[1:3] == ("98" if batch[50:53] == "COR" else "99")
            assert line[79:87] == batch[79:87]
            assert line[79:94] > last_trace
            last_trace, amount = line[79:94], int(line[29:39])
            assert line[2] in "16"
            sums[0] += 2
            sums[1] += int(line[3:11])
            sums[2 if line[2] == "6" else 3] += amount
            data = addenda[35 : 64 if addenda[1:3] == "98" else 79].rstrip()
            found.append(Back(addenda[3:6], addenda[6:21], line[79:94], amount, line[12:29].rstrip(), data))
        else:
            count, routing_hash, debit, credit = sums
            assert line[:44] == f"8{batch[1:4]}{count:06}{routing_hash % 10**10:010}{debit:012}{credit:012}"
            assert (line[44:54], line[79:94]) == (batch[40:50], batch[79:94])
            file_sums = [one + other for one, other in zip(file_sums, sums, strict=True)]
    count, routing_hash, debit, credit = file_sums
    totals = f"{count:08}{routing_hash % 10**10:010}{debit:012}{credit:012}"
    assert control == f"9{batches:06}{len(lines) // 10:06}{totals}{'':39}"
    return found
