"""The documents agree with the code: commands parse, links lead somewhere, tables and modules exist, SQL runs."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path

import click
import pytest

from nba_pipeline import catalog
from nba_pipeline.cli import cli
from nba_pipeline.readiness.table_of_tables import END, START, TableLine, markdown
from nba_pipeline.schema import Table
from nba_pipeline.schema.table import LAYERS
from nba_pipeline.warehouse import quarantine
from nba_pipeline.warehouse.duckdb import DuckDBWarehouse
from nba_pipeline_tests.source_tree import ROOT

DOCUMENTS = tuple(sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "benchmarks").glob("*.md")]))
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in DOCUMENTS}
README = TEXTS["README.md"]

FENCED = re.compile(r"^ *```(?P<language>\w*)\n(?P<body>.*?)^ *```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
QUALIFIED = re.compile(rf"\b(?:nba_)?(?P<layer>{'|'.join(LAYERS)})\.(?P<name>[a-z]\w*)")
CELL_BORDER = re.compile(r"(?<!\\)\|")
STRUCTURE = (0, 1, 2, 6)  # cells of a line of the table of tables that the warehouse plays no part in


def fenced_commands() -> list[tuple[str, str]]:
    """Document and command of every `nba-pipeline` line in a fenced block, comments taken off."""
    return [
        (name, found[0].partition(" #")[0].strip())
        for name, text in TEXTS.items()
        for block in FENCED.finditer(text)
        for line in block["body"].splitlines()
        if (found := re.findall(r"nba-pipeline .*", line))
    ]


def inline_commands() -> list[tuple[str, str]]:
    """Document and command of every `nba-pipeline` in code marks; it may leave out what is required."""
    return [
        (name, found)
        for name, text in TEXTS.items()
        for found in re.findall(r"`(nba-pipeline [^`\n]+)`", FENCED.sub("", text))
    ]


def parse(command: str, *, complete: bool) -> None:
    """Let click take the options apart; validate their values too when the command is complete. Runs nothing."""
    _, name, *arguments = shlex.split(command)
    found = cli.commands[name]
    group = click.Context(cli, **cli.context_settings)  # a command remembers the help options of its first context
    if complete:
        found.make_context(name, arguments, parent=group)
        return
    context = click.Context(found, parent=group, info_name=name)
    left = found.make_parser(context).parse_args(arguments)[1]
    assert left == [], f"{command}: unexpected {left}"


def declared() -> dict[str, Table]:
    return {**catalog.tables(), str(quarantine.TABLE): quarantine.TABLE}


def block_rows(document: str) -> list[list[str]]:
    """Cells of the table between the markers, heading first, without the line of dashes."""
    block = document.partition(START)[2].partition(END)[0]
    lines = [line for line in block.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in CELL_BORDER.split(line)[1:-1]] for line in (lines[0], *lines[2:])]


def calls(block: re.Match[str]) -> list[ast.Call]:
    """Calls of `read` in a block of Python."""
    nodes = ast.walk(ast.parse(block["body"]))
    return [node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) == "read"]


def picture_figures() -> dict[str, tuple[int, int]]:
    """Dataset -> tables and rows, as the picture of the layers states them."""
    found = re.findall(r"^(nba_\w+) .*?(\d+) tables, +([\d,]+) rows$", README, re.MULTILINE)
    return {dataset: (int(tables), int(rows.replace(",", ""))) for dataset, tables, rows in found}


def test_the_rules_below_see_the_documents() -> None:
    expected = {"README.md", "CONTRIBUTING.md", "GLOSSARY.md", "CHANGELOG.md", "docs/operating.md", "docs/decisions.md"}
    assert set(TEXTS) >= expected
    assert len(fenced_commands()) >= 8
    assert len(inline_commands()) >= 3


@pytest.mark.parametrize(("document", "command"), fenced_commands())
def test_a_command_to_copy_parses_with_its_values(document: str, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    parse(command, complete=True)


@pytest.mark.parametrize(("document", "command"), inline_commands())
def test_a_command_in_a_sentence_names_options_that_exist(document: str, command: str) -> None:
    parse(command, complete=False)


def test_an_option_that_does_not_exist_is_noticed() -> None:
    for complete in (True, False):
        with pytest.raises(click.UsageError):
            parse("nba-pipeline coverage --from 2024-01-01 --to 2024-01-02 --layers raw", complete=complete)


def test_every_command_is_described_in_the_readme() -> None:
    described = set(re.findall(r"`([a-z-]+)`", README.partition("## Your own files")[2].partition("## How")[0]))
    assert set(cli.commands) - described == set()


@pytest.mark.parametrize("document", sorted(TEXTS))
def test_relative_links_lead_to_files(document: str) -> None:
    targets = [
        target.partition("#")[0] for target in LINK.findall(FENCED.sub("", TEXTS[document])) if "://" not in target
    ]
    folder = (ROOT / document).parent
    assert [target for target in targets if target and not (folder / target).exists()] == []


@pytest.mark.parametrize("document", sorted(TEXTS))
def test_tables_that_are_named_exist(document: str) -> None:
    named = {f"{found['layer']}.{found['name']}" for found in QUALIFIED.finditer(TEXTS[document])}
    assert sorted(named - set(declared())) == []


@pytest.mark.parametrize("document", sorted(TEXTS))
def test_tables_that_are_read_or_selected_by_name_exist(document: str) -> None:
    names = {table.name for table in declared().values()} | set(declared())
    read = re.findall(r"\bread\(\"(\w+)\"", TEXTS[document])
    selected = [name for names_ in re.findall(r"--tables ([a-z_.,]+\w)", TEXTS[document]) for name in names_.split(",")]
    assert [name for name in (*read, *selected) if name not in names] == []


def test_reading_examples_name_tables_dates_and_columns_that_fit() -> None:
    tables = {table.name: table for table in catalog.tables().values()}
    examples = [node for block in FENCED.finditer(README) if "import read" in block["body"] for node in calls(block)]
    assert len(examples) >= 3
    for call in examples:
        name, *days = [ast.literal_eval(argument) for argument in call.args]
        options = {option.arg: ast.literal_eval(option.value) for option in call.keywords}
        assert bool(days) == bool(tables[name].partition_column), name
        assert set(options.get("columns", ())) <= set(tables[name].column_names), name


def test_modules_that_the_decisions_name_exist() -> None:
    named = re.findall(r"`((?:\w+/)*\w+(?:\.py|/))`", TEXTS["docs/decisions.md"])
    assert len(named) >= 10
    assert [path for path in named if not (ROOT / "nba_pipeline" / path).exists()] == []


@pytest.mark.parametrize("document", sorted(TEXTS))
def test_make_targets_that_are_named_exist(document: str) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    code = [block["body"] for block in FENCED.finditer(TEXTS[document])]
    code += re.findall(r"`([^`\n]+)`", FENCED.sub("", TEXTS[document]))
    named = {name for text in code for name in re.findall(r"^ *make ([a-z0-9-]+)", text, re.MULTILINE)}
    assert named - targets == set()


def test_the_table_of_tables_has_the_declared_names_grains_and_keys() -> None:
    lines = [
        TableLine(table.dataset, table.name, table.grain, table.primary_key, None, None, None, table.write_mode)
        for table in catalog.tables().values()
    ]
    made = block_rows(f"{START}\n{markdown(lines)}\n{END}")
    written = block_rows(README)
    assert written[0] == made[0]
    assert [[row[n] for n in STRUCTURE] for row in written] == [[row[n] for n in STRUCTURE] for row in made]


def test_the_picture_counts_what_the_table_of_tables_lists() -> None:
    counted: dict[str, tuple[int, int]] = {}
    for name, _, _, rows, *_ in block_rows(README)[1:]:
        dataset = name.strip("`").partition(".")[0]
        tables, total = counted.get(dataset, (0, 0))
        counted[dataset] = (tables + 1, total + int(rows.replace(",", "")))
    assert picture_figures() == counted


@pytest.mark.parametrize("document", ["README.md", "docs/operating.md"])
def test_sql_in_the_documents_runs(document: str, tmp_path: Path) -> None:
    blocks = [block for block in FENCED.finditer(TEXTS[document]) if block["language"] in ("sql", "python")]
    statements = [block["body"] for block in blocks if block["language"] == "sql"]
    statements += [sql for block in blocks for sql in re.findall(r'sql\("""(.*?)"""\)', block["body"], re.DOTALL)]
    assert statements
    warehouse = DuckDBWarehouse(tmp_path / "warehouse.duckdb")
    for statement in statements:
        for found in QUALIFIED.finditer(statement):
            warehouse.ensure(declared()[f"{found['layer']}.{found['name']}"])
        assert warehouse.query(statement).num_rows == 0
