"""Which of many patterns a path has: the one router of the API and of the pages."""

from typing import Generic, TypeVar
from urllib.parse import unquote

Leaf = TypeVar("Leaf")


class _Node(Generic[Leaf]):
    """One segment of the known patterns: what may follow it, and what stands there."""

    __slots__ = ("any_segment", "leaf", "rest", "segments")

    def __init__(self) -> None:
        self.segments: dict[str, _Node[Leaf]] = {}
        self.any_segment: _Node[Leaf] | None = None
        self.leaf: Leaf | None = None
        self.rest: Leaf | None = None


class RouteTree(Generic[Leaf]):
    """Patterns such as `/a/{b}/c` or `/a/{rest*}`, each with a leaf of the caller's.

    A placeholder stands for one segment that is not empty; one that ends in `*`, at the end of a pattern, for all that
    follow. A literal segment wins over a placeholder, and a placeholder over the rest of a path. Paths whose patterns
    differ only in the names of placeholders share a leaf.
    """

    def __init__(self) -> None:
        self._root = _Node[Leaf]()

    def add(self, pattern: str, leaf: Leaf) -> Leaf:
        """Return the leaf of a pattern: the one given, or the one that is there already."""
        node = self._root
        for segment in pattern.split("/")[1:]:
            if segment.endswith("*}"):
                node.rest = leaf if node.rest is None else node.rest
                return node.rest
            if segment.startswith("{"):
                node.any_segment = node.any_segment or _Node()
                node = node.any_segment
            else:
                node = node.segments.setdefault(segment, _Node())
        node.leaf = leaf if node.leaf is None else node.leaf
        return node.leaf

    def find(self, path: str) -> tuple[Leaf, tuple[str, ...]] | None:
        """Return the leaf of the pattern that a path has, and what stands at its placeholders, unquoted, in order.

        None where no pattern fits. A placeholder never stands for U+0000: no text of the database has it, so nothing
        has such a name.
        """
        found = _find(self._root, path.split("/"), 1, ())
        if found is not None and found[1] and "\0" in "".join(found[1]):
            return None
        return found


def _find(
    node: _Node[Leaf], segments: list[str], index: int, values: tuple[str, ...]
) -> tuple[Leaf, tuple[str, ...]] | None:
    """Go down from a node as far as it leads; where a segment has two ways, try the literal one by itself first."""
    fallback = None
    while True:
        if node.rest is not None:
            fallback = node.rest, index, values
        if index == len(segments):
            if node.leaf is not None:
                return node.leaf, values
            break
        segment = segments[index]
        index += 1
        literal = node.segments.get(segment)
        other = node.any_segment if segment else None
        if literal is not None and other is not None:
            found = _find(literal, segments, index, values)
            if found is not None:
                return found
            literal = None
        if literal is not None:
            node = literal
        elif other is not None:
            node = other
            values = (*values, unquote(segment))
        else:
            break
    if fallback is None:
        return None
    rest, index, values = fallback
    return rest, (*values, unquote("/".join(segments[index:])))
