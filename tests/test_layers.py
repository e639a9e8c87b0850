"""The arrows of the house, read from the syntax of every module: who may import whom.

An import inside a function counts like one at the top; only `if TYPE_CHECKING:` does not.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ("app", "cli", "console", "quality", "serve", "ui", "kb", "ingest", "prompts")

# Within kb a module may import from its own storey and from those below.
STOREYS = (
    ("model", "errors", "evidence"),
    (
        "refchain",
        "normref",
        "laws",
        "einheiten",
        "config",
        "german",
        "quantities",
        "sentences",
        "relevance",
        "split",
        "fuse",
        "note",
        "pins",
        "matrix",
        "traps",
        "contacts",
        "glossary",
        "curated",
    ),
    ("store", "lexical", "vectors", "embed", "rerank", "llm", "privacy"),
    ("generations", "diagnose", "index"),
    ("knowledge_base",),
    (
        "calibration",
        "unanswerable",
        "groups",
        "retrieve",
        "context",
        "notebook",
        "focus",
        "notices",
        "extract",
        "draft",
        "verify",
        "answer",
    ),
    ("faq", "impact", "inbox", "check", "evaluate", "show", "report", "langchain"),
)
STOREY = {name: height for height, names in enumerate(STOREYS) for name in names}

# The honesty of the product must be testable without a database: these take values and return values.
PURE = (
    "model",
    "evidence",
    "errors",
    "refchain",
    "normref",
    "laws",
    "einheiten",
    "german",
    "quantities",
    "sentences",
    "relevance",
    "split",
)
PURE += ("fuse", "note", "pins", "context", "verify", "config", "notices", "matrix", "traps", "contacts", "glossary")

INGEST_MAY = ("model", "errors", "normref", "laws", "german", "split", "config", "store", "index")
INGEST_MAY += ("note", "pins", "matrix", "traps")  # the starter layer: tables become notes

# The only modules that may name an outside thing.
SEAMS = {
    "streamlit": ("ui", "app"),
    "sqlalchemy": ("kb.store",),
    "alembic": ("kb.store",),
    "tantivy": ("kb.lexical",),
    "chromadb": ("kb.vectors",),
    "langchain_chroma": ("kb.vectors",),
    "sentence_transformers": ("kb.embed", "kb.rerank"),
    "langchain_huggingface": ("kb.embed", "kb.rerank"),
    "torch": ("kb.embed",),
    "httpx": ("ingest.fetch",),
    "typer": ("cli", "console", "quality"),
}

NO_SUBJECT = {"utils", "util", "helpers", "helper", "common", "core", "services", "base", "misc", "tools"}


def _sources() -> dict[str, Path]:
    """Dotted name to file, for every module of the product."""
    found = {}
    for top in HOUSE:
        single = ROOT / f"{top}.py"
        for path in [single] if single.is_file() else sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


SOURCES = _sources()


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def imported(source: str, module: str, *, is_package: bool = False) -> set[str]:
    """Dotted names that a module imports; `from kb import normref` is "kb.normref"."""
    names: set[str] = set()
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")[: None if node.level == 1 and is_package else -node.level] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            names.update(f"{origin}.{alias.name}" for alias in node.names)
        if _is_type_checking(node):
            waiting.extend(node.orelse)  # type: ignore[attr-defined]
        else:
            waiting.extend(ast.iter_child_nodes(node))
    return names


def objections(module: str, names: set[str]) -> list[str]:
    """Imports that no arrow allows, as sentences."""
    top, _, rest = module.partition(".")
    own = rest.split(".")[0]
    wrong = []
    for name in sorted(names):
        target, _, inner = name.partition(".")
        room = inner.split(".")[0]
        if target not in HOUSE:
            owners = SEAMS.get(target)
            if owners is not None and not any(module == owner or module.startswith(f"{owner}.") for owner in owners):
                wrong.append(f"{module} imports {name}: only {' and '.join(owners) or 'nobody'} may name {target}")
            continue
        allowed = {
            "app": {"app", "ui", "kb", "ingest"},
            "ui": {"ui", "kb", "ingest"},
            "cli": {"cli", "console", "quality", "serve", "kb", "ingest"},
            "quality": {"quality", "console", "kb", "ingest"},
            "console": {"console", "kb"},
            "serve": {"serve", "kb", "ingest"},
            "ingest": {"ingest", "kb"},
            "kb": {"kb", "prompts"},
            "prompts": {"prompts", "kb"},
        }[top]
        if target not in allowed:
            wrong.append(f"{module} imports {name}: {top} may not import {target}")
        elif top == "ingest" and target == "kb" and room not in INGEST_MAY:
            wrong.append(f"{module} imports {name}: ingest may import of kb only {', '.join(INGEST_MAY)}")
        elif top == "kb" and target == "kb" and own and room in STOREY and STOREY[room] > STOREY[own]:
            wrong.append(f"{module} imports {name}: {room} stands above {own}")
        elif top == "kb" and own in PURE and target == "kb" and room in STOREY and room not in PURE:
            wrong.append(f"{module} imports {name}: {own} is pure")
    return wrong


@pytest.mark.parametrize("module", SOURCES)
def test_arrows(module: str) -> None:
    path = SOURCES[module]
    names = imported(path.read_text(encoding="utf-8"), module, is_package=path.name == "__init__.py")
    assert objections(module, names) == []


@pytest.mark.parametrize("module", [name for name in SOURCES if name.startswith("kb.")])
def test_every_module_of_kb_has_a_storey(module: str) -> None:
    assert module.split(".")[1] in STOREY, "give the new module its place in STOREYS (and in the design)"


def test_model_and_errors_need_only_the_standard_library() -> None:
    import sys

    for module in ("kb.model", "kb.errors"):
        tops = {name.split(".")[0] for name in imported(SOURCES[module].read_text(encoding="utf-8"), module)}
        assert tops <= set(sys.stdlib_module_names)


def test_no_cycles() -> None:
    """Imports at the top of modules never run in a circle."""
    graph: dict[str, set[str]] = {}
    for module, path in SOURCES.items():
        top_level = ast.Module(
            [node for node in ast.parse(path.read_text(encoding="utf-8")).body if not _is_type_checking(node)], []
        )
        functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        top_level.body = [node for node in top_level.body if not isinstance(node, functions)]
        names = imported(ast.unparse(top_level), module, is_package=path.name == "__init__.py")
        reached = {name if name in SOURCES else name.rpartition(".")[0] for name in names}
        graph[module] = (reached & set(SOURCES)) - {module}
    done: set[str] = set()

    def visit(module: str, above: tuple[str, ...]) -> None:
        assert module not in above, f"import cycle: {' → '.join((*above, module))}"
        if module not in done:
            for name in sorted(graph[module]):
                visit(name, (*above, module))
            done.add(module)

    for module in graph:
        visit(module, ())


def _python_files() -> list[Path]:
    tops = [ROOT / top for top in (*HOUSE, "bench", "tests")]
    files = [path.with_suffix(".py") for path in tops if path.with_suffix(".py").is_file()]
    return files + [path for top in tops if top.is_dir() for path in sorted(top.rglob("*.py"))]


@pytest.mark.parametrize("path", _python_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_size_and_name(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert path.stem not in NO_SUBJECT, "a module with such a name has no subject yet"
    assert len(source.splitlines()) <= 400
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    assert [f"{node.name}: {_lines(node)} lines" for node in functions if _lines(node) > 60] == []


def test_app_is_thin() -> None:
    path = SOURCES.get("app")
    assert path is None or len(path.read_text(encoding="utf-8").splitlines()) <= 80


def _lines(node: ast.FunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        pytest.param("kb.split", "from kb.model import Passage", [], id="down: allowed"),
        pytest.param("kb.store.read", "from kb.store.schema import x", [], id="inside one room"),
        pytest.param(
            "kb.fuse",
            "def f():\n    import kb.index",
            ["kb.fuse imports kb.index: index stands above fuse"],
            id="inside a function",
        ),
        pytest.param(
            "kb.answer",
            "import ingest.build",
            ["kb.answer imports ingest.build: kb may not import ingest"],
            id="kb to ingest",
        ),
        pytest.param(
            "kb.answer",
            "import streamlit as st",
            ["kb.answer imports streamlit: only ui and app may name streamlit"],
            id="streamlit",
        ),
        pytest.param(
            "cli", "from ui import chat", ["cli imports ui.chat: cli may not import ui"], id="command line to page"
        ),
        pytest.param(
            "kb.verify",
            "from kb.store import open_store",
            ["kb.verify imports kb.store.open_store: verify is pure"],
            id="pure stays pure",
        ),
        pytest.param(
            "ingest.pdf",
            "from kb.answer import answer",
            [f"ingest.pdf imports kb.answer.answer: ingest may import of kb only {', '.join(INGEST_MAY)}"],
            id="ingest sees a part of kb",
        ),
        pytest.param(
            "kb.answer",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import ingest",
            [],
            id="for types only",
        ),
        pytest.param(
            "kb.store.read",
            "from ..answer import answer",
            ["kb.store.read imports kb.answer.answer: answer stands above store"],
            id="relative",
        ),
    ],
)
def test_the_objections_themselves(module: str, source: str, expected: list[str]) -> None:
    assert objections(module, imported(source, module)) == expected
