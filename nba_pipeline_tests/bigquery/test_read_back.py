"""A backend that does something else than it was told, in the modes append and replace: all of it is told.

Merges under such faults are in test_faults.py, the comparison by itself in warehouse/test_bigquery_read_back.py.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from nba_pipeline.schema.table import WriteMode
from nba_pipeline.warehouse import open_warehouse
from nba_pipeline.warehouse.bigquery import BigQueryWarehouse
from nba_pipeline.warehouse.bigquery_read_back import Counts
from nba_pipeline.warehouse.bigquery_write import BigQueryWrite
from nba_pipeline.warehouse.errors import ReadBackError
from nba_pipeline_tests.bigquery.fault_proxy import FaultProxy
from nba_pipeline_tests.bigquery.fault_table import note_fault
from nba_pipeline_tests.bigquery.faults import Rewritten
from nba_pipeline_tests.bigquery.wire import MERGE, QUERY, Request
from nba_pipeline_tests.warehouse.example_tables import D, days, on, put, small_table, stored, tally

pytestmark = pytest.mark.bigquery

STORED = (D, "a", 1)
SENT = (STORED, (D, "b", 2))
Note = Callable[[str, object], None]


@dataclass(frozen=True)
class Harm:
    """What the backend does to the change of a write of SENT over STORED: what is told of it, what is then stored."""

    name: str
    mode: WriteMode
    change: Callable[[str], str]
    told: tuple[str, ...]
    leaves: tuple[tuple[object, ...], ...]

    def __str__(self) -> str:
        return f"{self.mode}: {self.name}".replace(" ", "_")


def replaced(pattern: str, by: str) -> Callable[[str], str]:
    """The statement with the one place where the pattern fits replaced."""

    def change(statement: str) -> str:
        changed, places = re.subn(pattern, by, statement)
        assert places == 1, statement
        return changed

    return change


HARMS = [
    Harm(
        "drops a row",
        "append",
        replaced("when not matched then", "when not matched and S.key <> 'b' then"),
        ("inserted 0 rows, due 1", f"{D}: rows 1, due 2", f"{D}: sent rows stored 1, due 2"),
        leaves=(STORED,),
    ),
    Harm(
        "adds a row nobody sent",
        "append",
        replaced(
            r"using (`[^`]*`) S",
            r"using (select * from \1 union all select * replace ('x' as key) from \1 where key = 'b') S",
        ),
        ("inserted 2 rows, due 1",),
        leaves=(*SENT, (D, "x", 2)),
    ),
    Harm(
        "drops a row",
        "replace",
        replaced(r"(select [^;]* from `[^`]*staging_any[^`]*`);\ncommit", r"\1 where key <> 'b';\ncommit"),
        (f"{D}: rows 1, due 2", f"{D}: sent rows stored as sent 1, due 2"),
        leaves=(STORED,),
    ),
    Harm(
        "stores a row twice",
        "replace",
        replaced(r"insert into ([^;]*);\ncommit", r"insert into \1;\ninsert into \1 where key = 'b';\ncommit"),
        (f"{D}: rows 3, due 2", f"{D}: keys stored twice 1, due 0"),
        leaves=(*SENT, SENT[1]),
    ),
    Harm(
        "keeps the old rows",
        "replace",
        replaced(r"delete from ([^;]*);", r"delete from \1 and false;"),
        (f"{D}: rows 3, due 2", f"{D}: keys stored twice 1, due 0"),
        leaves=(STORED, *SENT),
    ),
]


def changes(request: Request) -> bool:
    return "_change_" in request.job_id


@pytest.fixture
def warehouse(bigquery_address: str) -> BigQueryWarehouse:
    """An empty warehouse behind the proxy."""
    opened = open_warehouse(bigquery_address)
    assert isinstance(opened, BigQueryWarehouse)
    return opened


@pytest.mark.parametrize("harm", HARMS, ids=str)
def test_difference_is_told_with_what_was_due_and_found_and_where_both_rows_are(
    warehouse: BigQueryWarehouse,
    fault_proxy: FaultProxy,
    harm: Harm,
    caplog: pytest.LogCaptureFixture,
    record_property: Note,
) -> None:
    table = small_table("any", harm.mode)
    put(warehouse, table, days(STORED), on(D))
    fault_proxy.heal()
    fault_proxy.inject(Rewritten(harm.change), MERGE if harm.mode == "append" else QUERY, hits=changes)
    with pytest.raises(ReadBackError) as raised, caplog.at_level(logging.ERROR):
        put(warehouse, table, days(*SENT), on(D))
    message = str(raised.value)
    (change,) = [job for job in fault_proxy.jobs() if changes(job)]
    (staging,) = warehouse.staging_tables()
    assert _faults_told(message, change.job_id) == list(harm.told)
    place = f"{warehouse.address.project}.{warehouse.address.dataset('nba_staging')}.{staging.name}"
    assert f"The sent rows stay in `{place}` for 6 hours" in message
    assert re.search(r"for system_time as of timestamp '[^']+'` for 7 days", message)
    assert caplog.messages[-1].endswith("; ".join(harm.told))
    assert stored(warehouse, table) == list(harm.leaves)
    if harm.leaves == (STORED,):  # the next run stores what was dropped
        assert tally(put(warehouse, table, days(*SENT), on(D))) == (1, 0, 0, 1)
        assert stored(warehouse, table) == list(SENT)
    note_fault(record_property, f"{harm.mode}: backend {harm.name}", 1, "noticed (ReadBackError), sent rows kept")


def _faults_told(message: str, job_id: str) -> list[str]:
    """The differences a message lists, after the job that made them."""
    found = re.match(rf"raw\.any: job {job_id} has changed the table, .* what was sent: (.*?)\. The change is", message)
    assert found, message
    return found[1].split("; ")


def test_rows_another_run_appends_before_the_read_back_are_no_fault_of_this_one(
    warehouse: BigQueryWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = small_table("any", "append")
    put(warehouse, log, days(STORED), on(D))
    counted = BigQueryWrite._counted

    def counted_after_another_run(write: BigQueryWrite, step: str) -> Counts:
        if step == "read_back":
            monkeypatch.setattr(BigQueryWrite, "_counted", counted)
            put(warehouse, log, days((D, "c", 3)), on(D))
        return counted(write, step)

    monkeypatch.setattr(BigQueryWrite, "_counted", counted_after_another_run)
    assert tally(put(warehouse, log, days(*SENT), on(D))) == (1, 0, 0, 1)
    assert stored(warehouse, log) == [*SENT, (D, "c", 3)]
    assert warehouse.staging_tables() == []
