"""Tables as data. Does NOT belong here: a team, a statistic, a particular table, SQL, Dagster."""

from nba_pipeline.schema.column import Column, Condition, Domain, NullCeiling
from nba_pipeline.schema.errors import SchemaError
from nba_pipeline.schema.rows import TableRows
from nba_pipeline.schema.table import SYSTEM_COLUMNS, Invariant, Reference, Table

__all__ = [
    "SYSTEM_COLUMNS",
    "Column",
    "Condition",
    "Domain",
    "Invariant",
    "NullCeiling",
    "Reference",
    "SchemaError",
    "Table",
    "TableRows",
]
