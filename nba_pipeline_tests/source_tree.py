"""The project's source as data for the convention tests: parsed modules, their imports, offending lines.

Does NOT belong here: a rule of the project.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "nba_pipeline"


@dataclass(frozen=True)
class Module:
    """One parsed file; `name` is its dotted name, a package's `__init__` has the package's name."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def place(self) -> str:
        """Path relative to the project, for messages."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def folder(self) -> str:
        """First part of the name below the package: `raw` for nba_pipeline.raw.x, `cli` for nba_pipeline.cli."""
        return self.name.split(".")[1] if "." in self.name else ""

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())


@cache
def modules(folder: str = PACKAGE) -> tuple[Module, ...]:
    """Every module below a folder of the project, by name."""
    found = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        text = path.read_text(encoding="utf-8")
        found.append(Module(name, path, text, ast.parse(text, str(path))))
    return tuple(found)


def offences(found: Callable[[Module], Iterator[ast.AST]], *, among: tuple[Module, ...]) -> list[str]:
    """`file:line: source` of every node that the rule finds."""
    return [
        f"{module.place}:{node.lineno}: {module.text.splitlines()[node.lineno - 1].strip()}"
        for module in among
        for node in found(module)
        if isinstance(node, ast.stmt | ast.expr | ast.ExceptHandler)
    ]


def imported_names(module: Module) -> set[str]:
    """Dotted names of everything a module imports, wherever in the file, project and library alike.

    `from a.b import c` counts as `a.b.c`, whether c is a module or a name in a.b.
    """
    names: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{_origin(module, node)}.{alias.name}" for alias in node.names}
    return names


def _origin(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    own = module.name.split(".")
    package = own if module.path.stem == "__init__" else own[:-1]
    return ".".join([*package[: len(package) - node.level + 1], *([node.module] if node.module else [])])


@cache
def import_graph() -> dict[str, set[str]]:
    """Module -> the project's modules it imports."""
    known = {module.name for module in modules()}

    def owner(name: str) -> str | None:
        parent = name.rpartition(".")[0]
        return name if name in known else parent if parent in known else None

    return {
        module.name: {target for name in imported_names(module) if (target := owner(name))} - {module.name}
        for module in modules()
    }


def import_circle(graph: dict[str, set[str]]) -> list[str]:
    """Modules of one circle in import order, or nothing."""
    done: set[str] = set()

    def visit(name: str, trail: list[str]) -> list[str]:
        if name in trail:
            return [*trail[trail.index(name) :], name]
        if name not in done:
            for target in sorted(graph.get(name, ())):
                circle = visit(target, [*trail, name])
                if circle:
                    return circle
            done.add(name)
        return []

    return next((circle for name in sorted(graph) if (circle := visit(name, []))), [])


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Functions and methods at every depth."""
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def assigned_names(statement: ast.stmt) -> list[str]:
    """Names that a module-level statement binds by assignment."""
    match statement:
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case _:
            return []


def call_name(node: ast.AST) -> str:
    """Last part of the name of what a call calls; blank for anything else."""
    match node:
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name
        case _:
            return ""


def caught_names(handler: ast.ExceptHandler) -> list[str]:
    """Names of the exceptions an `except` clause names."""
    clauses = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return [clause.attr if isinstance(clause, ast.Attribute) else clause.id for clause in clauses if _is_name(clause)]


def _is_name(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Name | ast.Attribute)


def text_files() -> dict[str, str]:
    """Relative path -> text of every text file that belongs to the project, caches and environments left out."""
    top = [path for path in ROOT.iterdir() if not path.name.startswith(".") or path.name == ".ci" or path.is_file()]
    skipped = {"build", "dist", "node_modules", "__pycache__"}
    texts = {}
    for path in (file for entry in top for file in (entry.rglob("*") if entry.is_dir() else [entry])):
        relative = path.relative_to(ROOT)
        if (
            not path.is_file()
            or skipped & set(relative.parts)
            or any(part.endswith(".egg-info") for part in relative.parts)
        ):
            continue
        content = path.read_bytes()
        if b"\0" not in content:
            texts[relative.as_posix()] = content.decode("utf-8", errors="replace")
    return texts
