"""Finds the operation of a method and a path, by walking the path's segments."""

from collections.abc import Sequence
from urllib.parse import unquote

from brim.api.framework.errors import UnrecognizedUrlError
from brim.api.framework.operation import Operation


class _Node:
    """One segment of the known paths: what may follow it, and what it answers."""

    __slots__ = ("any_segment", "operations", "segments")

    def __init__(self) -> None:
        self.segments: dict[str, _Node] = {}
        self.any_segment: _Node | None = None
        self.operations: dict[str, Operation] = {}


class Router:
    """The paths of a table of operations, with placeholders such as `{topup}`."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._root = _Node()
        for operation in operations:
            self._add(operation)

    def _add(self, operation: Operation) -> None:
        node = self._root
        for segment in operation.path.split("/")[1:]:
            if segment.startswith("{"):
                node.any_segment = node.any_segment or _Node()
                node = node.any_segment
            else:
                node = node.segments.setdefault(segment, _Node())
        node.operations[operation.method] = operation

    def find(self, method: str, path: str) -> tuple[Operation, tuple[str, ...]]:
        """Return the operation and the ids in the path, unquoted, in its order.

        Raises:
            UnrecognizedUrlError: no operation has this method and this path.
        """
        node, path_ids = self._root, []
        for segment in path.split("/")[1:]:
            following = node.segments.get(segment)
            if following is None:
                following = node.any_segment if segment else None
                path_ids.append(unquote(segment))
            if following is None:
                raise UnrecognizedUrlError(method, path)
            node = following
        operation = node.operations.get(method)
        if operation is None or any("\0" in path_id for path_id in path_ids):
            raise UnrecognizedUrlError(method, path)
        return operation, tuple(path_ids)
