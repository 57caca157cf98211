"""What can be wrong with the parameters of a request: one small class per failure.

`form` and `params` raise these; `errors` gives each its place on the wire. `param` is the full name of the
parameter, such as `created[gte]`. Source of the sentences: the wire's own error texts, which people's tests
compare; where the vendor's are not known they are ours.
"""

import json
import re
from collections.abc import Sequence
from typing import Final

from brim.base.disclosure import HIDDEN, shown_name, without_numbers
from brim.base.errors import BrimError

_DIGITS: Final = re.compile("[0-9]{4,}")
_LONGEST_SHOWN: Final = 200
"""Characters of a given value that a sentence repeats in full; a megabyte sent is not a megabyte answered."""


def shown(given: object) -> str:
    """Return a given value as an error's sentence repeats it: shortened when long, JSON when nested."""
    text = without_numbers(given if isinstance(given, str) else json.dumps(given, ensure_ascii=False))
    return text if len(text) <= _LONGEST_SHOWN else ends_of(text)


def ends_of(text: str) -> str:
    """Return the first and the last four characters of a long text."""
    return f"{text[:4]}...{text[-4:]}"


def listed(words: Sequence[str]) -> str:
    """Return `a`, `a or b`, or `a, b, or c`."""
    if len(words) < 3:
        return " or ".join(words)
    return f"{', '.join(words[:-1])}, or {words[-1]}"


class ParameterError(BrimError):
    """The base of all failures that belong to one parameter; never raised itself."""

    def __init__(self, param: str, message: str) -> None:
        super().__init__(message)
        self.param = param


# The form itself.


class MalformedEncodingError(BrimError):
    """A name or value isn't percent-encoded UTF-8."""

    def __init__(self, given: str) -> None:
        told = _DIGITS.sub(HIDDEN, shown(given))
        super().__init__(f"Invalid percent-encoding or UTF-8 in the request's parameters: {told}")


class MalformedMultipartError(BrimError):
    """The body isn't valid multipart/form-data."""

    def __init__(self) -> None:
        super().__init__(
            "The request's body cannot be read as multipart/form-data: send each field as a part of its own, with a "
            "name, and end with the boundary."
        )


class MalformedJsonError(BrimError):
    """The body isn't a JSON object."""

    def __init__(self) -> None:
        super().__init__("Invalid request body: it must be a JSON object, in UTF-8.")


class NullCharacterError(BrimError):
    """A name or value contains the character U+0000."""

    def __init__(self) -> None:
        super().__init__("Invalid string: the request's parameters contain a null character (%00)")


class TooManyParametersError(BrimError):
    """The form has too many parameters."""

    def __init__(self, most: int) -> None:
        super().__init__(f"Too many parameters: a request can have at most {most}.")


class ParameterNameTooLongError(BrimError):
    """A parameter name is too long."""

    def __init__(self, name: str, most: int) -> None:
        super().__init__(f"Parameter names can have up to {most} characters. Invalid name: {ends_of(name)}")


class ParameterTooDeepError(BrimError):
    """A parameter name is nested too deeply."""

    def __init__(self, most: int) -> None:
        super().__init__(f"Parameters can be nested at most {most} levels deep.")


class ConflictingParameterError(ParameterError):
    """A parameter was sent both as a value and as an array or object."""

    def __init__(self, param: str) -> None:
        name = shown_name(param)
        super().__init__(name, f"Invalid parameters: {name} was sent both as one value and as an array or object")


# Which parameters there are.


class UnknownParametersError(ParameterError):
    """The request has unknown parameters; `param` is the first of them."""

    def __init__(self, names: Sequence[str]) -> None:
        plural = "s" if len(names) > 1 else ""
        told = [shown(shown_name(name)) for name in names]
        super().__init__(told[0], f"Received unknown parameter{plural}: {', '.join(told)}")


class MissingParameterError(ParameterError):
    """A required parameter was not sent."""

    def __init__(self, param: str) -> None:
        super().__init__(param, f"Missing required param: {param}.")


class EmptyParameterError(ParameterError):
    """A parameter that can't be removed was sent empty."""

    def __init__(self, param: str) -> None:
        super().__init__(
            param,
            f"You passed an empty string for '{param}'. We assume empty values are an attempt to unset a parameter; "
            f"however '{param}' cannot be unset. You should remove '{param}' from your request or supply a "
            "non-empty value.",
        )


# What a value may be.


class InvalidIntegerError(ParameterError):
    """The value isn't an integer."""

    def __init__(self, param: str, given: object) -> None:
        super().__init__(param, f"Invalid integer: {shown(given)}")


class IntegerTooSmallError(ParameterError):
    """The number is too small."""

    def __init__(self, param: str, least: int) -> None:
        super().__init__(param, f"This value must be greater than or equal to {least}.")


class IntegerTooLargeError(ParameterError):
    """The number is too large."""

    def __init__(self, param: str, most: int) -> None:
        super().__init__(param, f"This value must be less than or equal to {most}.")


class InvalidBooleanError(ParameterError):
    """The value is neither `true` nor `false`."""

    def __init__(self, param: str, given: object) -> None:
        super().__init__(param, f"Invalid boolean: {shown(given)}")


class InvalidStringError(ParameterError):
    """A string is required, but an array or object was sent."""

    def __init__(self, param: str, given: object) -> None:
        super().__init__(param, f"Invalid string: {shown(given)}")


class StringTooLongError(ParameterError):
    """The text is too long."""

    def __init__(self, param: str, given: str, most: int) -> None:
        super().__init__(param, f"Invalid string: {ends_of(given)}; must be at most {most} characters")


class InvalidEnumError(ParameterError):
    """The value isn't one of the allowed values."""

    def __init__(self, param: str, allowed: Sequence[str]) -> None:
        choice = f"must be one of {listed(allowed)}" if len(allowed) > 1 else f"must be {allowed[0]}"
        super().__init__(param, f"Invalid {param}: {choice}")


class InvalidCountryError(ParameterError):
    """The value isn't a country code."""

    def __init__(self, param: str, given: object) -> None:
        super().__init__(
            param,
            f"Country '{shown(given)}' is unknown. Try using a 2-character alphanumeric country code instead, such as "
            "'US', 'EG', or 'GB'.",
        )


class InvalidEmailError(ParameterError):
    """The value isn't an email address."""

    def __init__(self, param: str, given: object) -> None:
        super().__init__(param, f"Invalid email address: {shown(given)}")


class InvalidDayError(ParameterError):
    """The value isn't a date such as `2026-11-30`."""

    def __init__(self, param: str, given: object) -> None:
        super().__init__(param, f"Invalid day: {shown(given)}; must be written as in 2026-11-30.")


class InvalidTimestampError(ParameterError):
    """The value isn't a time in RFC 3339."""

    def __init__(self, param: str, given: object) -> None:
        super().__init__(param, f"Invalid timestamp: {shown(given)}; must be like 2026-11-22T05:14:22.000Z")


class InvalidPageError(ParameterError):
    """The value isn't a valid page token."""

    def __init__(self, param: str, given: str) -> None:
        super().__init__(param, f"Invalid page: {shown(given)}; take it from next_page_url or previous_page_url")


class InvalidVersionError(ParameterError):
    """The value isn't an API version."""

    def __init__(self, param: str, given: str) -> None:
        super().__init__(param, f"Invalid Stripe API version: {shown(given)}")


class InvalidObjectError(ParameterError):
    """An object is required, but a string or array was sent."""

    def __init__(self, param: str) -> None:
        super().__init__(param, "Invalid object")


class InvalidArrayError(ParameterError):
    """An array is required, but a string or object was sent."""

    def __init__(self, param: str) -> None:
        super().__init__(param, "Invalid array")


class ArrayTooLongError(ParameterError):
    """The array has too many items."""

    def __init__(self, param: str, most: int) -> None:
        super().__init__(param, f"Invalid array: {param} can have at most {most} items")


class DescriptorTooLongError(ParameterError):
    """The statement descriptor isn't valid."""

    def __init__(self, param: str, given: str, most: int) -> None:
        super().__init__(
            param,
            f"The statement descriptor must be at most {most} characters. {shown(given)} is {len(given)} "
            "characters long.",
        )


class DescriptorCharacterError(ParameterError):
    """The statement descriptor contains an invalid character."""

    def __init__(self, param: str, character: str) -> None:
        super().__init__(param, f"The statement descriptor cannot include {character}.")


class DescriptorWithoutLetterError(ParameterError):
    """The statement descriptor must contain a letter."""

    def __init__(self, param: str) -> None:
        super().__init__(param, "The statement descriptor must contain at least one Latin character.")


# What may be expanded. The wire names no `param` for these.


class NotExpandableError(BrimError):
    """The property can't be expanded, or doesn't exist."""

    def __init__(self, path: str) -> None:
        super().__init__(f"This property cannot be expanded ({path}).")


class ExpandOutsideDataError(BrimError):
    """On a list, paths to expand must begin with `data.`."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"This property cannot be expanded ({path}). You may want to try expanding 'data.{path}' instead."
        )


class ExpandTooDeepError(BrimError):
    """The path to expand has too many levels."""

    def __init__(self, path: str, most: int) -> None:
        super().__init__(f"You cannot expand more than {most} levels of a property. Property: {shown(path)}")


class NotIncludableError(BrimError):
    """A property can no longer be included in lists on demand."""

    def __init__(self, path: str) -> None:
        super().__init__(f"This property cannot be included ({path}).")
