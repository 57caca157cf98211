"""What a reader sees of a JSON schema: names, types, limits, words, and what is inside."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Final

import msgspec

from brim.api.framework.operation import Operation
from brim.api.framework.params import Schema
from brim.api.published import component_schemas, parameters_schema
from brim.api.resources.meanings import ENUM_KEY, TEST_VALUES_KEY
from brim.core.time import LATEST_TIME
from brim.web.reference.plausible import BY_FORMAT, BY_NAME, BY_OBJECT, IDS

_USUAL_LENGTH: Final = 5000
"""The ceiling of every text; said once, in the guide, not at each."""
_DIGITS_OF_A_YEAR: Final = 4


@cache
def _components() -> dict[str, Schema]:
    """Return the published schemas by name: made for the first page that shows one, not at each start."""
    return component_schemas()


_IMPORTANT: Final = {
    "topup": "id amount currency description metadata status",
    "balance": "available pending",
    "balance_transaction": "id amount available_on currency description fee net source status type",
    "event": "id api_version created data request type",
    "webhook_endpoint": "id api_version description enabled_events metadata secret status url",
    "payment_method": "id billing_details metadata type us_bank_account",
    "source": "id ach_debit sepa_debit metadata owner status type",
    "token": "id bank_account type used",
    "account": "id business_type capabilities company country email individual metadata requirements type",
    "test_helpers.test_clock": "id frozen_time name status",
    "reporting.report_run": "id parameters report_type result status",
    "v2.core.event": "id created reason related_object type",
    "v2.core.event_destination": "id description enabled_events event_payload metadata name status webhook_endpoint",
}
"""The attributes of an object that come first, in this order. Source: those that Stripe's reference shows first."""

_USUALLY_IMPORTANT: Final = frozenset(
    "account amount available code count currency data description expected_availability_date funding_source kind "
    "metadata name net outcome reason result source stage state status sum topup total type url verification".split()
)
"""Those that come first in every other object."""

_USUALLY_ASKED: Final = frozenset("amount currency description metadata status type".split())
"""Parameters that come first beside the required ones."""

_USUALLY_FILTERED: Final = frozenset("currency status type".split())
"""Those of a list."""

_LAST: Final = frozenset({"brim", "expand"})
"""Parameters that stand behind all others."""

_FEW: Final = 6
"""So many are shown together; of more, the less important ones are folded."""


class Word(msgspec.Struct, frozen=True):
    """A value, and what it means or does; empty where that is said nowhere."""

    value: str
    meaning: str


class Attribute(msgspec.Struct, frozen=True, kw_only=True):
    """One attribute of an object, or one parameter.

    Attributes:
        name: its own name, without what it stands in.
        kind: its type in words.
        description: what it means; backticks mark code.
        required: whether it must be sent.
        nullable: whether it can be null.
        expandable: the object that can stand in place of the id, by its published name.
        words: the values it can have, where there is a list of them.
        has_more_words: whether it takes other values, which mean nothing here.
        test_values: what test mode has for it, and what comes of each.
        limits: what else bounds it, each in words.
        children: what is inside.
    """

    name: str
    kind: str
    description: str
    required: bool = False
    nullable: bool = False
    expandable: str | None = None
    words: tuple[Word, ...] = ()
    has_more_words: bool = False
    test_values: tuple[Word, ...] = ()
    limits: tuple[str, ...] = ()
    children: tuple["Attribute", ...] = ()


class Attributes(msgspec.Struct, frozen=True):
    """The attributes of an object, or the parameters of an operation: those to see first, and the others."""

    first: tuple[Attribute, ...]
    more: tuple[Attribute, ...]

    @property
    def all(self) -> tuple[Attribute, ...]:
        """All of them, in the order in which they are shown."""
        return self.first + self.more


def attributes_of_object(name: str) -> Attributes:
    """Return the attributes of a published object."""
    attributes = _attributes(_components()[name], above=(name,), mark_required=False)
    if name in _IMPORTANT:
        order = _IMPORTANT[name].split()
        by_name = {attribute.name: attribute for attribute in attributes}
        first = tuple(by_name[each] for each in order)
        return Attributes(first, tuple(attribute for attribute in attributes if attribute not in first))
    return _divided(attributes, lambda attribute: attribute.name == "id" or attribute.name in _USUALLY_IMPORTANT)


def attributes_of_parameters(operation: Operation) -> Attributes:
    """Return an operation's parameters, the required ones first."""
    attributes = _attributes(parameters_schema(operation), above=(), mark_required=True)
    attributes = tuple(sorted(attributes, key=lambda each: (not each.required, each.name in _LAST)))
    asked = _USUALLY_FILTERED if operation.in_list else _USUALLY_ASKED
    return _divided(attributes, lambda attribute: attribute.required or attribute.name in asked)


def _divided(attributes: tuple[Attribute, ...], is_important: Callable[[Attribute], bool]) -> Attributes:
    """Return the attributes in two parts; a few stay together, and so do those of which none is more important."""
    first = tuple(attribute for attribute in attributes if is_important(attribute))
    if len(attributes) <= _FEW or not first:
        return Attributes(attributes, ())
    return Attributes(first, tuple(attribute for attribute in attributes if attribute not in first))


def _attributes(schema: Schema, *, above: tuple[str, ...], mark_required: bool) -> tuple[Attribute, ...]:
    required = set(schema.get("required", ())) if mark_required else set()
    return tuple(
        _attribute(name, inner, above=above, required=name in required)
        for name, inner in schema.get("properties", {}).items()
    )


def _attribute(name: str, schema: Schema, *, above: tuple[str, ...], required: bool) -> Attribute:
    choices = [choice for choice in schema.get("anyOf", [schema]) if choice.get("const") != ""]
    references = [_name_of(choice) for choice in choices if "$ref" in choice]
    types = [word for choice in choices for word in _types(choice)]
    expandable = references[0] if references and "string" in types else None
    main = next((choice for choice in choices if "$ref" in choice or "properties" in choice), choices[0])
    return Attribute(
        name=name,
        kind=_kind({**schema, **main}, types, references),
        description=schema.get("description", ""),
        required=required,
        nullable="null" in types or any(word is None for word in schema.get("enum", ())),
        expandable=expandable,
        words=_words({**schema, **main}),
        has_more_words=_has_more_words({**schema, **main}),
        test_values=tuple(Word(*pair) for pair in schema.get(TEST_VALUES_KEY, {}).items()),
        limits=tuple(_limits({**main, **schema})),
        children=() if expandable or len(references) > 1 else _children(main, above),
    )


def _types(schema: Schema) -> list[str]:
    given = schema.get("type", [])
    return [given] if isinstance(given, str) else list(given)


def _name_of(reference: Schema) -> str:
    return str(reference["$ref"]).rpartition("/")[2]


def _kind(schema: Schema, types: Iterable[str], references: list[str]) -> str:
    """Return a type in words."""
    if schema.get("format") == "unix-time":
        return "timestamp"
    if "items" in schema:
        inner = schema["items"]
        kind = "object" if "$ref" in inner or "properties" in inner else "".join(_types(inner)) or "value"
        return f"array of {kind}s"
    words = [word for word in dict.fromkeys(types) if word != "null"]
    if references and "object" not in words:
        words.append("object")
    if schema.get("enum"):
        return "enum"
    return " or ".join(words) or "object"


def _words(schema: Schema) -> tuple[Word, ...]:
    """Return the values of an enumeration; of one that is only partly explained, the explained ones."""
    holder = schema if "enum" in schema else schema.get("items", {})
    meanings = holder.get(ENUM_KEY, {})
    if _has_more_words(schema):
        return tuple(Word(*pair) for pair in meanings.items())
    words = holder.get("enum") or ([schema["const"]] if schema.get("const") else [])
    return tuple(Word(str(word), meanings.get(str(word), "")) for word in words if word is not None)


def _has_more_words(schema: Schema) -> bool:
    holder = schema if "enum" in schema else schema.get("items", {})
    meanings = holder.get(ENUM_KEY, {})
    return bool(meanings) and any(word is not None and word not in meanings for word in holder.get("enum", ()))


def _limits(schema: Schema) -> Iterable[str]:
    """Yield what bounds a value, each in words."""
    least, most = schema.get("minimum"), schema.get("maximum")
    if most == LATEST_TIME:
        least = most = None  # in Unix seconds, which nobody reads
    if least is not None and most is not None and most < 2**62:
        yield _range(least, most)
    elif least is not None:
        yield f"at least {least:,}"
    if schema.get("maxLength", _USUAL_LENGTH) < _USUAL_LENGTH:
        yield f"at most {_counted(schema['maxLength'], 'character')}"
    if "maxItems" in schema:
        yield f"at most {_counted(schema['maxItems'], 'item')}"
    if "maxProperties" in schema:
        yield f"at most {_counted(schema['maxProperties'], 'key')}"
    if "default" in schema:
        yield f"default {schema['default']}"


def _range(least: int, most: int) -> str:
    """Return the bounds of a number; those that both have four digits are years, and are written as such."""
    if least == most:
        return f"{least:,}"
    are_years = len(str(least)) == len(str(most)) == _DIGITS_OF_A_YEAR
    return f"{least} to {most}" if are_years else f"{least:,} to {most:,}"


def _counted(number: int, noun: str) -> str:
    """Return a number of things, in words."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _children(schema: Schema, above: tuple[str, ...]) -> tuple[Attribute, ...]:
    """Return what is inside an object or the objects of an array; nothing for one that it stands in itself."""
    if "items" in schema:
        return _children(schema["items"], above)
    if "$ref" in schema:
        name = _name_of(schema)
        if name in above:
            return ()
        return _attributes(_components()[name], above=(*above, name), mark_required=False)
    return _attributes(schema, above=above, mark_required=True)


def words_in(attributes: Iterable[Attribute]) -> Iterable[str]:
    """Yield every name and description, for searching."""
    for attribute in attributes:
        yield attribute.name
        yield attribute.description
        for word in (*attribute.words, *attribute.test_values):
            yield word.value
            yield word.meaning
        yield from words_in(attribute.children)


def example_of(schema: Mapping[str, Any], name: str = "") -> Any:
    """Return a plausible value of a schema, for what has no example of its own."""
    if "$ref" in schema:
        component = _name_of(dict(schema))
        return {**example_of(_components()[component]), **BY_OBJECT.get(component, {})}
    if "const" in schema or _can_be_null(schema):
        return schema.get("const")
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0], name)
    choices = schema.get("examples") or schema.get("enum")
    if choices:
        return choices[0]
    if "properties" in schema:
        wanted = schema.get("required", schema["properties"])
        return {key: example_of(schema["properties"][key], key) for key in wanted}
    return _plain_example(schema, name)


def _plain_example(schema: Mapping[str, Any], name: str) -> Any:
    kind = next(iter(_types(dict(schema))), "object")
    if kind == "string":
        prefix = schema.get("pattern", "").removeprefix("^").partition("_")[0]
        return IDS.get(prefix) or BY_NAME.get(name) or BY_FORMAT.get(schema.get("format", ""), "text")
    number = BY_FORMAT.get(schema.get("format", ""), schema.get("minimum", 0))
    return {"integer": number, "number": 0, "boolean": False, "array": []}.get(kind, {})


def _can_be_null(schema: Mapping[str, Any]) -> bool:
    return "null" in _types(dict(schema)) or any(_can_be_null(choice) for choice in schema.get("anyOf", ()))
