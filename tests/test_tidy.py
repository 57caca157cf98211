"""What linters cannot hold: where SQL and clocks may be, and that documents and code name the same things."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
import settings_table

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "brim"
MODULES = sorted(SOURCE.rglob("*.py"))
TESTS = ROOT / "tests"
TEST_MODULES = sorted(module for module in TESTS.rglob("*.py") if "node_modules" not in module.parts)
SQL = re.compile(r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM)\b", re.DOTALL)
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("time", "time"), ("time", "time_ns"), ("date", "today")}


class Facts(NamedTuple):
    """What rules ask of a module.

    Attributes:
        texts: its string literals that are SQL, and no docstrings.
        read: names and the attributes that are read of them.
        imports: the dotted names that it imports, those of names in modules too.
    """

    texts: list[str]
    read: set[tuple[str, str]]
    imports: list[str]


@cache
def facts_of(module: Path) -> Facts:
    """Return what a module says of itself; it is parsed once for all rules."""
    nodes = list(ast.walk(ast.parse(module.read_text(encoding="utf-8"))))
    docstrings = {
        id(node.body[0].value)
        for node in nodes
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    facts = Facts([], set(), [])
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            if SQL.search(node.value):
                facts.texts.append(node.value)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            facts.read.add((node.value.id, node.attr))
        elif isinstance(node, ast.ImportFrom) and node.module:
            facts.imports.extend(f"{node.module}.{name.name}" for name in node.names)
    return facts


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(SOURCE)))
def test_statements_stand_in_sql_files_only(module: Path) -> None:
    assert not facts_of(module).texts


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(SOURCE)))
def test_only_the_clock_module_reads_the_clock(module: Path) -> None:
    if module == SOURCE / "base" / "clock.py":
        return
    assert not facts_of(module).read & CLOCKS


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(SOURCE)))
def test_a_capability_is_used_through_its_package(module: Path) -> None:
    own = module.relative_to(SOURCE).parts[1] if module.is_relative_to(SOURCE / "core") else None
    for name in facts_of(module).imports:
        parts = name.split(".")
        if parts[:2] == ["brim", "core"] and len(parts) > 3 and parts[2] != own:
            inside = SOURCE.joinpath(*parts[1:4]).with_suffix(".py")
            assert not inside.exists(), name


def test_the_core_has_no_wire_formats() -> None:
    """They stand beside the operations that answer with them, and `api/wire_formats.py` hands them to the core."""
    in_core = [module for module in MODULES if module.is_relative_to(SOURCE / "core")]
    assert not [module for module in in_core if "wire" in module.stem]
    assert not [module for module in in_core if re.search(r"\bobject: str = ", module.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(SOURCE)))
def test_json_is_read_and_written_by_one_module(module: Path) -> None:
    """What it writes is hashed and kept: the chain's seals, the fingerprints of requests."""
    uses = re.findall(r"msgspec\.json\.(?!schema_components)\w+", module.read_text(encoding="utf-8"))
    assert not uses or module == SOURCE / "base" / "json_codec.py"


def test_one_module_knows_the_inside_of_the_metrics_library() -> None:
    inside = re.compile(r"prometheus_client\.\w|PROMETHEUS_MULTIPROC_DIR|\b(?!self\b)\w+\._(?:sum|buckets)\b")
    knowing = {module.stem for module in MODULES if inside.search(module.read_text(encoding="utf-8"))}
    assert knowing == {"prometheus_internals"}


RULES = [module for module in MODULES if module.is_relative_to(SOURCE / "core") and module.stem.endswith("rules")]


@pytest.mark.parametrize("module", RULES, ids=lambda module: str(module.relative_to(SOURCE)))
def test_rules_know_no_database(module: Path) -> None:
    forbidden = ("brim.platform.database", "brim.platform.sql", "asyncpg")
    own = "brim.core." + module.parent.name
    for name in facts_of(module).imports:
        assert not name.startswith(forbidden), name
        assert not (name.startswith(own) and "store" in name), name


def test_only_a_store_loads_statements() -> None:
    speaking = {module for module in MODULES if "brim.platform.sql.load_queries" in facts_of(module).imports}
    in_core = {module for module in speaking if module.is_relative_to(SOURCE / "core")}
    assert {module.stem for module in in_core} - {"walk"} == {
        stem for stem in (module.stem for module in in_core) if stem.endswith("store")
    }
    assert all(module.is_relative_to(SOURCE / "platform") for module in speaking - in_core)


def test_what_several_tests_use_is_in_their_support() -> None:
    """A module beside a test serves that test alone; of a test module, and of a conftest, nothing is imported."""
    users: dict[Path, set[Path]] = {}
    for module in TEST_MODULES:
        for name in facts_of(module).imports:
            parts = name.split(".")
            if parts[0] == "tests" and parts[1] != "support":
                used = ROOT.joinpath(*parts).with_suffix(".py")
                users.setdefault(used if used.exists() else used.parent.with_suffix(".py"), set()).add(module)
    for used, by in users.items():
        assert used.exists(), used
        assert not used.stem.startswith(("test_", "conftest")), (used, by)
        assert {module.parent for module in by} == {used.parent}, (used, by)
        assert len(by) == 1, (used, by)
    for room in TESTS.iterdir():
        if any(room.glob("test_*.py")):
            assert (room / "__init__.py").exists(), "without it, its modules have names of one part"


def test_statements_never_ask_postgresql_for_the_time_or_a_random_value() -> None:
    for file in SOURCE.rglob("*.sql"):
        statements = re.sub(r"--.*", "", file.read_text(encoding="utf-8")).lower()
        assert not re.findall(r"\b(now\(\)|current_timestamp|clock_timestamp|random\(\)|gen_random_uuid)", statements)


def test_every_setting_stands_in_the_document_as_it_is() -> None:
    document = settings_table.DOCUMENT.read_text(encoding="utf-8")
    assert document == settings_table.with_rows(document), "run: python tools/settings_table.py"


LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)")


def anchors_of(document: Path) -> set[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_documents_link_to_files_and_headings_that_exist() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    links = [(document, *link) for document in documents for link in LINK.findall(document.read_text(encoding="utf-8"))]
    for document, path, anchor in links:
        if "://" not in path:
            target = (document.parent / path) if path else document
            assert target.exists(), f"{document.name} links to {path}"
            if anchor and target.suffix == ".md":
                assert anchor in anchors_of(target), f"{document.name} links to {path}#{anchor}"
    assert len(links) > 100


def test_every_room_says_what_it_is_for() -> None:
    for room in SOURCE.rglob("__init__.py"):
        docstring = ast.get_docstring(ast.parse(room.read_text(encoding="utf-8"))) or ""
        assert len(docstring) > 60, room


_LOADED = re.compile(r'^(_\w+): Final = load_queries\(__package__(?:, "(\w+)")?\)', re.MULTILINE)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(SOURCE)))
def test_each_statement_that_is_asked_for_exists(module: Path) -> None:
    """A renamed statement is seen by no type checker."""
    text = module.read_text(encoding="utf-8")
    for loaded, file in _LOADED.findall(text):
        there = re.findall(
            r"^-- name: (\w+)", (module.parent / f"{file or 'queries'}.sql").read_text("utf-8"), re.MULTILINE
        )
        assert set(re.findall(rf'\b{loaded}\["(\w+)"\]', text)) <= set(there)
