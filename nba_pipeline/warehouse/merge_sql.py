"""The statements of one write, the same text on both engines but for the quoting of names.

Every scan of the target carries the literal dates of the scope, so that BigQuery prunes partitions and DuckDB row
groups. Not used: `when not matched by source` together with `not matched` (a full outer join that cannot be pruned)
and `on false` (a nested loop). Does NOT belong here: an engine, running anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nba_pipeline.schema import Table
from nba_pipeline.warehouse.ddl import Dialect, date_literal, quoted, text_literal
from nba_pipeline.warehouse.protocol import Scope

PARTITION = "partition_date"  # name of the partition in the counting statements


@dataclass(frozen=True)
class Write:
    """One write: `target` and `staging` are table names as they are written in a statement."""

    table: Table
    scope: Scope | None
    target: str
    staging: str
    dialect: Dialect

    def column(self, alias: str, name: str) -> str:
        return f"{alias}.{quoted(name, self.dialect)}"

    def same_key(self, left: str, right: str) -> str:
        return " and ".join(f"{self.column(left, k)} = {self.column(right, k)}" for k in self.table.primary_key)

    def in_scope(self, alias: str) -> str:
        """The rows of the partitions being written, in literal dates; kept days are left out."""
        if self.scope is None or self.table.partition_column is None:
            return "true"
        part = self.column(alias, self.table.partition_column)
        kept = ", ".join(date_literal(day) for day in sorted(self.scope.kept))
        between = f"{part} between {date_literal(self.scope.first)} and {date_literal(self.scope.last)}"
        return f"{between} and {part} not in ({kept})" if kept else between

    def partition(self, alias: str) -> str:
        part = self.table.partition_column
        return self.column(alias, part) if part else "cast(null as date)"

    def in_games(self, alias: str, game_ids: Iterable[str]) -> str:
        """Whether the row belongs to one of the games; false for a table without game_id."""
        listed = ", ".join(text_literal(game_id, self.dialect) for game_id in sorted(game_ids))
        if not listed or "game_id" not in self.table.by_name:
            return "false"
        return f"coalesce({self.column(alias, 'game_id')} in ({listed}), false)"


def merge_statement(write: Write) -> str:
    """Make the scope hold exactly the staged rows, in one statement that leaves unchanged rows alone."""
    keys = write.table.primary_key
    target_keys = ", ".join(write.column("W", key) for key in keys)
    coalesced = ", ".join(
        f"coalesce({write.column('S', key)}, {write.column('K', key)}) as {quoted(f'mk_{key}', write.dialect)}"
        for key in keys
    )
    on = " and ".join(f"{write.column('T', key)} = {write.column('S', f'mk_{key}')}" for key in keys)
    return f"""merge into {write.target} T
using (
  select S.*, {coalesced}, {write.column("S", keys[0])} is null as mk_gone
  from {write.staging} S
  full outer join (select {target_keys} from {write.target} W where {write.in_scope("W")}) K
  on {write.same_key("S", "K")}
) S
on {on} and {write.in_scope("T")}
when matched and S.mk_gone then delete
{_update_branch(write)}
{_insert_branch(write)}"""


def delete_gone_statement(write: Write) -> str:
    """Delete the stored rows of the scope whose key is not staged (DuckDB, followed by the upsert)."""
    return f"delete from {write.target} T where {_gone(write)}"


def upsert_statement(write: Write) -> str:
    """Update changed rows and insert new ones (DuckDB, after the delete)."""
    return f"{_merge_staged(write)}\n{_update_branch(write)}\n{_insert_branch(write)}"


def append_statement(write: Write) -> str:
    """Insert the staged rows whose key is not stored yet; nothing is updated or deleted."""
    return f"{_merge_staged(write)}\n{_insert_branch(write)}"


def keep_instants_statement(write: Write) -> str:
    """Give staged rows that are stored with the same content the instant at which they last changed."""
    keys = ", ".join(write.column("T", key) for key in write.table.primary_key)
    return f"""update {write.staging} S set processed_at = K.processed_at
from (
  select {keys}, T.row_hash, max(T.processed_at) as processed_at
  from {write.target} T where {write.in_scope("T")}
  group by {keys}, T.row_hash
) K
where {write.same_key("S", "K")} and S.row_hash = K.row_hash"""


def replace_statements(write: Write) -> tuple[str, str]:
    """Delete the scope, insert the staged rows; both belong into one transaction."""
    columns = ", ".join(quoted(column.name, write.dialect) for column in write.table.stored_columns)
    return (
        f"delete from {write.target} T where {write.in_scope('T')}",
        f"insert into {write.target} ({columns}) select {columns} from {write.staging}",
    )


def duplicates_statement(write: Write, *, staged: bool, limit: int = 10) -> str:
    """Keys that occur more than once in the scope of the target, or in the staging table."""
    source, condition = (write.staging, "true") if staged else (write.target, write.in_scope("T"))
    keys = ", ".join(write.column("T", key) for key in write.table.primary_key)
    return (
        f"select {keys}, count(*) as copies from {source} T where {condition} "
        f"group by {keys} having count(*) > 1 limit {limit}"
    )


def stored_counts(write: Write, obsolete_games: Iterable[str] = ()) -> str:
    """partition, stored rows, of which of obsolete games."""
    return _counts(write, write.target, "T", write.in_scope("T"), write.in_games("T", obsolete_games))


def gone_counts(write: Write, obsolete_games: Iterable[str] = ()) -> str:
    """partition, stored rows whose key is not staged, of which of obsolete games."""
    return _counts(write, write.target, "T", _gone(write), write.in_games("T", obsolete_games))


def staged_counts(write: Write) -> str:
    """partition, staged rows, 0."""
    return _counts(write, write.staging, "S", "true", "false")


def known_counts(write: Write, *, same_content: bool) -> str:
    """partition, staged rows whose key is stored (with the same content), 0."""
    same = " and T.row_hash = S.row_hash" if same_content else ""
    stored = f"select 1 from {write.target} T where {write.same_key('T', 'S')}{same} and {write.in_scope('T')}"
    return _counts(write, write.staging, "S", f"exists ({stored})", "false")


def _counts(write: Write, source: str, alias: str, condition: str, marked: str) -> str:
    part = write.partition(alias)
    return (
        f"select {part} as {PARTITION}, count(*), count(case when {marked} then 1 end) "
        f"from {source} {alias} where {condition} group by {part}"
    )


def _gone(write: Write) -> str:
    staged = f"select 1 from {write.staging} S where {write.same_key('S', 'T')}"
    return f"{write.in_scope('T')} and not exists ({staged})"


def _merge_staged(write: Write) -> str:
    on = f"{write.same_key('T', 'S')} and {write.in_scope('T')}"
    return f"merge into {write.target} T\nusing {write.staging} S\non {on}"


def _update_branch(write: Write) -> str:
    names = [column.name for column in write.table.stored_columns if column.name not in write.table.primary_key]
    assignments = ", ".join(f"{quoted(name, write.dialect)} = {write.column('S', name)}" for name in names)
    return f"when matched and T.row_hash is distinct from S.row_hash then update set {assignments}"


def _insert_branch(write: Write) -> str:
    names = [column.name for column in write.table.stored_columns]
    columns = ", ".join(quoted(name, write.dialect) for name in names)
    values = ", ".join(write.column("S", name) for name in names)
    return f"when not matched then insert ({columns}) values ({values})"
