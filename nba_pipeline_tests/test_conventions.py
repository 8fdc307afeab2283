"""The project's rules about its own source, read from the files: layers, sizes, shapes, and what is never done."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator

import pytest

from nba_pipeline import catalog
from nba_pipeline_tests.source_tree import (
    ROOT,
    Module,
    assigned_names,
    call_name,
    caught_names,
    functions,
    import_circle,
    import_graph,
    imported_names,
    modules,
    offences,
)

# From the top down; a module imports its own layer or lower ones. The first layer is what starts everything.
LAYERS = (
    ("cli", "cli_chart", "commands", "__main__"),
    ("", "reading"),  # the package itself and what it offers to analysts
    ("definitions", "sample"),
    ("alerts",),
    ("readiness",),
    ("precompute",),
    ("analytics",),
    ("reference",),
    ("raw",),
    ("settings", "orchestration", "charts"),
    ("expectations",),
    ("warehouse", "catalog"),
    ("landing", "schema", "basketball", "asof", "calendar"),
    ("errors",),
)
HEIGHT = {folder: len(LAYERS) - depth for depth, layer in enumerate(LAYERS) for folder in layer}

MODULE_LINES = 300
FUNCTION_LINES = 60
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "base"}
TALKATIVE = ("cli", "commands", "sample", "__main__")  # write to the terminal
NETWORK = {"socket", "ssl", "http", "urllib", "urllib3", "requests", "httpx", "aiohttp", "ftplib", "nba_api"}
SENDING = ("nba_pipeline.landing.fetch", "nba_pipeline.alerts.delivery")
NETWORK_PURE = {"urllib.parse"}  # takes addresses apart, opens nothing
STREAMING = {"insert_rows_json", "insert_rows", "insert_rows_from_dataframe", "insertAll", "append_rows"}
INCLUSIVE_METHODS = {"le", "ge"}
AS_OF_LAYERS = ("analytics", "precompute")


def table_modules() -> tuple[Module, ...]:
    return tuple(
        module
        for module in modules()
        if module.folder in catalog.TABLE_PACKAGES
        and any("TABLE" in assigned_names(statement) for statement in module.tree.body)
    )


def library(*folders: str, without: tuple[str, ...] = ()) -> tuple[Module, ...]:
    return tuple(m for m in modules() if (not folders or m.folder in folders) and m.folder not in without)


def test_the_rules_below_see_the_project() -> None:
    assert len(modules()) >= 20
    assert len(table_modules()) >= 10
    assert {module.folder for module in table_modules()} == set(catalog.TABLE_PACKAGES)
    assert sum(map(len, import_graph().values())) >= 30


# layers


def test_every_module_has_a_layer() -> None:
    assert sorted({module.name for module in modules() if module.folder not in HEIGHT}) == []


def test_modules_import_only_what_stands_below_them() -> None:
    folder = {module.name: module.folder for module in modules()}
    upward = [
        f"{name} imports {target}"
        for name, targets in import_graph().items()
        for target in sorted(targets)
        if HEIGHT[folder[target]] > HEIGHT[folder[name]]
    ]
    assert upward == []


def test_imports_have_no_circles() -> None:
    assert import_circle(import_graph()) == []


def test_library_does_not_import_its_tests() -> None:
    assert [m.name for m in modules() if any(n.startswith("nba_pipeline_tests") for n in imported_names(m))] == []


# sizes and shapes


def test_no_module_has_300_lines() -> None:
    assert {module.place: module.lines for module in modules() if module.lines >= MODULE_LINES} == {}


def test_no_function_has_60_lines() -> None:
    long = {
        f"{module.place}:{function.lineno} {function.name}": lines
        for module in (*modules(), *modules("nba_pipeline_tests"))
        for function in functions(module)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) >= FUNCTION_LINES
    }
    assert long == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [module.place for module in modules() if module.path.stem in VAGUE_NAMES] == []


def test_every_module_says_in_its_first_line_what_it_is() -> None:
    speechless = [
        module.place
        for module in modules()
        if module.tree.body and not (ast.get_docstring(module.tree) or "").partition("\n")[0].strip()
    ]
    assert speechless == []


@pytest.mark.parametrize("module", table_modules(), ids=lambda module: module.name)
def test_table_module_has_the_common_shape(module: Module) -> None:
    body = module.tree.body
    tables = [i for i, statement in enumerate(body) if "TABLE" in assigned_names(statement)]
    transforms = [i for i, s in enumerate(body) if isinstance(s, ast.FunctionDef) and s.name == "transform"]
    assert len(tables) == 1
    assert len(transforms) == 1, "no function transform"
    assert tables < transforms, "transform stands above TABLE"
    assert assigned_names(body[-1]) == ["asset"], "the last statement is not asset = table_asset(...)"
    assert isinstance(body[-1], ast.Assign)
    assert call_name(body[-1].value) == "table_asset"


@pytest.mark.parametrize("module", table_modules(), ids=lambda module: module.name)
def test_module_table_and_asset_share_one_name(module: Module) -> None:
    loaded = importlib.import_module(module.name)
    assert str(loaded.TABLE) == f"{module.folder}.{module.path.stem}"
    assert [key.path for key in loaded.asset.keys] == [[module.folder, module.path.stem]]


def test_catalog_finds_every_table_module() -> None:
    assert {module.__name__ for module in catalog.table_modules().values()} == {m.name for m in table_modules()}


def test_modules_with_an_asset_declare_its_table() -> None:
    without = [m for m in library(*catalog.TABLE_PACKAGES) if m not in table_modules()]
    assert [m.place for m in without if any("asset" in assigned_names(statement) for statement in m.tree.body)] == []


# what is never done


def test_no_except_catches_everything() -> None:
    """The one exception is `main` of the command line: an unexpected error there is exit code 3, never 0 or 1."""

    def broad(module: Module) -> Iterator[ast.AST]:
        allowed = {
            id(node)
            for function in functions(module)
            if module.folder == "cli" and function.name == "main"
            for node in ast.walk(function)
        }
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ExceptHandler) and id(node) not in allowed:
                names = caught_names(node)
                if node.type is None or {"Exception", "BaseException"} & set(names):
                    yield node

    assert offences(broad, among=(*modules(), *modules("nba_pipeline_tests"))) == []


def test_only_settings_read_the_environment() -> None:
    def reads(module: Module) -> Iterator[ast.AST]:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv", "getenvb", "putenv"):
                yield node
            elif isinstance(node, ast.ImportFrom) and node.module == "os":
                yield from (node for alias in node.names if alias.name in ("environ", "getenv", "putenv"))
            elif call_name(node) == "EnvVar":
                yield node

    assert offences(reads, among=library(without=("settings",))) == []


def test_only_the_fetch_client_and_the_delivery_of_alerts_open_a_socket() -> None:
    network = {
        module.place: sorted(used)
        for module in modules()
        if not module.name.startswith(SENDING)
        and (
            used := {
                name
                for name in imported_names(module)
                if name.split(".")[0] in NETWORK and not any(name.startswith(pure) for pure in NETWORK_PURE)
            }
        )
    }
    assert network == {}


def test_rows_are_never_streamed_into_a_table() -> None:
    def streams(module: Module) -> Iterator[ast.AST]:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and node.attr in STREAMING:
                yield node

    assert offences(streams, among=modules()) == []


def test_only_commands_print() -> None:
    def prints(module: Module) -> Iterator[ast.AST]:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "pprint"):
                yield node

    assert offences(prints, among=library(without=TALKATIVE)) == []


def inclusive_date_comparisons(module: Module) -> Iterator[ast.AST]:
    """`<=` or `>=` on a column whose name ends in _date, also as .le(), .ge() and inside a query string."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Compare) and any(isinstance(operator, ast.LtE | ast.GtE) for operator in node.ops):
            if any(_is_date_column(side) for side in (node.left, *node.comparators)):
                yield node
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            text = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            in_query = node.func.attr in ("query", "eval") and any(re.search(r"_date\s*[<>]=", t) for t in text)
            if in_query or (node.func.attr in INCLUSIVE_METHODS and _is_date_column(node.func.value)):
                yield node


def _is_date_column(node: ast.expr) -> bool:
    match node:
        case ast.Subscript(slice=ast.Constant(value=str(name))) | ast.Attribute(attr=name):
            return name.endswith("_date")
        case ast.Subscript(slice=ast.Tuple(elts=[*_, ast.Constant(value=str(name))])):
            return name.endswith("_date")
        case ast.Name(id=name):
            return name in ("game_date", "analysis_date", "cache_date")
        case _:
            return False


def test_dates_are_compared_strictly_above_raw() -> None:
    """Which earlier games a row may use is decided by `asof` alone; an inclusive comparison lets a game see itself."""
    assert offences(inclusive_date_comparisons, among=library(*AS_OF_LAYERS)) == []


@pytest.mark.parametrize(
    "line",
    [
        'games[games["game_date"] <= day]',
        'games[day >= games["game_date"]]',
        "games[games.game_date <= day]",
        'games.loc[games.loc[:, "game_date"] <= day]',
        'games[games["analysis_date"].le(day)]',
        'games.query("game_date <= @day")',
        "first <= game_date",
    ],
)
def test_inclusive_date_comparison_is_noticed_in_every_spelling(line: str) -> None:
    module = Module("nba_pipeline.precompute.x", ROOT / "x.py", line, ast.parse(line))
    assert len(list(inclusive_date_comparisons(module))) == 1
