"""Which columns a read asks for, as an Arrow schema. Does NOT belong here: reading, an engine."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from nba_pipeline.schema import Table
from nba_pipeline.schema.frames import arrow_schema
from nba_pipeline.warehouse.errors import ContractError


def asked_columns(table: Table, columns: Sequence[str] | None) -> pa.Schema:
    """The named stored columns in the order asked, all business columns unless told; undeclared ones are refused."""
    available = {column.name: column for column in table.stored_columns}
    names = table.column_names if columns is None else tuple(columns)
    unknown = [name for name in names if name not in available]
    if unknown:
        raise ContractError(f"{table}: column(s) {', '.join(unknown)} are not declared. Name declared columns.")
    return arrow_schema(available[name] for name in names)
