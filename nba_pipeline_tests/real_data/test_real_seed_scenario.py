"""What once went wrong for weeks, planted on a real season: lost dates, doubled keys, a value that fades away.

Every fault is found and named by the command an operator runs, mended by the command it names, and gone afterwards.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from nba_pipeline.analytics import player_game_summary
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.orchestration.resources import WarehouseResource
from nba_pipeline.orchestration.run_tags import TRIGGER_TAG
from nba_pipeline.orchestration.table_asset import asset_key
from nba_pipeline.orchestration.whole_table_checks import whole_table_checks
from nba_pipeline_tests.commands.processes import Operator

FIRST, LAST = "2023-10-24", "2023-12-31"
WINDOW = ("--from", FIRST, "--to", LAST)
TABLE = "nba_analytics.player_game_summary"
PGS = "analytics.player_game_summary"
READ = (
    "nbac_schedule,nbac_player_boxscores,nbac_play_by_play,nbac_gamebook_player_stats,nbac_player_list_current,"
    "espn_team_rosters,odds_api_player_points_props,teams,venues,games,seasons,players_registry,player_aliases"
)
LOST = (
    "2023-10-27", "2023-10-28", "2023-11-01", "2023-11-02", "2023-11-03", "2023-11-10", "2023-11-12", "2023-11-14",
    "2023-11-17", "2023-11-18", "2023-11-21", "2023-11-24", "2023-11-30",
)  # fmt: skip
DOUBLED = ("2023-11-08", "2023-11-15", "2023-11-22")  # the three busiest dates left: 525 keys and more
GROUPS, TRIPLES = 525, 46  # 525 keys stored twice, 46 of them three times: 1,096 rows, 571 of them surplus
FADING = ("2023-12-01", "2023-12-31")
LOST_SHARE = 0.45  # of the players of a date

DELETE = f"delete from {TABLE} where game_date in ({', '.join(f'date {day!r}' for day in LOST)})"
RANKED = f"""select rowid as id, row_number() over (order by md5(player_lookup || game_date)) as place
from {TABLE} where game_date in ({", ".join(f"date {day!r}" for day in DOUBLED)})"""
DOUBLE = f"""insert into {TABLE} select t.* from {TABLE} t join ({RANKED}) r on r.id = t.rowid
join (values (1), (2)) copies (n) on r.place <= case when n = 1 then {GROUPS} else {TRIPLES} end"""
# As a faulty computation would have stored them: with the hash of what they hold, not of what they should hold.
FADE = f"""update {TABLE} set usage_rate = null, row_hash = left(md5(row_hash), 16)
where game_date between date '{FADING[0]}' and date '{FADING[1]}'
and hash(player_lookup, game_date) % 100 < {100 * LOST_SHARE:.0f}"""
COUNTS = f"select count(*), count(distinct (game_date, player_lookup)), count(usage_rate) from {TABLE}"


@pytest.fixture(scope="module")
def operator(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """Player games of the first ten weeks of 2023-24, with all they are made of."""
    operator = Operator(shared_data, tmp_path_factory.mktemp("seed_scenario"))
    done = operator.run("backfill", *WINDOW, "--tables", f"{READ},player_game_summary", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    return operator


def execute(operator: Operator, *statements: str) -> Any:
    """Change the file behind Dagster's back; the answer of the last statement."""
    with duckdb.connect(str(operator.warehouse)) as connection:
        return [connection.execute(statement).fetchall() for statement in statements][-1]


def coverage(operator: Operator) -> tuple[int, dict[str, Any]]:
    asked = operator.run("coverage", *WINDOW, "--tables", "player_game_summary", "--json")
    return asked.returncode, json.loads(asked.stdout)["tables"][0]


def table_runs(operator: Operator) -> dict[str, set[str]]:
    """Run -> dates of the table of every backfill so far."""
    with open_instance(operator.folder / "dagster_home") as instance:
        runs = instance.get_runs()
        assert {run.tags.get(TRIGGER_TAG) for run in runs} == {"backfill"}
        ranges = {
            run.run_id: (run.tags["dagster/asset_partition_range_start"], run.tags["dagster/asset_partition_range_end"])
            for run in runs
            if run.asset_selection and any(key.path[-1] == "player_game_summary" for key in run.asset_selection)
        }
    days = [
        date.fromordinal(n).isoformat() for n in range(date(2023, 10, 24).toordinal(), date(2024, 1, 1).toordinal())
    ]
    return {run: {day for day in days if first <= day <= last} for run, (first, last) in ranges.items()}


def test_lost_dates_doubled_keys_and_a_fading_value_are_named_mended_and_gone(operator: Operator) -> None:
    clean, first_look = execute(operator, COUNTS)[0], coverage(operator)
    assert (first_look[1]["present"], first_look[1]["missing"]) == (first_look[1]["expected"], [])
    before = set(table_runs(operator))
    lost = execute(operator, f"select count(*) from {TABLE} where game_date in ({', '.join(map(repr, LOST))})")[0][0]
    execute(operator, DELETE, FADE)
    _lost_dates_are_named(operator)
    rows, keys, _ = execute(operator, DOUBLE, COUNTS)[0]
    assert (keys, rows - keys) == (clean[1] - lost, GROUPS + TRIPLES)
    _doubled_dates_are_named(operator)
    _the_fading_value_is_named(operator)
    _one_row_of_each_key_is_left(operator, keys)
    _exactly_the_lost_dates_run(operator, before)

    again = operator.run("backfill", "--from", FADING[0], "--to", FADING[1], "--tables", PGS, "--only", "all", "--yes")
    assert again.returncode == 0, again.stdout + again.stderr
    assert execute(operator, COUNTS)[0] == clean
    assert coverage(operator) == first_look
    assert _evaluate(operator, "null_regression")["passed"] is True
    assert _evaluate(operator, "duplicates")["passed"] is True


def _lost_dates_are_named(operator: Operator) -> None:
    code, report = coverage(operator)
    assert code == 1
    assert sorted(report["missing"]) == sorted(LOST)
    assert all("0 stored" in report["reasons"][day] for day in LOST)


def _doubled_dates_are_named(operator: Operator) -> None:
    looked = operator.run("duplicates", "--tables", PGS, *WINDOW)
    assert looked.returncode == 1
    assert f"{GROUPS} key(s) stored more than once, {GROUPS + TRIPLES} surplus row(s)" in looked.stdout
    assert [day for day in DOUBLED if f"  {day}  " not in looked.stdout] == []


def _the_fading_value_is_named(operator: Operator) -> None:
    """The check of the whole table, as it runs after every backfill and by itself."""
    found = _evaluate(operator, "null_regression")
    assert found["passed"] is False
    first = found["worst"][0]
    assert (first["partition"], first["severity"]) == (FADING[0], "error")
    assert "usage_rate" in first["finding"]
    assert "REGRESSION since 2023-12-01" in first["finding"]
    assert first["repair"] == f"nba-pipeline backfill --tables {PGS} --from {FADING[0]} --to {FADING[0]} --only all"
    doubled = _evaluate(operator, "duplicates")
    assert {record["partition"] for record in doubled["worst"]} == set(DOUBLED)


def _one_row_of_each_key_is_left(operator: Operator, keys: int) -> None:
    repaired = operator.run("duplicates", "--tables", PGS, *WINDOW, "--repair")
    assert repaired.returncode == 0, repaired.stdout + repaired.stderr
    rows, distinct, _ = execute(operator, COUNTS)[0]
    assert (rows, distinct) == (keys, keys)
    refused = "select count(*) from nba_raw.quarantined_rows where rule = 'duplicate'"
    assert execute(operator, refused)[0][0] == GROUPS + TRIPLES


def _exactly_the_lost_dates_run(operator: Operator, before: set[str]) -> None:
    filled = operator.run("backfill", *WINDOW, "--tables", PGS, "--only", "missing", "--yes")
    assert filled.returncode == 0, filled.stdout + filled.stderr
    ran = [days for run, days in table_runs(operator).items() if run not in before]
    assert sorted(day for days in ran for day in days) == sorted(LOST)


def _evaluate(operator: Operator, check: str) -> dict[str, Any]:
    """The check as its page shows it: evaluated by Dagster on the file of now, with the table of worst partitions."""
    job = dg.Definitions(
        assets=[dg.AssetSpec(asset_key(player_game_summary.TABLE))],
        asset_checks=whole_table_checks(player_game_summary.TABLE),
        resources={"warehouse": WarehouseResource(url=f"duckdb:///{operator.warehouse}")},
        executor=dg.in_process_executor,
    ).resolve_implicit_global_asset_job_def()
    found = next(e for e in job.execute_in_process().get_asset_check_evaluations() if e.check_name == check)
    worst: Any = found.metadata["worst_partitions"]
    return {"passed": found.passed, "worst": [record.data for record in worst.records]}
