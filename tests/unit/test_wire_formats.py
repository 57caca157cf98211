"""What the core has written for it: each event shows one type of object, and each type has its one renderer."""

import msgspec
import pytest

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.scope import AccountScope
from brim.core.events.renderers import OBJECT_TYPES, IncompleteRenderersError, ObjectType, Renderers
from brim.core.events.rules import EventType
from brim.core.ledger.rules import Balance


def test_each_event_type_shows_exactly_one_object_type() -> None:
    assert OBJECT_TYPES.keys() == set(EventType)


@pytest.mark.parametrize("missing", list(ObjectType))
def test_renderers_without_one_of_the_object_types_cannot_be_made(missing: ObjectType) -> None:
    with pytest.raises(IncompleteRenderersError, match=missing):
        Renderers({each: bytes for each in ObjectType if each is not missing})


@pytest.mark.parametrize("event_type", list(EventType))
def test_an_event_is_written_by_the_renderer_of_the_object_that_it_shows(event_type: EventType) -> None:
    renderers = Renderers({each: lambda *_, name=each: name.encode() for each in ObjectType})
    assert renderers.payload(event_type, "anything") == OBJECT_TYPES[event_type].encode()


def test_an_event_shows_an_object_as_the_api_answers_it() -> None:
    scope = AccountScope("acct_1", livemode=False)
    payload = WIRE_FORMATS.payload(EventType.BALANCE_AVAILABLE, scope, [Balance(currency="usd", available=7)])
    assert msgspec.json.decode(payload)["available"] == [
        {"amount": 7, "currency": "usd", "source_types": {"bank_account": 7}}
    ]
