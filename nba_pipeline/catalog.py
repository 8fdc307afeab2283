"""Every table of the warehouse, found in the modules of the table packages.

Does NOT belong here: a table name, a list kept by hand.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType

from nba_pipeline.schema import SchemaError, Table

TABLE_PACKAGES = ("raw", "reference", "analytics", "precompute")


@cache
def table_modules() -> dict[str, ModuleType]:
    """`layer.name` -> module that declares the table, in the order of the layers.

    Raises SchemaError for a name declared twice, a module named otherwise than its table, or a dangling reference.
    """
    modules: dict[str, ModuleType] = {}
    for package_name in TABLE_PACKAGES:
        package = importlib.import_module(f"nba_pipeline.{package_name}")
        for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(info.name)
            table = getattr(module, "TABLE", None)
            if table is not None:
                _add(modules, module, table)
    for name, module in modules.items():
        for reference in module.TABLE.references:
            target = modules.get(reference.target)
            if target is None:
                raise SchemaError(f"{name}: reference to unknown table {reference.target!r}.")
            unknown = set(reference.target_columns) - set(target.TABLE.column_names)
            if unknown:
                raise SchemaError(f"{name}: reference to unknown column(s) {sorted(unknown)} of {reference.target}.")
    return modules


def _add(modules: dict[str, ModuleType], module: ModuleType, table: Table) -> None:
    if module.__name__.rsplit(".", 1)[-1] != table.name:
        raise SchemaError(f"{table}: declared in module {module.__name__}; name module and table alike.")
    if str(table) in modules:
        raise SchemaError(f"{table}: declared in {modules[str(table)].__name__} and {module.__name__}.")
    modules[str(table)] = module


def tables() -> dict[str, Table]:
    """`layer.name` -> table, in the order of the layers."""
    return {name: module.TABLE for name, module in table_modules().items()}
