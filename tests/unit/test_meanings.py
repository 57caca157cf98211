"""Everything that is published is explained: attributes have a description, values of enumerations a sentence."""

from collections.abc import Iterator
from typing import Any

from brim.api.openapi import build_openapi
from brim.api.published import component_schemas, parameters_schema
from brim.api.resources.meanings import ENUM_KEY, TEST_VALUES_KEY
from brim.api.resources.meanings.events import ENABLED_EVENT
from brim.api.resources.meanings.funding import OUTCOMES
from brim.api.resources.meanings.lookup import all_vocabularies
from brim.api.resources.operations import OPERATIONS
from brim.core.events import EventType
from brim.core.rails.sandbox.bank_accounts import PAYMENT_METHOD_SCENARIOS, SOURCE_SCENARIOS

_OF_ALL_TYPES = ".enabled_events"
"""Such a list has all types of Stripe's; only those that occur here have a sentence."""


def published() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each attribute and each parameter with its schema, by its place."""
    for name, schema in component_schemas().items():
        yield from _inside(name, schema)
    for operation in OPERATIONS:
        yield from _inside(operation.operation_id, parameters_schema(operation))


def _inside(place: str, schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, inner in schema.get("properties", {}).items():
        yield f"{place}.{name}", inner
        yield from _inside(f"{place}.{name}", inner)
    for choice in schema.get("anyOf", []):
        yield place, choice
        yield from _inside(place, choice)
    if "items" in schema:
        yield place, schema["items"]
        yield from _inside(place, schema["items"])


def test_every_attribute_and_every_parameter_has_a_description() -> None:
    own = [(place, schema) for place, schema in published() if "description" in schema or place.count(".") == 0]
    named = {place for place, schema in own if schema.get("description", "").strip()}
    assert sorted({place for place, _ in published()} - named) == []


def test_every_value_of_an_enumeration_has_a_sentence() -> None:
    missing = [
        f"{place}: {value}"
        for place, schema in published()
        for value in schema.get("enum", ())
        if value is not None and not place.endswith(_OF_ALL_TYPES) and value not in schema.get(ENUM_KEY, {})
    ]
    assert missing == []


def test_every_type_of_event_that_occurs_has_a_sentence_where_types_are_chosen() -> None:
    lists = [schema for place, schema in published() if place.endswith(_OF_ALL_TYPES) and "enum" in schema]
    assert len(lists) == 4
    occurring = {"*", *EventType} - {EventType.PING}  # of the second version alone
    assert all(occurring <= {*schema[ENUM_KEY]} <= {*ENABLED_EVENT} for schema in lists)


def test_sentences_are_sentences_and_none_is_left_over() -> None:
    used = {(word, text) for _, schema in published() for word, text in schema.get(ENUM_KEY, {}).items()}
    written = {(word, text) for words in all_vocabularies() for word, text in words.items()}
    assert written - used == set()
    assert [text for _, text in written if not text[0].isupper() or not text.endswith((".", ")"))] == []


def test_no_two_vocabularies_have_the_same_words() -> None:
    by_words = [frozenset(words) for words in all_vocabularies()]
    assert len(by_words) == len(set(by_words))


def test_every_test_token_is_listed_where_it_can_be_sent_with_what_becomes_of_it() -> None:
    schemas = dict(published())
    assert schemas["PostTopups.source"][TEST_VALUES_KEY] == {
        token: OUTCOMES[scenario] for token, scenario in SOURCE_SCENARIOS.items()
    }
    assert set(schemas["PostTopups.payment_method"][TEST_VALUES_KEY]) == set(PAYMENT_METHOD_SCENARIOS)
    assert set(OUTCOMES) >= {*SOURCE_SCENARIOS.values(), *PAYMENT_METHOD_SCENARIOS.values()}


def test_the_openapi_document_carries_the_same_explanations() -> None:
    document = build_openapi(OPERATIONS)
    assert document["components"]["schemas"] == component_schemas()
    create = document["paths"]["/v1/topups"]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]
    assert "btok_us_verified" in create["schema"]["properties"]["source"][TEST_VALUES_KEY]
    listed = {
        each["name"]: each["schema"] for each in document["paths"]["/v1/topups"]["get"]["parameters"] if "name" in each
    }
    assert set(listed["status"][ENUM_KEY]) == set(listed["status"]["enum"])
