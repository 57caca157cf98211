"""The router of the API and of the pages, beside a model that compares a path with every pattern."""

from collections.abc import Sequence
from urllib.parse import quote, unquote

from hypothesis import given
from hypothesis import strategies as st

from brim.http.route_tree import RouteTree

SEGMENTS = st.sampled_from(["a", "b", "new", "{x}", "{y}"])
PATTERNS = st.builds(
    lambda segments, rest: "/" + "/".join([*segments, *rest]),
    st.lists(SEGMENTS, max_size=4),
    st.sampled_from([[], ["{rest*}"]]),
)
PATHS = st.lists(st.sampled_from(["a", "b", "new", "", "c d", "%00", "é"]), max_size=5).map(
    lambda segments: "/" + "/".join(quote(segment, safe="%") for segment in segments)
)


def fit(pattern: str, path: str) -> tuple[list[int], tuple[str, ...]] | None:
    """Return how closely each segment fits (0 is a literal), and what stands at the placeholders."""
    segments = path.split("/")[1:]
    closeness: list[int] = []
    values: list[str] = []
    for index, wanted in enumerate(pattern.split("/")[1:]):
        if wanted.endswith("*}"):
            return [*closeness, 2], (*values, unquote("/".join(segments[index:])))
        if index == len(segments):
            return None
        if wanted.startswith("{"):
            if not segments[index]:
                return None
            values.append(unquote(segments[index]))
        elif wanted != segments[index]:
            return None
        closeness.append(int(wanted.startswith("{")))
    return (closeness, tuple(values)) if len(closeness) == len(segments) else None


def shape(pattern: str) -> str:
    """Return a pattern without the names of its placeholders."""
    return pattern.replace("{y}", "{x}")


def expect(patterns: Sequence[str], path: str) -> tuple[str, tuple[str, ...]] | None:
    """Return the shape of the pattern that fits most closely from the left, and the values."""
    fitting = [(found, shape(pattern)) for pattern in patterns if (found := fit(pattern, path)) is not None]
    if not fitting:
        return None
    (_, values), winner = min(fitting)
    return None if any("\0" in value for value in values) else (winner, values)


@given(st.lists(PATTERNS, min_size=1, max_size=8), PATHS)
def test_the_closest_pattern_from_the_left_wins(patterns: list[str], path: str) -> None:
    tree = RouteTree[str]()
    for pattern in patterns:
        tree.add(pattern, shape(pattern))
    assert tree.find(path) == expect(patterns, path)


def test_a_path_comes_back_to_the_placeholder_beside_a_literal() -> None:
    tree = RouteTree[str]()
    for pattern in ("/topups/new", "/topups/{topup}/cancel"):
        tree.add(pattern, pattern)
    assert tree.find("/topups/new/cancel") == ("/topups/{topup}/cancel", ("new",))


def test_patterns_that_differ_in_names_only_share_a_leaf() -> None:
    tree = RouteTree[list[str]]()
    assert tree.add("/a/{x}", ["first"]) is tree.add("/a/{y}", ["second"])
