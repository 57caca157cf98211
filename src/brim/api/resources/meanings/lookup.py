"""Finds the sentences of an enumeration, and puts them into its JSON schema."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from brim.api.framework.params import Schema
from brim.api.resources.meanings import accounts, events, funding, live, statements, topups
from brim.api.resources.meanings.funding import TEST_VALUES
from brim.api.resources.meanings.vocabulary import Vocabulary

ENUM_KEY: Final = "x-enumDescriptions"
"""A sentence for each value. Source: the extension that Redocly's documentation gives this name."""
TEST_VALUES_KEY: Final = "x-testValues"
"""Values that decide an outcome in test mode, and that outcome."""

_SUBJECTS: Final = (topups, events, funding, accounts, live, statements)
_PLACES: Final[Mapping[str, Vocabulary]] = {
    place: words for subject in _SUBJECTS for place, words in subject.PLACES.items()
}
_BY_WORDS: Final[Mapping[frozenset[str], Vocabulary]] = {
    frozenset(words): words for subject in _SUBJECTS for words in subject.ALL
}


def all_vocabularies() -> tuple[Vocabulary, ...]:
    """Return every vocabulary once, for tests."""
    found = [words for subject in _SUBJECTS for words in (*subject.ALL, *subject.PLACES.values())]
    return tuple({frozenset(words): words for words in found}.values())


def explained(schema: Schema, place: str) -> Schema:
    """Return a schema in which every enumeration has its sentences, and what test mode has is named.

    Args:
        schema: of a component or of an operation's parameters; it stays as it is.
        place: the component's name or the operation's id; properties are found by `topup.status`.
    """
    found = {key: _inside(key, value, place) for key, value in schema.items()}
    if "enum" in schema:
        found |= _sentences(place, schema["enum"])
    if place in TEST_VALUES:
        found[TEST_VALUES_KEY] = dict(TEST_VALUES[place])
    return found


def _inside(key: str, value: Any, place: str) -> Any:
    if key == "properties":
        return {name: explained(inner, f"{place}.{name}") for name, inner in value.items()}
    if key == "anyOf":
        return [explained(inner, place) for inner in value]
    if key == "items":
        return explained(value, place)
    return value


def _sentences(place: str, values: Iterable[Any]) -> Schema:
    words = [str(value) for value in values if value is not None]
    known = _PLACES.get(place) or _BY_WORDS.get(frozenset(words), {})
    sentences = {word: known[word] for word in words if word in known}
    return {ENUM_KEY: sentences} if sentences else {}
