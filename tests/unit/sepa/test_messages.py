import hashlib
from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brim.core.rails.sepa import (
    LARGEST_COLLECTION,
    CollectionBatch,
    Mandate,
    MessageError,
    SequenceType,
    UnreadableMessageError,
    Version,
    fits,
    read_sent,
    recount,
    to_sepa_text,
    write_message,
)
from tests.support.pain008 import CREDITOR, batch, collection, message, schema_of

NAMES = st.text(min_size=1, max_size=90).filter(lambda text: bool(to_sepa_text(text, 70).strip(". ")))
MANDATES = st.builds(
    Mandate,
    reference=st.from_regex(r"[A-Za-z0-9+?:().,'-]{1,35}", fullmatch=True),
    signed_on=st.dates(date(2009, 11, 1), date(2026, 11, 30)),
    former_reference=st.none() | st.just("OLD-1"),
    is_of_new_account=st.booleans(),
    former_creditor_identifier=st.none() | st.just("DE41EON00000129793"),
    former_creditor_name=st.none() | st.just("Former Top-ups"),
)


@st.composite
def batches(draw: st.DrawFn) -> tuple[CollectionBatch, ...]:
    number = 0
    made: list[CollectionBatch] = []
    for sequence in draw(st.lists(st.sampled_from(SequenceType), min_size=1, max_size=3)):
        collections = []
        for amount in draw(st.lists(st.integers(1, LARGEST_COLLECTION), min_size=1, max_size=4)):
            number += 1
            changes: dict[str, Any] = {
                "mandate": draw(MANDATES),
                "debtor_name": draw(NAMES),
                "debtor_bic": draw(st.none() | st.just("INGBNL2A")),
                "remittance": draw(st.text(max_size=200)),
            }
            collections.append(collection(number, amount=amount, **changes))
        made.append(batch(*collections, number=len(made) + 1, sequence=sequence))
    return tuple(made)


@settings(max_examples=60)
@given(batches(), st.sampled_from(Version), st.booleans())
def test_what_is_written_fits_the_published_schema_and_says_what_was_meant(
    made: tuple[CollectionBatch, ...], version: Version, has_bic: bool
) -> None:
    creditor = msgspec.structs.replace(CREDITOR, bic=CREDITOR.bic if has_bic else None)
    wanted = message(*made, version=version, creditor=creditor)
    content = write_message(wanted)

    assert write_message(wanted) == content
    schema_of(version).validate(content.decode())
    found = recount(content)
    assert found.problems == []
    assert (found.batches, found.entries) == (len(made), sum(len(each.collections) for each in made))
    assert found.debits_cents == sum(each.total for each in made)
    _says_the_same(content, made, version)


def _says_the_same(content: bytes, made: tuple[CollectionBatch, ...], version: Version) -> None:
    names = {"": f"urn:iso:std:iso:20022:tech:xsd:{version}"}
    root = ET.fromstring(content)
    for found, each in zip(root.iterfind("*/PmtInf", names), made, strict=True):
        assert found.findtext("PmtInfId", None, names) == each.id
        assert found.findtext("PmtTpInf/SeqTp", None, names) == each.sequence
        assert found.findtext("PmtTpInf/LclInstrm/Cd", None, names) == "CORE"
        assert found.findtext("ReqdColltnDt", None, names) == "2026-12-02"
        assert found.findtext("CdtrSchmeId/Id/PrvtId/Othr/Id", None, names) == CREDITOR.identifier
        for payment, meant in zip(found.iterfind("DrctDbtTxInf", names), each.collections, strict=True):
            amount = payment.find("InstdAmt", names)
            assert amount is not None
            assert Decimal(amount.text or "") * 100 == meant.amount
            assert amount.get("Ccy") == "EUR"
            assert payment.findtext("PmtId/EndToEndId", None, names) == meant.end_to_end_id
            assert payment.findtext("DrctDbtTx/MndtRltdInf/MndtId", None, names) == meant.mandate.reference
            assert payment.findtext("DrctDbtTx/MndtRltdInf/DtOfSgntr", None, names) == str(meant.mandate.signed_on)
            assert payment.findtext("DbtrAcct/Id/IBAN", None, names) == meant.debtor_iban
            mandate = payment.find("DrctDbtTx/MndtRltdInf", names)
            assert mandate is not None
            assert (mandate.findtext("AmdmntInd", None, names) == "true") is meant.mandate.is_amended
            former = "AmdmntInfDtls/OrgnlCdtrSchmeId"
            assert mandate.findtext("AmdmntInfDtls/OrgnlMndtId", None, names) == meant.mandate.former_reference
            assert mandate.findtext(f"{former}/Nm", None, names) == meant.mandate.former_creditor_name
            identifier = mandate.findtext(f"{former}/Id/PrvtId/Othr/Id", None, names)
            assert identifier == meant.mandate.former_creditor_identifier
            account = mandate.findtext("AmdmntInfDtls/OrgnlDbtrAcct/Id/Othr/Id", None, names)
            assert (account == "SMNDA") is meant.mandate.is_of_new_account


@pytest.mark.parametrize(
    ("version", "sha256"),
    [
        (Version.V2, "c43562dc4a5083e53844bd3b29e3923e62acc24decef1ce7c3127eb2c7f2ea25"),
        (Version.V8, "e4fdba7b2af1e8df092efc20f1fd85e0c3167fb5f606bc28adcdce884f85c793"),
    ],
)
def test_a_message_has_the_same_bytes_for_ever(version: Version, sha256: str) -> None:
    content = write_message(message(batch(collection(), collection(2, amount=123_456)), version=version))

    assert hashlib.sha256(content).hexdigest() == sha256, content.decode()


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"end_to_end_id": "tu_1"}, "end-to-end id"),
        ({"end_to_end_id": "x" * 36}, "end-to-end id"),
        ({"amount": 0}, "amount"),
        ({"amount": LARGEST_COLLECTION + 1}, "amount"),
        ({"debtor_name": "名前"}, "debtor's name"),
        ({"debtor_name": ""}, "debtor's name"),
        ({"mandate": Mandate(reference="a//b", signed_on=date(2026, 1, 1))}, "mandate reference"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(wrong: dict[str, Any], where: str) -> None:
    unfit = collection(2, **wrong)

    assert fits(collection())
    assert not fits(unfit)
    with pytest.raises(MessageError) as refused:
        write_message(message(batch(collection(), unfit)))
    assert refused.value.where == where


@pytest.mark.parametrize(
    "made",
    [
        (batch(collection()), batch(collection(2))),
        (batch(collection(), collection()),),
        (batch(),),
    ],
)
def test_a_message_without_collections_or_with_an_id_twice_is_refused(made: tuple[CollectionBatch, ...]) -> None:
    with pytest.raises(MessageError):
        write_message(message(*made))


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        (b"<NbOfTxs>2</NbOfTxs>", b"<NbOfTxs>3</NbOfTxs>", "has 2"),
        (b"<CtrlSum>40.00</CtrlSum>", b"<CtrlSum>41.00</CtrlSum>", "collects 40.00"),
        (b'<InstdAmt Ccy="EUR">20.00', b'<InstdAmt Ccy="EUR">20.01', "collects 40.01"),
        (b'Ccy="EUR"', b'Ccy="USD"', "in USD"),
        (b">20.00</InstdAmt>", b">20,00</InstdAmt>", "isn't an amount"),
        (b"tu-000000000000000000000002", b"tu-000000000000000000000001", "same id"),
        (b"</Document>", b"", "isn't XML"),
        (b"<Document", b"<!DOCTYPE Document><Document", "document type"),
    ],
)
def test_the_second_reader_finds_what_is_wrong_with_the_bytes(before: bytes, after: bytes, problem: str) -> None:
    content = write_message(message(batch(collection(), collection(2))))
    assert before in content

    assert any(problem in each for each in recount(content.replace(before, after, 1)).problems)


@settings(max_examples=40)
@given(batches(), st.sampled_from(Version))
def test_what_has_left_is_read_back_as_it_was_written(made: tuple[CollectionBatch, ...], version: Version) -> None:
    wanted = message(*made, version=version)
    found = read_sent(write_message(wanted))
    assert (found.id, found.made) == (wanted.id, wanted.made)
    assert [(each.id, each.collection_date, each.instrument, each.sequence, each.total) for each in found.batches] == [
        (each.id, each.collection_date, each.instrument, each.sequence, each.total) for each in made
    ]
    for read, written in zip(found.batches, made, strict=True):
        assert [
            (
                each.end_to_end_id,
                each.amount,
                each.mandate_reference,
                each.signed_on,
                each.debtor_iban,
                each.debtor_name,
                each.former_reference,
                each.is_of_new_account,
                each.former_creditor_identifier,
                each.former_creditor_name,
            )
            for each in read.collections
        ] == [
            (
                each.end_to_end_id,
                each.amount,
                each.mandate.reference,
                each.mandate.signed_on,
                each.debtor_iban,
                to_sepa_text(each.debtor_name, 70),
                each.mandate.former_reference,
                each.mandate.is_of_new_account,
                each.mandate.former_creditor_identifier,
                each.mandate.former_creditor_name,
            )
            for each in written.collections
        ]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"EndToEndId", b"Other", "EndToEndId is missing"),
        (b"<MndtId>MANDATE-1</MndtId>", b"", "MndtId is missing"),
        (b'Ccy="EUR"', b'Ccy="USD"', "not in EUR"),
        (b">20.00<", b">20.0<", "isn't an amount"),
        (b"<DtOfSgntr>2026-01-15<", b"<DtOfSgntr>soon<", "soon"),
        (b"?>", b"?><!DOCTYPE a>", "document type"),
        (b"</Document>", b"", "isn't XML"),
        (b"PmtInf>", b"Other>", "collects nothing"),
    ],
)
def test_what_is_no_message_of_ours_is_not_read(old: bytes, new: bytes, why: str) -> None:
    content = write_message(message())
    broken = content.replace(old, new)
    assert broken != content
    with pytest.raises(UnreadableMessageError, match=why):
        read_sent(broken)
