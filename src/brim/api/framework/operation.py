"""One row of the table that routes, validates and is published: an operation of the API."""

from collections.abc import Awaitable, Callable
from typing import Literal, TypeAlias

import msgspec

from brim.api.framework.call import Call
from brim.api.framework.params import Parameter
from brim.base.errors import BrimError
from brim.core.idempotency import Result

Handler: TypeAlias = Callable[[Call], Awaitable[Result]]


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """What one method does at one path.

    `path` has a placeholder for each id, such as `/v1/topups/{topup}`; `resource` and `level` are what a restricted
    key needs; `returns` is the wire object of the reply, and with `in_list` of the reply's items; `errors` are
    the failures of this operation beside those that every operation of its shape has. `description` says, for readers
    and in `/openapi.json`, what the summary leaves out; backticks mark
    code. With `takes_file`, the parameter `file` may also come as a file, in multipart/form-data, and `name` is then
    what the file is called.
    """

    method: Literal["GET", "POST", "DELETE"]
    path: str
    operation_id: str
    summary: str
    parameters: tuple[Parameter, ...]
    handler: Handler
    resource: str
    level: Literal["read", "write"]
    returns: type[msgspec.Struct]
    in_list: bool = False
    errors: tuple[type[BrimError], ...] = ()
    description: str = ""
    takes_file: bool = False

    @property
    def is_v2(self) -> bool:
        """Whether it belongs to the second version of the API: JSON in, times in RFC 3339, lists with URLs of pages.

        Official SDKs tell the versions apart by the path too, so nothing else may.
        """
        return is_v2_path(self.path)

    @property
    def takes_key(self) -> bool:
        """Whether it minds an idempotency key: every POST does, and in the second version a DELETE too."""
        return self.method == "POST" or (self.is_v2 and self.method == "DELETE")


def is_v2_path(path: str) -> bool:
    """Tell whether a path belongs to the second version of the API."""
    return path.startswith("/v2/")
