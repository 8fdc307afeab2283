"""The table of tables: what is declared beside what is stored, as data and as a Markdown block of a document.

Does NOT belong here: a table name, printing to a terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from nba_pipeline.errors import PipelineError
from nba_pipeline.orchestration.checks.sql import literal
from nba_pipeline.orchestration.partitions import FIRST_DAY
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse

START, END = "<!-- tables:start -->", "<!-- tables:end -->"
HEADINGS = ("Table", "Grain", "Key", "Rows", "First date", "Last date", "Write")
RIGHT_ALIGNED = frozenset({"Rows"})
NOTE = "<!-- Written by nba-pipeline tables --readme; edits are overwritten. -->"


class MarkersError(PipelineError):
    """The document does not say where the table goes."""


@dataclass(frozen=True)
class TableLine:
    """One table. rows: None where it is not stored. first and last: None without rows or without partitions."""

    dataset: str
    name: str
    grain: str
    key: tuple[str, ...]
    rows: int | None
    first: date | None
    last: date | None
    write_mode: str

    @property
    def cells(self) -> tuple[str, ...]:
        """Texts under HEADINGS."""
        counted = "not stored" if self.rows is None else f"{self.rows:,}"
        days = (str(day) if day else "" for day in (self.first, self.last))
        return (f"{self.dataset}.{self.name}", self.grain, ", ".join(self.key), counted, *days, self.write_mode)


def table_lines(warehouse: Warehouse, tables: Iterable[Table]) -> list[TableLine]:
    """One line per table, in the order given."""
    return [_line(warehouse, table) for table in tables]


def _line(warehouse: Warehouse, table: Table) -> TableLine:
    rows, first, last = _stored(warehouse, table)
    return TableLine(table.dataset, table.name, table.grain, table.primary_key, rows, first, last, table.write_mode)


def _stored(warehouse: Warehouse, table: Table) -> tuple[int | None, date | None, date | None]:
    if warehouse.stored_columns(table) is None:
        return None, None, None
    part = table.partition_column
    days = f"min({part}) as first_day, max({part}) as last_day" if part else "null as first_day, null as last_day"
    where = f" where {part} >= {literal(FIRST_DAY)}" if part else ""
    row = warehouse.query(f"select count(*) as row_count, {days} from {table.qualified_name}{where}").to_pylist()[0]
    return row["row_count"], row["first_day"], row["last_day"]


def markdown(lines: Sequence[TableLine]) -> str:
    """The lines as a Markdown table; names and keys as code."""
    aligned = ("---:" if heading in RIGHT_ALIGNED else "---" for heading in HEADINGS)
    body = [HEADINGS, tuple(aligned), *(_markdown_cells(line) for line in lines)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in body)


def _markdown_cells(line: TableLine) -> tuple[str, ...]:
    name, grain, _, *rest = line.cells
    return (f"`{name}`", grain.replace("|", "\\|"), ", ".join(f"`{column}`" for column in line.key), *rest)


def with_block(document: str, block: str) -> str:
    """The document with everything between the markers replaced by the block. Raises MarkersError without a place."""
    if document.count(START) != 1 or document.count(END) != 1 or document.index(START) > document.index(END):
        raise MarkersError(f"expected one line {START} and, below it, one line {END}.")
    before, _, rest = document.partition(START)
    return f"{before}{START}\n{NOTE}\n\n{block}\n\n{END}{rest.partition(END)[2]}"
