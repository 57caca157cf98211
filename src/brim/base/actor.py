"""Who does something, as the audit log tells of them."""

from enum import StrEnum

import msgspec


class ActorKind(StrEnum):
    """What sort of actor did something; NOBODY is who had not yet said who they are."""

    OPERATOR = "operator"
    API_KEY = "api_key"
    CLI = "cli"
    JOB = "job"
    NOBODY = "nobody"


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who does something: an operator or a key by its id, whoever types commands on the server, or a job by its name.

    `name` is what people call them at that moment: an operator's email, a key's redacted form, a user of the system.
    `address` is the remote address, None where there is no network between; `request_id` the request to the API by
    which it is done, None where there is none.
    """

    kind: ActorKind
    id: str | None = None
    name: str | None = None
    address: str | None = None
    request_id: str | None = None
