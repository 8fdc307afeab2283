"""The alert sensor on a real instance and a real receiver, tick by tick."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest
from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluation

from nba_pipeline.alerts.alert_sensor import Source, alert_sensor
from nba_pipeline.alerts.book import Book, dump, load
from nba_pipeline.alerts.delivery import FILE, AlertsNotConfiguredError, DeliveryError
from nba_pipeline.alerts.finding import Finding, Key
from nba_pipeline.orchestration.checks.verdicts import Verdict
from nba_pipeline.orchestration.checks.worst import worst_table
from nba_pipeline.orchestration.horizon import NEW_YORK
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.orchestration.resources import WarehouseResource
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.schema import Table, TableRows
from nba_pipeline_tests.alerts.receiver import Receiver, listening
from nba_pipeline_tests.checks.store import DAY, NEXT_DAY, PGS, SCHEDULE, Store
from nba_pipeline_tests.orchestration.toy import SCORES, frame, toy_assets, toy_resources
from nba_pipeline_tests.readiness.history import evaluated, materialised

PLAYERS = "analytics.player_game_summary"


class Sensor:
    """Ticks the sensor with a clock of its own; the cursor is what a real daemon would have kept."""

    def __init__(
        self, home: Path, instance: dg.DagsterInstance, tables: Sequence[Table], sources: Sequence[Source] = ()
    ) -> None:
        self.now = datetime.now(UTC).replace(hour=9, minute=0) + timedelta(days=2)
        self.cursor: str | None = None
        self.instance, self.url = instance, f"duckdb:///{home}/warehouse.duckdb"
        self.sensor = alert_sensor(home, tables, running=False, sources=sources, clock=lambda: self.now)

    def follow_the_real_clock(self) -> None:
        """Start now, which is when Dagster writes down what real runs do, with today's daily message already sent."""
        self.now = datetime.now(UTC)
        self.cursor = dump(Book(daily_on=self.now.astimezone(NEW_YORK).date().isoformat()))

    def tick(self, after: timedelta = timedelta(minutes=1)) -> str:
        self.now += after
        resources = {"warehouse": WarehouseResource(url=self.url)}
        with dg.build_sensor_context(self.instance, cursor=self.cursor, resources=resources) as context:
            said = self.sensor.evaluate_tick(context)
            self.cursor = said.cursor
        return str(said.skip_message)


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with listening() as found:
        (tmp_path / FILE).write_text(f"webhook: {found.address}\ntimeout_seconds: 5\n")
        yield found


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with open_instance(tmp_path / "dagster_home") as opened:
        yield opened


def headings(receiver: Receiver) -> list[str]:
    return [text.partition("\n")[0] for text in receiver.texts]


def test_forty_failing_evaluations_and_a_pass_are_one_alert_and_one_recovery(
    tmp_path: Path, instance: dg.DagsterInstance, receiver: Receiver
) -> None:
    sensor = Sensor(tmp_path, instance, [PGS])
    for _ in range(40):
        evaluated(instance, PGS, "null_regression", None, "1 of 200 partitions")
        sensor.tick()
    evaluated(instance, PGS, "null_regression", None, "", passed=True)
    sensor.tick()
    sensor.tick()
    assert headings(receiver) == [f"ERROR: {PLAYERS} null_regression", f"OK: {PLAYERS} null_regression"]
    assert "found: whole table: 1 of 200 partitions" in receiver.texts[0]


def test_a_blocking_check_names_its_partitions_and_is_a_block(
    tmp_path: Path, instance: dg.DagsterInstance, receiver: Receiver
) -> None:
    materialised(instance, PGS, [DAY, NEXT_DAY])
    for day in (DAY, NEXT_DAY):
        evaluated(instance, PGS, "row_count_vs_schedule", day, "2 of 16")
    Sensor(tmp_path, instance, [PGS]).tick()
    assert headings(receiver) == [f"BLOCK: {PLAYERS} row_count_vs_schedule"]
    assert "partitions (2): 2024-01-15..2024-01-16" in receiver.texts[0]
    assert "category: data_missing" in receiver.texts[0]


def failing_job(folder: Path, broken: Sequence[date]) -> dg.JobDefinition:
    """The toy tables, whose source raises on some dates; those in fixed.txt are good again."""

    def source(dates: pd.DatetimeIndex) -> TableRows:
        days = [stamp.date() for stamp in dates]
        if set(days) & set(broken) and not (folder / "fixed.txt").exists():
            raise ValueError(f"unusable input on {days[0]}")
        return TableRows(frame(*((str(day), "BOS", 100, 0.5) for day in days)))

    definitions = dg.Definitions(
        assets=toy_assets(source), resources=toy_resources(folder), executor=dg.in_process_executor
    )
    return definitions.resolve_implicit_global_asset_job_def().get_subset(asset_selection={asset_key(SCORES)})


@pytest.fixture
def _toy_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nba_pipeline.catalog.tables", lambda: {str(SCORES): SCORES})
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "1000")


@pytest.mark.usefixtures("_toy_catalog")
def test_thirteen_partitions_that_fail_in_one_backfill_are_one_message_with_thirteen_dates(
    tmp_path: Path, instance: dg.DagsterInstance, receiver: Receiver
) -> None:
    broken = [date(2024, 1, 1) + timedelta(days=2 * number) for number in range(13)]
    job = failing_job(tmp_path, broken)

    def run(day: date) -> None:
        tags = {"nba/trigger": "backfill", "dagster/partition": str(day)}
        job.execute_in_process(instance=instance, tags=tags, raise_on_error=False)

    sensor = Sensor(tmp_path, instance, [SCORES])
    sensor.follow_the_real_clock()
    for day in broken:
        run(day)
    sensor.tick()
    assert receiver.texts == []  # held back: the next run of the backfill may be about to start
    sensor.tick(timedelta(minutes=5))
    summaries = [text for text in receiver.texts if text.startswith("BACKFILL")]
    assert len(summaries) == 1
    heading, line = summaries[0].splitlines()
    assert heading == "BACKFILL ended: 1 ERROR"
    named = ", ".join(map(str, broken))
    assert line.startswith(f"ERROR: raw.toy_scores run_failure: {named}; run: nba-pipeline backfill --from 2024-01-01")
    (tmp_path / "fixed.txt").touch()
    span = {"dagster/asset_partition_range_start": str(broken[0]), "dagster/asset_partition_range_end": str(broken[-1])}
    job.execute_in_process(instance=instance, tags={"nba/trigger": "backfill", **span})
    sensor.now = datetime.now(UTC)
    sensor.tick()
    sensor.tick(timedelta(minutes=5))
    assert receiver.texts[-1].splitlines() == ["BACKFILL ended: 1 OK", "OK: raw.toy_scores run_failure"]


@pytest.mark.usefixtures("_toy_catalog")
def test_a_failed_run_of_the_day_is_told_at_once_with_its_error(
    tmp_path: Path, instance: dg.DagsterInstance, receiver: Receiver
) -> None:
    tags = {"nba/trigger": "sensor", "dagster/partition": str(DAY)}
    failing_job(tmp_path, [DAY]).execute_in_process(instance=instance, tags=tags, raise_on_error=False)
    sensor = Sensor(tmp_path, instance, [SCORES])
    sensor.follow_the_real_clock()
    sensor.tick()
    told = next(text for text in receiver.texts if text.startswith("ERROR: raw.toy_scores run_failure"))
    assert "found: 2024-01-15: ValueError: unusable input on 2024-01-15" in told
    assert "category: code" in told
    assert "run: nba-pipeline backfill --from 2024-01-15 --to 2024-01-15 --tables toy_scores --yes" in told


def test_a_webhook_that_answers_404_fails_the_tick_and_the_alert_is_sent_by_the_next(
    tmp_path: Path, instance: dg.DagsterInstance, receiver: Receiver
) -> None:
    evaluated(instance, PGS, "null_regression", None, "lost")
    sensor = Sensor(tmp_path, instance, [PGS])
    receiver.answers = [404]
    with pytest.raises(DeliveryError, match="404"):
        sensor.tick()
    assert sensor.cursor is None
    sensor.tick()
    assert headings(receiver) == [f"ERROR: {PLAYERS} null_regression"]


def test_what_was_not_accepted_is_kept_and_fails_the_next_tick_without_sending_anything_twice(
    tmp_path: Path, instance: dg.DagsterInstance, receiver: Receiver
) -> None:
    for check in ("duplicates", "null_regression"):
        evaluated(instance, PGS, check, None, "bad")
    sensor = Sensor(tmp_path, instance, [PGS])
    receiver.answers = [200, 404, 404]
    assert sensor.tick() == "1 sent, 1 kept, 2 open"
    with pytest.raises(DeliveryError):
        sensor.tick()
    assert sensor.tick() == "1 sent, 0 kept, 2 open"
    assert headings(receiver) == [f"ERROR: {PLAYERS} duplicates", f"ERROR: {PLAYERS} null_regression"]


def test_the_check_on_the_dates_of_all_tables_is_told_with_the_command_that_fills_them(
    tmp_path: Path, instance: dg.DagsterInstance, receiver: Receiver
) -> None:
    evaluation = AssetCheckEvaluation(
        asset_key=asset_key(SCHEDULE),
        check_name="coverage",
        passed=False,
        severity=dg.AssetCheckSeverity.ERROR,
        description="1 of 9 partitions",
        metadata={"worst_partitions": worst_table(SCHEDULE, "coverage", [Verdict(DAY, "error", "missing in 1: x")])},
    )
    kind = dg.DagsterEventType.ASSET_CHECK_EVALUATION.value
    instance.report_dagster_event(dg.DagsterEvent(kind, "", event_specific_data=evaluation), "a-run")
    Sensor(tmp_path, instance, [SCHEDULE]).tick()
    told = receiver.texts[0]
    assert told.startswith("ERROR: raw.nbac_schedule coverage")
    assert "category: data_missing" in told
    assert "run: nba-pipeline backfill --from 2024-01-15 --to 2024-01-15 --only missing --yes" in told


def test_a_check_of_the_whole_table_names_its_worst_dates_and_the_command_for_them(
    tmp_path: Path, instance: dg.DagsterInstance, receiver: Receiver
) -> None:
    verdicts = [Verdict(day, "error", f"usage_rate lost on {day}") for day in (DAY, NEXT_DAY)]
    evaluation = AssetCheckEvaluation(
        asset_key=asset_key(PGS),
        check_name="null_regression",
        passed=False,
        severity=dg.AssetCheckSeverity.ERROR,
        description="2 of 9 partitions",
        metadata={"worst_partitions": worst_table(PGS, "null_regression", verdicts)},
    )
    kind = dg.DagsterEventType.ASSET_CHECK_EVALUATION.value
    instance.report_dagster_event(dg.DagsterEvent(kind, "", event_specific_data=evaluation), "a-run")
    Sensor(tmp_path, instance, [PGS]).tick()
    lines = receiver.texts[0].splitlines()
    found = "2 of 9 partitions; 2024-01-15: usage_rate lost on 2024-01-15; 2024-01-16: usage_rate lost on 2024-01-16"
    assert lines[2] == f"found: whole table: {found}"
    assert lines[-2:] == [
        "look: run a-run",
        "run: nba-pipeline verify --from 2024-01-15 --to 2024-01-16 --tables player_game_summary",
    ]


def test_without_an_address_the_tick_fails(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    with pytest.raises(AlertsNotConfiguredError, match="does not exist"):
        Sensor(tmp_path, instance, [PGS]).tick()


def test_what_a_source_no_longer_reports_has_recovered(
    tmp_path: Path, instance: dg.DagsterInstance, receiver: Receiver
) -> None:
    late = Finding(Key(PLAYERS, "freshness", "error", "upstream_late"), observed="2 game dates behind, limit 1")
    reported = [late]
    look: Callable[..., list[Finding]] = lambda *_: reported  # noqa: E731
    sensor = Sensor(tmp_path, instance, [PGS], [Source(frozenset({"freshness"}), look)])
    sensor.tick()
    sensor.tick()
    reported.clear()
    sensor.tick()
    assert headings(receiver) == [f"ERROR: {PLAYERS} freshness", f"OK: {PLAYERS} freshness"]


def test_the_daily_message_comes_once_after_eleven_eastern_and_holds_the_warnings(
    tmp_path: Path, instance: dg.DagsterInstance, receiver: Receiver
) -> None:
    store = Store(tmp_path / "warehouse.duckdb")
    store.create(SCHEDULE)
    evaluated(instance, PGS, "value_ranges", None, "3 of 9 partitions", dg.AssetCheckSeverity.WARN)
    sensor = Sensor(tmp_path, instance, [SCHEDULE, PGS])
    sensor.now = datetime(2024, 1, 17, 15, 58, tzinfo=UTC)  # 10:58 in New York
    sensor.tick()
    assert receiver.texts == []
    sensor.tick()
    sensor.tick()
    sensor.tick()
    assert len(receiver.texts) == 1
    assert receiver.texts[0].splitlines() == [
        "DAILY 2024-01-17: 2024-01-16 is NOT COMPLETE: its schedule is not stored",
        "oldest gap: none",
        "open: 0 ERROR, 0 BLOCK, 1 WARN",
        "since the last digest:",
        f"WARN: {PLAYERS} value_ranges: whole table",
    ]


def test_the_daily_message_names_the_oldest_gap(
    tmp_path: Path, instance: dg.DagsterInstance, receiver: Receiver
) -> None:
    store = Store(tmp_path / "warehouse.duckdb")
    for day in (DAY, NEXT_DAY):
        store.game(day, "BOS", "NYK")
    materialised(instance, SCHEDULE, [DAY, NEXT_DAY])
    materialised(instance, PGS, [DAY])
    store.insert(PGS, {"game_date": DAY})
    sensor = Sensor(tmp_path, instance, [SCHEDULE, PGS])
    sensor.now = datetime(2024, 1, 17, 17, tzinfo=UTC)
    sensor.tick()
    lines = receiver.texts[0].splitlines()
    assert lines[0] == "DAILY 2024-01-17: 2024-01-16 is NOT COMPLETE: 1 of 2 tables: player_game_summary"
    assert lines[1] == "oldest gap: 2024-01-16 (player_game_summary)"
    sensor.tick()
    assert load(sensor.cursor).daily_on == "2024-01-17"
