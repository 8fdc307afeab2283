"""Every command of the runbook in docs/operating.md does on the simulated sample what its section says.

The sections are walked in the order of the life of one warehouse, each in the situation it is written for.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from nba_pipeline.sample import write_sample
from nba_pipeline_tests.commands.processes import Operator
from nba_pipeline_tests.source_tree import ROOT

pytestmark = pytest.mark.long

GAME_DATES = 20  # 2024-10-22 .. 2024-11-11
LATE = "payloads/nba_boxscore_live/2024-11-10"
CORRECTED_DAY = "2024-11-08"
PLAYERS = "nba_analytics.player_game_summary"
TEAMS = "nba_analytics.team_offense_game_summary"
OFFICIALS = "nba_raw.nbac_referee_game_assignments"
ELSEWHERE = {"Moving to BigQuery"}  # needs a BigQuery server


def sections() -> dict[str, list[str]]:
    """Heading of the runbook -> its commands."""
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    runbook = text.partition("\n# Runbook\n")[2].partition("\n# Reading")[0]
    found = {}
    for section in runbook.split("\n## ")[1:]:
        heading, _, body = section.partition("\n")
        blocks = re.findall(r"^```sh\n(.*?)^```$", body, re.MULTILINE | re.DOTALL)
        found[heading] = [line for block in blocks for line in block.splitlines() if line.startswith("nba-pipeline ")]
    return found


@dataclass(frozen=True)
class Walk:
    """One warehouse of the sample, and the commands of a section run on it."""

    operator: Operator

    def follow(self, heading: str) -> list[int]:
        """Exit code of each command of the section, in order."""
        codes = []
        for command in sections()[heading]:
            _, name, *options = shlex.split(command)
            done = self.operator.run(name, *options)
            assert done.returncode != 3, f"{command}\n{done.stdout}{done.stderr}"
            codes.append(done.returncode)
        return codes

    def change(self, *statements: str) -> None:
        """Write to the warehouse behind the pipeline's back."""
        with duckdb.connect(str(self.operator.warehouse)) as connection:
            for statement in statements:
                connection.execute(statement)

    def value(self, sql: str) -> object:
        with duckdb.connect(str(self.operator.warehouse), read_only=True) as connection:
            return connection.execute(sql).fetchall()[0][0]


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """The first morning: everything has landed but the box scores of one date, and the back-fill has said so."""
    folder = tmp_path_factory.mktemp("runbook")
    landing = folder / "landing"
    write_sample(str(landing), game_dates=GAME_DATES)
    shutil.move(landing / LATE, folder / "late")
    operator = Operator(landing, folder)
    morning = operator.run("backfill", "--from", "2024-10-22", "--to", "2024-11-11", "--yes")
    assert morning.returncode == 1, morning.stdout + morning.stderr
    assert "raw.nbac_team_boxscore  2024-11-10" in morning.stdout
    return Walk(operator)


def test_every_section_with_commands_is_walked_below() -> None:
    walked = set(re.findall(r'follow\("([^"]+)"\)', Path(__file__).read_text(encoding="utf-8")))
    assert {heading for heading, commands in sections().items() if commands} == walked | ELSEWHERE


def test_a_late_source_completes_its_date_and_what_waited_for_it(walk: Walk) -> None:
    shutil.move(walk.operator.folder / "late", walk.operator.landing / LATE)
    assert walk.follow("A late source") == [0, 0]
    assert walk.value(f"select count(distinct game_id) from {TEAMS} where game_date = date '2024-11-10'") != 0


def test_the_day_runs_what_is_missing_and_finds_everything_there(walk: Walk) -> None:
    assert walk.follow("The day") == [0, 2, 0]


def test_a_correction_reaches_the_tables_that_read_it(walk: Walk) -> None:
    before = walk.value(f"select sum(steals) from {PLAYERS} where game_date = date '{CORRECTED_DAY}'")
    _land_a_correction(walk.operator.landing / "payloads/nba_boxscore_live" / CORRECTED_DAY)
    assert walk.follow("A correction") == [0, 0]
    after = walk.value(f"select sum(steals) from {PLAYERS} where game_date = date '{CORRECTED_DAY}'")
    assert after == int(str(before)) + 1


def test_a_failed_backfill_is_launched_again_and_brings_back_what_is_gone(walk: Walk) -> None:
    count = f"select count(*) from {TEAMS} where game_date = date '2024-11-07'"
    before = walk.value(count)
    walk.change(f"delete from {TEAMS} where game_date = date '2024-11-07'")
    assert walk.follow("A failed back-fill")[-2:] == [0, 0]
    assert walk.value(count) == before


def test_duplicates_are_found_repaired_and_computed_again(walk: Walk) -> None:
    rows = walk.value(f"select count(*) from {PLAYERS}")
    walk.change(f"insert into {PLAYERS} select * from {PLAYERS} where game_date = date '{CORRECTED_DAY}' limit 7")
    assert walk.follow("Duplicates found") == [1, 0, 0]
    assert walk.value(f"select count(*) from {PLAYERS}") == rows


def test_a_schema_change_is_migrated_on_purpose(walk: Walk) -> None:
    walk.change(f"alter table {OFFICIALS} drop column official_jersey_number")
    assert walk.follow("A schema change") == [0, 0, 0]
    columns = "select count(*) from duckdb_columns() where table_name = 'nbac_referee_game_assignments'"
    assert walk.value(f"{columns} and column_name = 'official_jersey_number'") == 1


def test_a_lost_warehouse_comes_back_from_the_landing_zone(walk: Walk) -> None:
    counts = [f"select count(*) from {table}" for table in (PLAYERS, TEAMS, "nba_precompute.ml_feature_store")]
    before = [walk.value(count) for count in counts]
    walk.operator.warehouse.unlink()
    assert walk.follow("Restoring from the landing zone")[0] == 0
    assert [walk.value(count) for count in counts] == before


def test_three_weeks_are_too_little_to_train_on(walk: Walk) -> None:
    assert walk.follow("Training a model") == [1]


def _land_a_correction(day: Path) -> None:
    """The box score of one game once more, fetched a day later, with one steal more."""
    original = min(day.iterdir())
    body = json.loads(original.read_text())
    player = next(player for player in body["game"]["homeTeam"]["players"] if player["played"] == "1")
    player["statistics"]["steals"] += 1
    game, _, _ = original.name.partition("__")
    (day / f"{game}__20241110T150000Z.json").write_text(json.dumps(body))
