"""The root of every failure that Brim answers with a sentence of its own."""


class BrimError(Exception):
    """A failure with a sentence for whoever caused it.

    Subclasses take the data of the failure and build `message`; `brim.api.errors` gives each class its
    place on the wire. A BrimError is an answer, not a bug: nothing was changed when it is raised.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class DatabaseUnavailableError(BrimError):
    """PostgreSQL cannot be reached, is starting up, or did not answer in time.

    Args:
        remedy: what the operator can do about it, where that is known; `message` is for the client.
    """

    def __init__(self, remedy: str | None = None) -> None:
        super().__init__("The database is not reachable right now. Nothing is known to be lost; please try again.")
        self.remedy = remedy


class OverloadedError(BrimError):
    """More work is waiting than the server is willing to hold."""

    def __init__(self) -> None:
        super().__init__(
            "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits."
        )
