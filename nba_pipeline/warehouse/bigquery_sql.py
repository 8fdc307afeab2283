"""The project's SQL in the words of one BigQuery address: stored dataset names, quotes in text, dates it names.

The statements of checks and commands use what both engines share and name tables as `nba_raw.nbac_schedule`. Outside
of text, comments and quoted names this module puts the dataset prefix before such names; inside text it writes a
doubled quote, which BigQuery does not know, as an escaped one. Does NOT belong here: a statement, a client.
"""

from __future__ import annotations

import re
from datetime import date

from nba_pipeline.schema.table import LAYERS
from nba_pipeline.warehouse.bigquery_address import BigQueryAddress

DATASETS = tuple(f"nba_{layer}" for layer in LAYERS)

_TOKEN = re.compile(
    r"""(?P<text>'(?:[^'\\]|\\.|'')*')"""
    r"""|(?P<other>"(?:[^"\\]|\\.)*"|`[^`]*`|--[^\n]*|/\*.*?\*/)"""
    rf"""|(?P<table>(?<![\w.$])(?:{"|".join(DATASETS)})\.\w+)""",
    re.DOTALL,
)
_DATE = re.compile(r"\bdate\s+'(\d{4}-\d{2}-\d{2})'", re.IGNORECASE)


def stored_name(address: BigQueryAddress, dataset: str, name: str) -> str:
    """A table as it is written in a statement."""
    return f"`{address.project}.{address.dataset(dataset)}.{name}`"


def localised(address: BigQueryAddress, sql: str) -> str:
    """The statement with the stored names of the tables it reads."""

    def replaced(match: re.Match[str]) -> str:
        if match["table"]:
            dataset, name = match["table"].split(".")
            return stored_name(address, dataset, name)
        if match["text"]:
            return "'" + match["text"][1:-1].replace("''", "\\'") + "'"
        return match[0]

    return _TOKEN.sub(replaced, sql)


def first_table(sql: str) -> str:
    """The first declared table the statement names, for the label of its job; blank if none."""
    return next((match["table"] for match in _TOKEN.finditer(sql) if match["table"]), "")


def named_dates(sql: str) -> tuple[date | None, date | None]:
    """Earliest and latest literal date of the statement: the partitions it is bounded to.

    None for a statement with fewer than two: it is bounded on one side at most.
    """
    days = sorted(date.fromisoformat(found) for found in _DATE.findall(sql))
    return (days[0], days[-1]) if len(days) > 1 else (None, None)


def is_read_only(sql: str) -> bool:
    """Whether the text is one statement that begins like a query."""

    def blanked(match: re.Match[str]) -> str:
        return match[0] if match["table"] else " " if match[0].startswith(("--", "/*")) else " '' "

    code = _TOKEN.sub(blanked, sql).strip().rstrip(";")
    return ";" not in code and re.match(r"\(*\s*(select|with)\b", code, re.IGNORECASE) is not None
