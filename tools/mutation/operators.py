"""The mutants of a Python module.

Not mutated: annotations, docstrings, f-strings and other prose (a text with a space between words), log lines, what is
imported or only for the type checker, and `__all__`.
"""

import ast
import copy
import re
from collections.abc import Iterator
from typing import Final

from mutation.mutant import Mutant, numbered

_COMPARISONS: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_ARITHMETIC: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.LShift: ast.RShift,
    ast.RShift: ast.LShift, ast.BitXor: ast.BitOr,
}  # fmt: skip
_CALLS: Final = {"min": "max", "max": "min", "any": "all", "all": "any"}
_PROSE: Final = re.compile(r"[A-Za-z,.:'] +[a-zA-Z('\"]")
_LOGGERS: Final = ("log", "_log", "logger")
_LONGEST: Final = 120
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)


def mutants_of(source: str) -> list[Mutant]:
    """Return the mutants of a module's source, in the order of its lines."""
    return numbered(_Finder(source).walk())


class _Finder:
    def __init__(self, source: str) -> None:
        self._source = source
        self._tree = ast.parse(source)
        starts = [0]
        for line in source.encode().splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        self._starts = starts
        self._bytes = source.encode()

    def walk(self) -> Iterator[Mutant]:
        for statement in self._tree.body:
            yield from self._statement(statement, (), None)

    def _statement(  # noqa: C901, PLR0912  one branch for each kind of statement
        self, node: ast.stmt, place: tuple[str, ...], warm: tuple[int, str] | None
    ) -> Iterator[Mutant]:
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Global | ast.Nonlocal | ast.Pass | ast.Assert):
            return
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            return
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return
        if isinstance(node, ast.Expr) and (_is_text(node.value) or _is_log(node.value)):
            return
        if isinstance(node, ast.ClassDef):
            yield from self._bodies(node, (*place, node.name), warm)
            return
        if isinstance(node, *[_FUNCTIONS]):
            defaults = [*node.args.defaults, *(each for each in node.args.kw_defaults if each is not None)]
            for default in defaults:
                yield from self._expression(default, node, (*place, node.name), warm, plain=True)
            first = node.decorator_list[0].lineno if node.decorator_list else node.lineno
            yield from self._bodies(node, (*place, node.name), warm or (first, node.name))
            return
        yield from self._removal(node, place, warm)
        prose = isinstance(node, ast.Raise)
        for field, value in ast.iter_fields(node):
            if field in {"annotation", "targets", "target"} and not isinstance(node, ast.For):
                continue
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, ast.expr):
                    yield from self._expression(each, node, place, warm, plain=not prose)
                elif isinstance(each, ast.withitem):
                    yield from self._expression(each.context_expr, node, place, warm, plain=True)
        if isinstance(node, ast.If | ast.While):
            yield from self._negation(node.test, node, place, warm)
        yield from self._bodies(node, place, warm)

    def _bodies(self, node: ast.AST, place: tuple[str, ...], warm: tuple[int, str] | None) -> Iterator[Mutant]:
        for field in ("body", "orelse", "finalbody"):
            for each in getattr(node, field, []):
                yield from self._statement(each, place, warm)
        for handler in getattr(node, "handlers", []):
            if not (len(handler.body) == 1 and isinstance(handler.body[0], ast.Raise)):
                what = f"except {ast.unparse(handler.type) if handler.type else ''}"
                yield self._replaced(
                    handler.body[0],
                    "raise",
                    handler,
                    place,
                    warm,
                    end=handler.body[-1],
                    change=f"{what}: handled -> raise",
                )
            yield from self._bodies(handler, place, warm)
        for case in getattr(node, "cases", []):
            if case.guard is not None:
                yield from self._negation(case.guard, case.body[0], place, warm)
            yield from self._bodies(case, place, warm)

    def _removal(self, node: ast.stmt, place: tuple[str, ...], warm: tuple[int, str] | None) -> Iterator[Mutant]:
        """Yield the statement left out, or a return without its value, where that is still a program."""
        if isinstance(node, ast.Return) and node.value is not None and ast.unparse(node.value) != "None":
            yield self._replaced(node, "return None", node, place, warm)
        is_target = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript | ast.Attribute)
        if is_target or isinstance(node, ast.Expr | ast.AugAssign | ast.Raise | ast.Continue | ast.Break | ast.Delete):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield):
                return
            yield self._replaced(node, "pass", node, place, warm)
        if isinstance(node, ast.Return) and node.value is None:
            yield self._replaced(node, "pass", node, place, warm)

    def _negation(
        self, test: ast.expr, node: ast.AST, place: tuple[str, ...], warm: tuple[int, str] | None
    ) -> Iterator[Mutant]:
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return  # its `not` is left out already
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and type(test.ops[0]) not in {
            ast.Lt, ast.LtE, ast.Gt, ast.GtE,
        }:  # fmt: skip
            return  # the comparison itself is turned round already
        yield self._replaced(test, f"(not ({ast.unparse(test)}))", node, place, warm)

    def _expression(  # noqa: C901  one branch for each kind of expression
        self, node: ast.expr, statement: ast.AST, place: tuple[str, ...], warm: tuple[int, str] | None, *, plain: bool
    ) -> Iterator[Mutant]:
        if isinstance(node, ast.JoinedStr) or _is_log(node):
            return
        for after in _changes(node, plain=plain):
            yield self._replaced(node, after, statement, place, warm)
        if isinstance(node, ast.IfExp):
            yield from self._negation(node.test, statement, place, warm)
        if isinstance(node, ast.Lambda):
            yield from self._expression(node.body, statement, place, warm, plain=plain)
            return
        is_type = isinstance(node, ast.Subscript) and ast.unparse(node.value) in {
            "type",
            "dict",
            "list",
            "tuple",
            "Final",
        }
        if is_type or (isinstance(node, ast.Call) and ast.unparse(node.func) in {"cast", "TypeVar", "NewType"}):
            return
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                yield from self._expression(child, statement, place, warm, plain=plain)
            elif isinstance(child, ast.keyword):
                yield from self._expression(child.value, statement, place, warm, plain=plain)
            elif isinstance(child, ast.comprehension):
                yield from self._expression(child.iter, statement, place, warm, plain=plain)
                for test in child.ifs:
                    yield from self._negation(test, statement, place, warm)
                    yield from self._expression(test, statement, place, warm, plain=plain)

    def _replaced(
        self,
        node: ast.AST,
        after: str,
        statement: ast.AST,
        place: tuple[str, ...],
        warm: tuple[int, str] | None,
        *,
        end: ast.AST | None = None,
        change: str | None = None,
    ) -> Mutant:
        """Return the source with the text of a node replaced; what is changed is told as it is unparsed."""
        first, last = self._offset(node), self._end(end or node)
        text = (self._bytes[:first] + after.encode() + self._bytes[last:]).decode()
        before = ast.unparse(node).split("\n", 1)[0][:_LONGEST]
        span = (getattr(statement, "lineno", 0), getattr(node, "end_lineno", 0) or 0)
        shown = " ".join(after.split())[:_LONGEST]
        return Mutant(".".join(place) or "<module>", change or f"{before} -> {shown}", text, span, warm)

    def _offset(self, node: ast.AST) -> int:
        return self._starts[getattr(node, "lineno", 1) - 1] + int(getattr(node, "col_offset", 0))

    def _end(self, node: ast.AST) -> int:
        return self._starts[(getattr(node, "end_lineno", 1) or 1) - 1] + int(getattr(node, "end_col_offset", 0) or 0)


def _changes(node: ast.expr, *, plain: bool) -> Iterator[str]:  # noqa: C901  one branch for each kind of expression
    """Yield the texts that may stand in place of an expression."""
    if isinstance(node, ast.Compare):
        for position, operator in enumerate(node.ops):
            turned = copy.deepcopy(node)
            turned.ops[position] = _COMPARISONS[type(operator)]()
            yield ast.unparse(turned)
    elif isinstance(node, ast.BinOp):
        if not isinstance(node.left, ast.JoinedStr) and not isinstance(node.right, ast.JoinedStr):
            turned_ = copy.deepcopy(node)
            turned_.op = _ARITHMETIC[type(node.op)]()
            yield f"({ast.unparse(turned_)})"
    elif isinstance(node, ast.BoolOp):
        other: ast.boolop = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield f"({ast.unparse(ast.BoolOp(other, node.values))})"
        if len(node.values) > 2:
            for position in range(len(node.values)):
                rest = [value for index, value in enumerate(node.values) if index != position]
                yield f"({ast.unparse(ast.BoolOp(node.op, rest))})"
    elif isinstance(node, ast.UnaryOp):
        if isinstance(node.op, ast.Not | ast.USub):
            yield f"({ast.unparse(node.operand)})"
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
        swapped = copy.deepcopy(node)
        swapped.func = ast.Name(_CALLS[node.func.id])
        yield ast.unparse(swapped)
    elif isinstance(node, ast.Constant):
        yield from _constants(node.value, plain=plain)


def _constants(value: object, *, plain: bool) -> Iterator[str]:
    if isinstance(value, bool):
        yield repr(not value)
    elif isinstance(value, int | float):
        yield repr(value + 1)
    elif isinstance(value, str) and plain and not _PROSE.search(value):
        yield repr("XX" + value)
    elif isinstance(value, bytes):
        yield repr(b"XX" + value)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and (isinstance(node.value, str) or node.value is ...)


def _is_log(node: ast.expr) -> bool:
    inner = node.value if isinstance(node, ast.Await) else node
    if not isinstance(inner, ast.Call) or not isinstance(inner.func, ast.Attribute):
        return False
    return ast.unparse(inner.func.value) in _LOGGERS
