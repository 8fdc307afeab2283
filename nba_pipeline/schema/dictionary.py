"""The data dictionary as Markdown: a page per table with every column's type, unit, meaning, source and limits.

Written from the declarations alone. Does NOT belong here: files, a warehouse, which table reads which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from nba_pipeline.schema.column import Column, Condition
from nba_pipeline.schema.table import LAYERS, Table

NOTE = "<!-- Written by nba-pipeline dictionary; edits are overwritten. -->"
INDEX = "README.md"
COLUMN_HEADINGS = ("Column", "Type", "Unit", "Meaning", "Source", "NULL", "Values")
RULE_HEADINGS = ("Rule", "Level", "Holds for every row", "Meaning")
SEPARATOR = ", "

Upstreams = Mapping[str, Sequence[str]]
"""Table read -> its columns; none where only the order of the runs counts."""


def page_name(table: str) -> str:
    """File of the page of `layer.name`."""
    return f"{table}.md"


def index(tables: Iterable[Table]) -> str:
    """The first page: the tables by layer, with their grain."""
    listed = list(tables)
    parts = [
        "# Data dictionary",
        NOTE,
        "Every column of every table, from the declarations the warehouse is built from. NULL is unknown or undefined, "
        "never zero; rates and shares are fractions between 0 and 1; instants are UTC; a date is the US Eastern "
        "calendar date of the scheduled tip-off.",
    ]
    for layer in LAYERS:
        lines = [(_link(str(table)), str(len(table.columns)), table.grain) for table in listed if table.layer == layer]
        if lines:
            parts += [f"## {layer}", _markdown(("Table", "Columns", "Grain"), lines)]
    return _document(parts)


def page(table: Table, reads: Upstreams, read_by: Iterable[str]) -> str:
    """The page of one table. `reads`: what it is made from; `read_by`: tables made from it."""
    parts = [
        f"# {table.qualified_name}",
        NOTE,
        f"{table.grain[0].upper()}{table.grain[1:]}. {table.description}".strip(),
    ]
    parts.append(_markdown(("Property", "Value"), _properties(table, reads, read_by)))
    parts += ["## Columns", _markdown(COLUMN_HEADINGS, [_column(column) for column in table.stored_columns])]
    if table.invariants:
        rules = [(rule.id, rule.level, f"`{rule.holds}`", rule.description) for rule in table.invariants]
        parts += ["## Rules", _markdown(RULE_HEADINGS, rules)]
    if any(reads.values()):
        columns = [(_link(name), _codes(used)) for name, used in reads.items() if used]
        parts += ["## Columns read", _markdown(("Table", "Columns"), columns)]
    return _document(parts)


def _properties(table: Table, reads: Upstreams, read_by: Iterable[str]) -> list[tuple[str, str]]:
    found = {
        "Key": _codes(table.primary_key),
        "Partition": f"`{table.partition_column}`, one calendar day" if table.partition_column else "none",
        "Write": f"{table.write_mode} by key" if table.write_mode != "replace" else "replace the partition",
        "Clustered by": _codes(table.cluster_by),
        "Made from": SEPARATOR.join(_link(name) for name in reads) or "files of the landing zone, or declared rows",
        "Read by": SEPARATOR.join(_link(name) for name in read_by),
        "References": "; ".join(
            f"({_codes(one.columns)}) in {_link(one.target)} ({_codes(one.target_columns)})" for one in table.references
        ),
        "Rows of a date": table.row_count.replace("_", " "),
    }
    return [(name, text) for name, text in found.items() if text]


def _column(column: Column) -> tuple[str, ...]:
    return (
        f"`{column.name}`",
        column.type,
        column.unit,
        column.description,
        column.source,
        _nulls(column),
        _values(column),
    )


def _nulls(column: Column) -> str:
    """Whether NULL may occur, and above which share of a season's or a date's rows a check says so."""
    if column.required:
        return "never"
    ceiling = column.nulls
    if ceiling is None:
        return "possible"
    shares = {"a season": ceiling.season, "a date": ceiling.date}
    told = [f"{share:.4g} of {span}" for span, share in shares.items() if share is not None]
    population = f" where {_conditions(ceiling.population)}" if ceiling.population else ""
    return f"at most {SEPARATOR.join(told)}{population}" if told else f"possible{population}"


def _values(column: Column) -> str:
    """What values are written, and which are expected."""
    found = []
    if column.allowed:
        found.append(f"one of {_codes(column.allowed)}")
    if column.minimum is not None or column.maximum is not None:
        when = f" where {_conditions(column.range_when)}" if column.range_when else ""
        found.append(f"expected {_span(column.minimum, column.maximum)}{when}")
    if column.domain:
        limits = column.domain
        when = f" where {_conditions(limits.when)}" if limits.when else ""
        fate = "the row is refused" if limits.action == "reject_row" else "the cell is emptied"
        found.append(f"outside {_span(limits.minimum, limits.maximum)}{when} {fate}")
    return "; ".join(found)


def _span(minimum: float | None, maximum: float | None) -> str:
    if minimum is None:
        return f"at most {maximum:.10g}"
    return f"at least {minimum:.10g}" if maximum is None else f"{minimum:.10g} to {maximum:.10g}"


def _conditions(conditions: Sequence[Condition]) -> str:
    return " and ".join(f"`{' '.join(_words(condition))}`" for condition in conditions)


def _words(condition: Condition) -> Iterable[str]:
    yield condition.column
    yield condition.operator
    if condition.value is not None:
        yield str(condition.value).lower() if isinstance(condition.value, bool) else str(condition.value)


def _link(name: str) -> str:
    return f"[{name}]({page_name(name)})"


def _codes(names: Iterable[str]) -> str:
    return SEPARATOR.join(f"`{name}`" for name in names)


def _markdown(headings: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    body = [headings, ["---"] * len(headings), *([cell.replace("|", "\\|") for cell in line] for line in lines)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in body)


def _document(parts: Iterable[str]) -> str:
    return "\n\n".join(parts) + "\n"
