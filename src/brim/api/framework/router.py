"""Finds the operation of a method and a path."""

from collections.abc import Sequence

from brim.api.framework.errors import UnrecognizedUrlError
from brim.api.framework.operation import Operation
from brim.http.route_tree import RouteTree


class Router:
    """The paths of a table of operations, with placeholders such as `{topup}`."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._tree = RouteTree[dict[str, Operation]]()
        for operation in operations:
            self._tree.add(operation.path, {})[operation.method] = operation

    def find(self, method: str, path: str) -> tuple[Operation, tuple[str, ...]]:
        """Return the operation and the ids in the path, unquoted, in its order.

        Raises:
            UnrecognizedUrlError: no operation has this method and this path.
        """
        found = self._tree.find(path)
        operation = found[0].get(method) if found else None
        if found is None or operation is None:
            raise UnrecognizedUrlError(method, path)
        return operation, found[1]
