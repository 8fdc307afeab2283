"""One write on BigQuery: stage, count, guard, one statement that changes the target, read back.

At most four jobs (load, counts, change, read-back) and, where keys repeat, one that names them. Does NOT belong here:
retrying (bigquery_jobs.py), statements' text, creating the target.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from google.cloud import bigquery

from nba_pipeline.warehouse import merge_sql
from nba_pipeline.warehouse.bigquery_jobs import Finished, Purpose, Work, query_work
from nba_pipeline.warehouse.bigquery_load import load_work
from nba_pipeline.warehouse.bigquery_read_back import Counts, PartitionsChanged, statistics_faults, stored_faults
from nba_pipeline.warehouse.bigquery_sql import stored_name
from nba_pipeline.warehouse.bigquery_staging import STAGING_DATASET, STAGING_HOURS, drop_staging, staging_id
from nba_pipeline.warehouse.bigquery_statements import COUNTS, replace_script, scope_counts
from nba_pipeline.warehouse.bigquery_tables import Tables, staging_resource
from nba_pipeline.warehouse.conform import scope_days
from nba_pipeline.warehouse.errors import ContractError, ReadBackError, WarehouseError
from nba_pipeline.warehouse.merge_sql import PARTITION, Write
from nba_pipeline.warehouse.protocol import Batch, WriteOptions, WriteResult
from nba_pipeline.warehouse.write_plan import (
    Plan,
    guard_shrinking,
    mode_of_write,
    refuse_duplicates,
    repeated_keys,
)

log = logging.getLogger(__name__)
NAMED_FAULTS = 10  # differences a message of the read-back lists


@dataclass
class BigQueryWrite:
    """One write of one batch. `finished` collects its jobs."""

    tables: Tables
    batch: Batch
    options: WriteOptions
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    finished: list[Finished] = field(default_factory=list)

    def __post_init__(self) -> None:
        table, address = self.batch.table, self.tables.address
        self.staging_id = staging_id(table, self.options.run_id, secrets.token_hex(4))
        self.statement = Write(
            table,
            self.batch.scope,
            stored_name(address, table.dataset, table.name),
            stored_name(address, STAGING_DATASET, self.staging_id),
            "bigquery",
        )
        scope = self.batch.scope
        days = (scope.first, scope.last) if scope else (None, None)
        self.purpose = Purpose(self.options.run_id, str(table), *days)

    def apply(self) -> WriteResult:
        """Write the batch. Whatever fails before the change leaves the target as it was; staging stays on failure."""
        started = time.perf_counter()
        mode = mode_of_write(self.batch, self.options)
        self._stage()
        found = self._counted("counts")
        self._check_staged(found)
        if any(found["stored_twice"].values()) and not self.options.repair_duplicates:
            refuse_duplicates(self.batch.table, self._repeated(staged=False))
        plan = self._plan(found)
        if mode != "append":
            guard_shrinking(self.batch.table, plan, self.options)
        counts = {day: plan.counts(day, mode) for day in plan.days}
        staged = time.perf_counter()
        changed = staged
        if any(count.changed for count in counts.values()):
            before = self.now()
            change = self._change(mode)
            changed = time.perf_counter()
            self._verify(mode, change, counts, before)
        verified = time.perf_counter()
        drop_staging(self.tables, self.staging_id)
        return self._result(mode, counts, staged - started, changed - staged, verified - changed)

    def _result(self, mode: str, counts: PartitionsChanged, stage: float, merge: float, verify: float) -> WriteResult:
        queries = [done.job for done in self.finished if isinstance(done.job, bigquery.QueryJob)]
        return WriteResult(
            partitions=counts,
            write_mode=mode,
            staging_table=self.statement.staging.strip("`").partition(".")[2],  # metadata name no project
            job_ids=tuple(done.job_id for done in self.finished),
            attempts=max(done.attempts for done in self.finished),
            bytes_processed=sum(job.total_bytes_processed or 0 for job in queries),
            bytes_billed=sum(job.total_bytes_billed or 0 for job in queries),
            seconds_stage=stage,
            seconds_merge=merge,
            seconds_verify=verify,
        )

    def _stage(self) -> None:
        """A staging table with the declared columns and an end, filled by one load job."""
        table, rows = self.batch.table, self.batch.rows
        reference = self.tables.in_dataset(STAGING_DATASET, self.staging_id)
        expires = self.now() + timedelta(hours=STAGING_HOURS)
        self.tables.create(staging_resource(table, reference, expires))
        if not rows.num_rows:
            return
        labels = self.purpose.labels
        self._run(load_work(self.tables.client, table, rows, self.now(), staging=reference, labels=labels))

    def _run(self, work: Work) -> Finished:
        done = self.tables.jobs.run(work)
        self.finished.append(done)
        return done

    def _query(self, step: str, sql: str) -> tuple[Finished, Work]:
        work = query_work(self.tables.client, f"{self.staging_id}_{step}", str(self.batch.table), sql, self.purpose)
        return self._run(work), work

    def _rows(self, step: str, sql: str) -> list[dict[str, object]]:
        done, work = self._query(step, sql)
        rows: list[dict[str, object]] = self.tables.jobs.rows(done, work.place, work.statement).to_pylist()
        return rows

    def _counted(self, step: str) -> Counts:
        rows = self._rows(step, scope_counts(self.statement, self.options.obsolete_games))
        counted: dict[str, dict[date | None, int]] = {name: {} for name in COUNTS}
        for row in rows:
            day = row[PARTITION]
            assert day is None or isinstance(day, date)
            for name in COUNTS:
                counted[name][day] = int(str(row[name] or 0))  # sums over no rows are NULL
        return counted

    def _check_staged(self, found: Counts) -> None:
        table, sent = self.batch.table, self.batch.rows.num_rows
        staged = sum(found["staged"].values())
        if any(found["staged_twice"].values()):
            named = repeated_keys(self._repeated(staged=True))
            raise ContractError(f"{table}: the batch repeats {named}. Build batches with conform().")
        if any(found["null_keys"].values()):
            raise ContractError(
                f"{table}: {sum(found['null_keys'].values())} row(s) stored or sent have a NULL in their key. Nothing "
                f"was written; the sent rows are in {self.statement.staging}."
            )
        if staged != sent:
            raise ReadBackError(
                f"{table}: sent {sent} rows, staged {staged} in {self.statement.staging}. Nothing was written."
            )

    def _repeated(self, *, staged: bool) -> list[tuple[object, ...]]:
        sql = merge_sql.duplicates_statement(self.statement, staged=staged)
        return [tuple(row.values()) for row in self._rows("repeated", sql)]

    def _plan(self, found: Counts) -> Plan:
        return Plan(
            days=scope_days(self.batch.scope),
            stored=found["stored"],
            staged=found["staged"],
            known=found["known"],
            same=found["same"],
            gone=found["gone"],
            gone_obsolete=found["gone_obsolete"],
            stored_obsolete=found["stored_obsolete"],
        )

    def _change(self, mode: str) -> Finished:
        """The one statement that changes the target."""
        made = {
            "merge": merge_sql.merge_statement,
            "append": merge_sql.append_statement,
            "replace": replace_script,
        }[mode]
        return self._query("change", made(self.statement))[0]

    def _verify(self, mode: str, change: Finished, counts: PartitionsChanged, before: datetime) -> None:
        """What the engine counted and what is now stored, per partition, against the plan."""
        instant = (change.job.created or before).isoformat(timespec="microseconds")  # by BigQuery's own clock
        try:
            found = self._counted("read_back")
        except WarehouseError:
            log.error("%s: changed by job %s and not verified; before: %s", self.batch.table, change.job_id, instant)
            raise
        faults = [] if mode == "replace" else statistics_faults(change.job, counts)
        faults += stored_faults(found, counts, mode)
        if not faults:
            return
        log.error("%s: read-back failed, before: %s; %s", self.batch.table, instant, "; ".join(faults))
        more = f" and {len(faults) - NAMED_FAULTS} more (all in the log)" if len(faults) > NAMED_FAULTS else ""
        raise ReadBackError(
            f"{self.batch.table}: job {change.job_id} has changed the table, but it does not hold what was sent: "
            f"{'; '.join(faults[:NAMED_FAULTS])}{more}. The change is committed. The sent rows stay in "
            f"{self.statement.staging} for {STAGING_HOURS} hours; the rows of before are in `select * from "
            f"{self.statement.target} for system_time as of timestamp '{instant}'` for 7 days. "
            "Was the table written meanwhile? Launch again."
        )
