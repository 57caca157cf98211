"""Messages of direct debits for tests, and the published schemas that they are held against."""

from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Final

import xmlschema
from stdnum import iban as iban_numbers

from brim.core.rails.sepa import (
    Collection,
    CollectionBatch,
    Creditor,
    DirectDebitMessage,
    LocalInstrument,
    Mandate,
    SequenceType,
    Version,
)

CREDITOR_ID: Final = "DE98ZZZ09999999999"
"""The identifier that the Deutsche Bundesbank publishes for tests."""
CREDITOR_IBAN: Final = "DE89370400440532013000"
DEBTOR_IBANS: Final = (
    "AT611904300234573201",
    "BE68539007547034",
    "FR1420041010050500013M02606",
    "IE29AIBK93115212345678",
    "NL91ABNA0417164300",
)
"""Examples of the IBAN registry."""
CREDITOR: Final = Creditor(name="Acme Top-ups", identifier=CREDITOR_ID, iban=CREDITOR_IBAN, bic="COBADEFFXXX")


@cache
def schema_of(version: Version) -> xmlschema.XMLSchema:
    """Return the schema of a version that ISO 20022 publishes, as the library `sepaxml` brings it."""
    return xmlschema.XMLSchema(str(files("sepaxml") / "schemas" / f"{version}.xsd"))


def iban_of(country: str, bban: str) -> str:
    """Return an IBAN with its check digits."""
    return f"{country}{iban_numbers.calc_check_digits(f'{country}00{bban}')}{bban}"


def collection(number: int = 1, *, amount: int = 2000, **changes: object) -> Collection:
    """Return a collection; numbers tell several apart."""
    wanted: dict[str, object] = {
        "end_to_end_id": f"tu-{number:024}",
        "amount": amount,
        "mandate": Mandate(reference=f"MANDATE-{number}", signed_on=date(2026, 1, 15)),
        "debtor_name": "Jenny Rosen",
        "debtor_iban": DEBTOR_IBANS[number % len(DEBTOR_IBANS)],
        "remittance": "Top-up",
        **changes,
    }
    return Collection(**wanted)  # type: ignore[arg-type]  # the test says which


def batch(
    *collections: Collection, number: int = 1, sequence: SequenceType = SequenceType.RECURRENT
) -> CollectionBatch:
    """Return a batch of collections that are due on 2026-12-02."""
    return CollectionBatch(
        id=f"achf-000000000000000000000001-{number}",
        instrument=LocalInstrument.CORE,
        sequence=sequence,
        collection_date=date(2026, 12, 2),
        collections=collections,
    )


def message(
    *batches: CollectionBatch, version: Version = Version.V8, creditor: Creditor = CREDITOR
) -> DirectDebitMessage:
    """Return a message that was made on 2026-12-01 at 16:00."""
    return DirectDebitMessage(
        id="achf-000000000000000000000001",
        made=datetime(2026, 12, 1, 16),  # noqa: DTZ001  wall time
        initiating_party="Acme Top-ups",
        creditor=creditor,
        batches=batches or (batch(collection()),),
        version=version,
    )
