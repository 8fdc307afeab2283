"""Statements only BigQuery runs: all counts of a write in one query, a replacement as one script.

A job costs a second or more whatever it does, so that what DuckDB asks in seven queries is one here. Does NOT belong
here: the MERGE (merge_sql.py), running anything.
"""

from __future__ import annotations

from collections.abc import Iterable

from nba_pipeline.warehouse import merge_sql
from nba_pipeline.warehouse.ddl import quoted
from nba_pipeline.warehouse.merge_sql import PARTITION, Write

COUNTS = (
    "stored",  # rows of the target
    "stored_obsolete",  # of which of games the schedule no longer lists
    "staged",  # rows of the staging table
    "known",  # staged keys that are stored
    "same",  # of which with the same content
    "gone",  # stored rows whose key is not staged
    "gone_obsolete",
    "stored_twice",  # keys stored more than once
    "staged_twice",
    "null_keys",  # rows of either with a NULL in the key
)


def scope_counts(write: Write, obsolete_games: Iterable[str] = ()) -> str:
    """partition and COUNTS: what the target holds in the scope, what was sent, and how the two meet by key."""
    keys = write.table.primary_key
    own = ", ".join(quoted(key, write.dialect) for key in keys)
    target = ", ".join(write.column("T", key) for key in keys)
    both = ", ".join(
        f"coalesce({write.column('S', k)}, {write.column('K', k)}) as {quoted(k, write.dialect)}" for k in keys
    )
    places = ", ".join(str(place) for place in range(1, len(keys) + 1))
    null_key = " or ".join(f"{write.column('P', key)} is null" for key in keys)
    # a table without partitions is one group: BigQuery does not group by a constant
    per_partition = f" group by {write.partition('P')}" if write.table.partition_column else ""
    return f"""with sent as (
  select {own}, count(*) as sent_copies, min(row_hash) as sent_hash from {write.staging} group by {places}
), held as (
  select {target}, T.row_hash as held_hash, count(*) as held_copies,
    count(case when {write.in_games("T", obsolete_games)} then 1 end) as held_obsolete
  from {write.target} T where {write.in_scope("T")} group by {places}, T.row_hash
), pairs as (
  select {both}, coalesce(max(S.sent_copies), 0) as sent_copies, coalesce(sum(K.held_copies), 0) as held_copies,
    coalesce(sum(K.held_obsolete), 0) as held_obsolete,
    max(case when S.sent_hash = K.held_hash then 1 else 0 end) as same_content
  from sent S full outer join held K on {write.same_key("S", "K")} group by {places}
)
select {write.partition("P")} as {PARTITION},
  sum(P.held_copies) as stored,
  sum(P.held_obsolete) as stored_obsolete,
  sum(P.sent_copies) as staged,
  sum(case when P.held_copies > 0 then P.sent_copies else 0 end) as known,
  sum(case when P.same_content = 1 then P.sent_copies else 0 end) as same,
  sum(case when P.sent_copies = 0 then P.held_copies else 0 end) as gone,
  sum(case when P.sent_copies = 0 then P.held_obsolete else 0 end) as gone_obsolete,
  sum(case when P.held_copies > 1 then 1 else 0 end) as stored_twice,
  sum(case when P.sent_copies > 1 then 1 else 0 end) as staged_twice,
  sum(case when {null_key} then P.sent_copies + P.held_copies else 0 end) as null_keys
from pairs P{per_partition}"""


def replace_script(write: Write) -> str:
    """Replace the scope by the staged rows in one transaction; rows that do not change keep their instant."""
    delete, insert = merge_sql.replace_statements(write)
    steps = ("begin transaction", merge_sql.keep_instants_statement(write), delete, insert, "commit transaction")
    return ";\n".join(steps) + ";"
