"""The root of every failure that Brim answers with a sentence of its own."""

from typing import Final

from brim.base.disclosure import without_numbers

_QUOTES_AND_SPACE: Final = frozenset("'\"` \t\r\n")


class BrimError(Exception):
    """A failure with a sentence for whoever caused it.

    Subclasses take the data of the failure and build `message`; `brim.api.framework.errors` gives each class its
    place on the wire. A BrimError is an answer, not a bug: nothing was changed when it is raised.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class DatabaseUnavailableError(BrimError):
    """The database can't be reached, is starting, or didn't respond in time.

    Args:
        remedy: what the operator can do about it, where that is known; `message` is for the client.
    """

    def __init__(self, remedy: str | None = None) -> None:
        super().__init__("The database can't be reached right now. Please try again.")
        self.remedy = remedy


class OverloadedError(BrimError):
    """The server is overloaded."""

    def __init__(self) -> None:
        super().__init__(
            "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits."
        )


class KeptRefusalError(BrimError):
    """The base of refusals that are answers too: what was written before stays, and a key keeps them.

    The vendor keeps them likewise. Never raised itself.
    """


class ResourceMissingError(BrimError):
    """The account has no object with this id.

    Args:
        kind: the object's name in words, such as `topup` or `balance transaction`.
        object_id: the id as it was sent.
        param: the parameter, or the placeholder in the path, that held the id.
        in_path: whether the id stood in the path (404) and not in a parameter (400).
        other_mode_of: the request's livemode, when the other mode does have that object; else None.
    """

    def __init__(
        self, kind: str, object_id: str, *, param: str, in_path: bool = False, other_mode_of: bool | None = None
    ) -> None:
        super().__init__(f"No such {kind}: '{without_numbers(object_id)}'" + _hint(object_id, other_mode_of))
        self.param = param
        self.in_path = in_path


def _hint(object_id: str, other_mode_of: bool | None) -> str:  # noqa: FBT001  private, one caller
    """Return the end of the sentence that names the likeliest mistake."""
    if other_mode_of is not None:
        mine, other = ("live", "test") if other_mode_of else ("test", "live")
        return f"; a similar object exists in {other} mode, but a {mine} mode key was used to make this request."
    if not _QUOTES_AND_SPACE.isdisjoint(object_id):
        return ". Make sure you use the exact id without extra whitespace or quotes"
    return ""


class ExclusiveParametersError(BrimError):
    """Two parameters are mutually exclusive."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"Received both {first} and {second} parameters. Please pass in only one.")


class NotInTestModeError(BrimError):
    """Only available in live mode."""

    def __init__(self) -> None:
        super().__init__("This endpoint works in live mode only. Use a live key: it begins with sk_live_ or rk_live_.")


class NotInLiveModeError(BrimError):
    """Only available in test mode."""

    def __init__(self) -> None:
        super().__init__("This endpoint works in test mode only. Use a test key: it begins with sk_test_ or rk_test_.")
