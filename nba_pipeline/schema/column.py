"""One column of a table, as data: type, unit, meaning, source, and what its values may be.

Does NOT belong here: a team, a statistic, a table name, SQL statements, pandas.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from nba_pipeline.schema.errors import SchemaError

Type = Literal["STRING", "INT64", "FLOAT64", "BOOL", "DATE", "TIMESTAMP"]
TYPES: tuple[Type, ...] = ("STRING", "INT64", "FLOAT64", "BOOL", "DATE", "TIMESTAMP")

Operator = Literal["=", "<>", "<", "<=", ">", ">=", "is null", "is not null"]
OPERATORS: tuple[Operator, ...] = ("=", "<>", "<", "<=", ">", ">=", "is null", "is not null")

COLUMN_NAME = re.compile(r"^[a-z][a-z0-9_]*$")


@dataclass(frozen=True)
class Condition:
    """A comparison of one column with a constant: `Condition("seconds_played", ">", 0)`.

    It selects the population a rule is about. NULL never satisfies a comparison.
    """

    column: str
    operator: Operator
    value: float | str | bool | None = None

    def __post_init__(self) -> None:
        if self.operator not in OPERATORS:
            raise SchemaError(f"condition on {self.column}: operator {self.operator!r} is unknown; use {OPERATORS}.")
        if (self.value is None) != self.operator.startswith("is"):
            raise SchemaError(
                f"condition on {self.column}: {self.operator!r} needs {'no' if self.value is not None else 'a'} value."
            )


@dataclass(frozen=True)
class NullCeiling:
    """Highest tolerated share of NULL (0..1) among the rows that satisfy every `population` condition.

    `season` is judged over a season, the others on one partition; None means no ceiling of that kind.
    """

    season: float | None = None
    date: float | None = None
    error: float | None = None
    block: float | None = None
    population: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        for share in (self.season, self.date, self.error, self.block):
            if share is not None and not 0 <= share <= 1:
                raise SchemaError(f"NULL ceiling {share} is not a share between 0 and 1.")


@dataclass(frozen=True)
class Domain:
    """Hard limits of a value, enforced by the writer before anything is stored.

    `reject_row` moves the row to quarantine; `null_cell` empties the cell and keeps the row.
    The limits apply only to rows that satisfy every `when` condition.
    """

    minimum: float
    maximum: float
    action: Literal["reject_row", "null_cell"]
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Column:
    """A column. `minimum` and `maximum` are what is expected (checks); `domain` and `allowed` are what is written."""

    name: str
    type: Type
    description: str
    unit: str
    source: str
    required: bool = False
    nulls: NullCeiling | None = None
    minimum: float | None = None
    maximum: float | None = None
    range_when: tuple[Condition, ...] = ()
    allowed: tuple[str, ...] = ()
    domain: Domain | None = None
    may_be_constant: str = ""

    def __post_init__(self) -> None:
        if not COLUMN_NAME.match(self.name):
            raise SchemaError(f"column {self.name!r}: use lower-case snake case.")
        if self.type not in TYPES:
            raise SchemaError(f"column {self.name}: unknown type {self.type!r}; use one of {TYPES}.")
        for attribute in ("description", "unit", "source"):
            if not getattr(self, attribute).strip():
                raise SchemaError(f"column {self.name}: {attribute} is blank; every column states its {attribute}.")
        if self.domain and self.domain.action == "null_cell" and self.required:
            raise SchemaError(f"column {self.name}: a required column cannot have a null_cell domain.")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise SchemaError(f"column {self.name}: minimum {self.minimum} is above maximum {self.maximum}.")
