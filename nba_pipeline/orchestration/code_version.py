"""The code version of a table: changes when the code that computes its rows changes.

A table is computed by its own module and by the private modules and formulas it imports. Other tables count as
data, not as code: a change there arrives as changed rows. Does NOT belong here: who recomputes what.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import importlib.util
import inspect
from functools import cache
from types import ModuleType

PACKAGE = "nba_pipeline"
NOT_COMPUTING = ("orchestration", "schema", "warehouse", "catalog", "settings")  # how, not what
DIGITS = 12


@cache
def code_version(module_name: str) -> str:
    """Hash of the sources of the module and of the computing modules it imports, directly or not."""
    own = importlib.import_module(module_name)
    sources = {module_name: inspect.getsource(own)}
    waiting = [own]
    while waiting:
        for imported in _computing_imports(waiting.pop()):
            if imported.__name__ not in sources:
                sources[imported.__name__] = inspect.getsource(imported)
                waiting.append(imported)
    digest = hashlib.sha256()
    for name in sorted(sources):
        digest.update(f"{name}\n{sources[name]}\n".encode())
    return digest.hexdigest()[:DIGITS]


@cache
def _computing_imports(module: ModuleType) -> tuple[ModuleType, ...]:
    """Modules of this package that the module imports and that hold formulas rather than tables or machinery."""
    names: list[str] = []
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(PACKAGE):
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return tuple(found for name in names if (found := _computing(name)))


def _computing(name: str) -> ModuleType | None:
    """The module of this name, None if there is none or it is a table, a package front or machinery."""
    place = name.removeprefix(f"{PACKAGE}.").split(".")[0]
    if place in NOT_COMPUTING or importlib.util.find_spec(name.rpartition(".")[0]) is None:
        return None
    parent = importlib.import_module(name.rpartition(".")[0])
    if hasattr(parent, "__path__") and importlib.util.find_spec(name) is not None:
        module = importlib.import_module(name)
        return None if hasattr(module, "TABLE") or hasattr(module, "__path__") else module
    return None
