"""The information for the account owner (:86:) of MT940, in the three forms that banks write.

`109?00SEPA RETURN?20EREF+A1?21...`: a business code and subfields, as German and Polish banks write them; the
remittance text is subfields 20 to 29 and 60 to 63 joined, and has SEPA's references under their own keys.
`/EREF/A1/NAME/B/`: keys between slashes, as Dutch banks write them. Anything else is text.

Source: Deutsche Kreditwirtschaft, interface specification for remote data transmission, annex 3, chapter 8; the format
descriptions of ABN AMRO, ING and Rabobank.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

UNSTRUCTURED: Final = "999"
"""The business code of a text that has no subfields."""
RETURNS: Final = frozenset({"108", "109", "159"})
"""Business codes of what comes back: a returned direct debit of a business, of anybody, a returned credit transfer."""

_STRUCTURED: Final = re.compile(r"\s*([0-9]{3})([^0-9A-Za-z\s])(?=[0-9]{2})")
_REMITTANCE: Final = frozenset({*(f"{number}" for number in range(20, 30)), "60", "61", "62", "63"})
_PLUS: Final = re.compile(
    r"(EREF|KREF|MREF|BREF|RREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PREF|PURP)\+\s*"
)  # anywhere: a bank may begin a key in the middle of a subfield, and break it off at the end of one
_SLASH_KEYS: Final = (
    "TRTP|EREF|MARF|CSID|NAME|IBAN|BIC|REMI|RTRN|ORDP|BENM|PREF|NRTX|ID|ADDR|ISDT|PURP|CNTP|SVCL|TRCD|KREF|CREF|ULTD"
    "|ULTC|OCMT|CHGS|EXCH"
)
_SLASH: Final = re.compile(rf"/({_SLASH_KEYS})/")


class Details(msgspec.Struct, frozen=True, kw_only=True):
    """What the information says: `code` and `name` of the kind of business, its references by key, and its text."""

    code: str = ""
    name: str = ""
    keys: Mapping[str, str] = {}
    counterparty_name: str = ""
    counterparty_account: str = ""
    text: str = ""


def read_details(lines: Sequence[str]) -> Details:
    """Return what the lines of a field :86: say."""
    structured = _STRUCTURED.match(lines[0])
    if structured is not None:
        return _of_subfields(structured[1], structured[2], "".join(lines)[structured.end() :])
    code = lines[0].strip()[:3]
    text = "\n".join(line.strip() for line in lines if line.strip())
    if code == UNSTRUCTURED:
        return Details(code=code, text=text[3:].strip())
    keys = read_slashes("".join(lines))
    return Details(
        keys=keys,
        counterparty_name=keys.get("NAME", ""),
        counterparty_account=keys.get("IBAN", ""),
        text=keys.get("REMI", "") or text,
    )


def read_slashes(text: str) -> dict[str, str]:
    """Return what stands behind keys between slashes, the first of each: `/EREF/A1//NAME/B/`."""
    return {key: value.strip("/ ") for key, value in _behind_keys(_SLASH, text).items()}


def _of_subfields(code: str, separator: str, text: str) -> Details:
    """Read `00name` and further subfields; a line may end anywhere, also within a number of two digits."""
    pieces: dict[str, list[str]] = {}
    newest = "20"
    for part in text.split(separator):
        key, value = part[:2], part[2:]
        if not (key.isascii() and key.isdigit()):  # the separator stands in a text
            key, value = newest, separator + part
        newest = key
        pieces.setdefault(key, []).append(value)
    subfields = {key: "".join(found) for key, found in pieces.items()}
    remittance = "".join(subfields[key] for key in sorted(subfields) if key in _REMITTANCE)
    keys, rest = _read_plus(remittance)
    return Details(
        code=code,
        name=subfields.get("00", "").strip(),
        keys=keys,
        counterparty_name=(subfields.get("32", "") + subfields.get("33", "")).strip(),
        counterparty_account=(subfields.get("38", "") or subfields.get("31", "") or keys.get("IBAN", "")).strip(),
        text=keys.get("SVWZ", rest).strip(),
    )


def _read_plus(text: str) -> tuple[dict[str, str], str]:
    """Return what stands behind keys with a plus sign, and what stands before the first: `EREF+A1 SVWZ+text`."""
    first = _PLUS.search(text)
    return _behind_keys(_PLUS, text), text if first is None else text[: first.start()]


def _behind_keys(key: re.Pattern[str], text: str) -> dict[str, str]:
    """Return what stands between each key and the next, the first of equal keys."""
    found = list(key.finditer(text))
    values: dict[str, str] = {}
    for number, match in enumerate(found, 1):
        end = found[number].start() if number < len(found) else len(text)
        values.setdefault(match[1], text[match.end() : end].strip())
    return values
