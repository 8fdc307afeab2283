"""The commands that read and `nba_pipeline.read` on BigQuery: the answers of DuckDB on the same rows, word for word."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from nba_pipeline import ReadError, catalog, read
from nba_pipeline.analytics import player_game_summary, upcoming_team_game_context
from nba_pipeline.reference import teams
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import quarantine
from nba_pipeline_tests.bigquery.fault_proxy import running_proxy
from nba_pipeline_tests.bigquery.server import Server
from nba_pipeline_tests.bigquery.stored_sample import FIRST, LAST, RANGE, Answer, StoredSample, answered, store_sample
from nba_pipeline_tests.warehouse.engines import BigQueryEngine

pytestmark = [pytest.mark.bigquery, pytest.mark.slow]

PLAYERS, CONTEXT, TEAMS = player_game_summary.TABLE, upcoming_team_game_context.TABLE, teams.TABLE
DAY, LATER, NO_GAMES = "2024-11-06", "2024-11-07", "2024-11-05"
SEASON = ("--season", "2024")
VERIFIED = ("--tables", "player_game_summary,upcoming_team_game_context")
Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def sample(bigquery_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoredSample]:
    """The sample in one file and one set of datasets for all tests of this module, which leave it as it was."""
    with running_proxy(bigquery_server.rest_port) as proxy:
        engine = BigQueryEngine(bigquery_server, proxy.port, f"c{secrets.token_hex(5)}_")
        yield store_sample(tmp_path_factory.mktemp("commands"), engine, "sample")


@pytest.fixture
def ask(sample: StoredSample, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """A command on the warehouse of the engine named first."""

    def asked(engine: str, *arguments: str) -> Answer:
        return answered(sample, engine, arguments, monkeypatch, capsys)

    return asked


@pytest.mark.parametrize(
    ("command", "code", "verdict"),
    [
        (("coverage", *RANGE), 0, f"READY: {len(catalog.tables())} of {len(catalog.tables())} tables complete"),
        (("verify", *RANGE, *VERIFIED), 2, "READY WITH WARNINGS"),
        (("ml-ready", *RANGE), 1, "NOT READY: "),
    ],
    ids=["coverage", "verify", "ml-ready"],
)
def test_judgement_is_the_one_of_duckdb_in_every_line(
    ask: Ask, command: tuple[str, ...], code: int, verdict: str
) -> None:
    found = ask("bigquery", *command)
    assert found.code == code, found.lines
    assert found.lines[-1].startswith(verdict)
    assert found == ask("duckdb", *command)


@pytest.fixture
def without_a_day(sample: StoredSample) -> Iterator[str]:
    """A date of which BigQuery has lost the rows of one table."""
    sample.execute(CONTEXT, lambda name: f"delete from {name} where game_date = date '{DAY}'")
    yield DAY
    sample.execute(CONTEXT, lambda name: f"delete from {name} where true")
    sample.load(CONTEXT)


def test_day_that_is_gone_is_named_by_coverage_and_verify(ask: Ask, without_a_day: str) -> None:
    tables = ("--tables", CONTEXT.name)
    covered, verified = (ask("bigquery", command, *RANGE, *tables) for command in ("coverage", "verify"))
    assert (covered.code, verified.code) == (1, 1)
    assert any(line.startswith(CONTEXT.name) and f"missing {without_a_day}" in line for line in covered.lines)
    assert any(line.startswith(f"{CONTEXT}  drifted {without_a_day}") for line in verified.lines)


def copies(sample: StoredSample, table: Table, condition: str) -> None:
    sample.execute(table, lambda name: f"insert into {name} select * from {name} where {condition}")


@dataclass(frozen=True)
class Spoilt:
    """Rows BigQuery stores twice: `copies` of one date of a large table, one of a table without partitions."""

    copies: int
    of_day: int
    rows: int
    teams: int


@pytest.fixture
def spoilt(sample: StoredSample) -> Spoilt:
    stored = sample.duckdb()
    day = date.fromisoformat(DAY)
    clubs = stored.read(PLAYERS, columns=["team_abbr"], first=day, last=day).column("team_abbr").to_pylist()
    copies(sample, PLAYERS, f"game_date = date '{DAY}' and team_abbr = '{clubs[0]}'")
    copies(sample, TEAMS, "team_abbr = 'BOS'")
    rows = stored.read(PLAYERS, columns=["game_id"], first=FIRST, last=LAST).num_rows
    return Spoilt(clubs.count(clubs[0]), len(clubs), rows, stored.read(TEAMS).num_rows)


def test_duplicates_are_found_repaired_and_gone(ask: Ask, sample: StoredSample, spoilt: Spoilt) -> None:
    command = ("duplicates", *RANGE, "--tables", f"{PLAYERS.name},{TEAMS.name}")
    found = ask("bigquery", *command)
    assert found.code == 1
    many = f"{spoilt.copies} key(s) stored more than once, {spoilt.copies} surplus row(s)"
    one = "1 key(s) stored more than once, 1 surplus row(s)"
    assert found.lines == [
        f"{TEAMS}  {spoilt.teams + 1} rows, {one}",
        f"  the table  {spoilt.teams + 1} rows, {spoilt.teams} keys, {one}",
        "  --repair replaces the table by one row per key",
        f"{PLAYERS}  {spoilt.rows + spoilt.copies:,} rows, {many}",
        f"  {DAY}  {spoilt.of_day + spoilt.copies} rows, {spoilt.of_day} keys, {many}",
        f"  --repair replaces {DAY} by one row per key",
    ]
    repaired = ask("bigquery", *command, "--repair")
    assert repaired.code == 0
    told = re.findall(r"the same keys; (\d+) row\(s\) in quarantine as run (\S+)", "\n".join(repaired.lines))
    assert [int(removed) for removed, _ in told] == [1, spoilt.copies]
    (run,) = {run for _, run in told}
    assert refused_by(sample, run) == [(str(PLAYERS), "duplicate", spoilt.copies), (str(TEAMS), "duplicate", 1)]
    assert ask("bigquery", *command) == ask("duckdb", *command)
    for table in (PLAYERS, TEAMS):
        names = [*table.column_names, "row_hash"]
        assert sample.bigquery().read(table, columns=names).equals(sample.duckdb().read(table, columns=names))


def refused_by(sample: StoredSample, run: str) -> list[tuple[object, ...]]:
    """Table, rule and number of what a run put into quarantine."""
    counted = sample.bigquery().query(
        f"select source_table, rule, count(*) as n from {quarantine.TABLE.qualified_name} "
        f"where run_id = '{run}' group by source_table, rule order by source_table"
    )
    return [tuple(row.values()) for row in counted.to_pylist()]


@pytest.mark.parametrize(
    ("table", "days", "empty"),
    [
        ("player_game_summary", (DAY,), False),
        ("nbac_play_by_play", (DAY, LATER), False),
        ("player_game_summary", (NO_GAMES,), True),
        ("teams", (), False),
    ],
    ids=["one date", "range", "date without games", "without partitions"],
)
def test_frame_read_is_the_one_of_duckdb(
    sample: StoredSample, table: str, days: tuple[str, ...], *, empty: bool
) -> None:
    due, found = (read(table, *days, warehouse=address) for address in sample.addresses.values())
    pd.testing.assert_frame_equal(found, due)
    assert found.empty == empty


def test_read_takes_columns_an_address_of_the_environment_and_no_table_that_is_not_stored(
    sample: StoredSample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBA_WAREHOUSE", sample.addresses["bigquery"])
    frame = read("player_game_summary", DAY, LATER, columns=["player_lookup", "points", "game_date", "processed_at"])
    assert list(frame.columns) == ["player_lookup", "points", "game_date", "processed_at"]
    assert set(frame["game_date"]) <= set(pd.date_range(DAY, LATER))
    assert frame["processed_at"].dt.tz is not None
    with pytest.raises(ReadError, match="does not hold this table"):
        read("teams", warehouse=sample.engine.address("elsewhere"))


@pytest.mark.parametrize(
    "picture",
    [
        ("coverage", *RANGE, "--tables", "games,player_game_summary"),
        ("nulls", *RANGE, "--table", "ml_feature_store"),
        ("shots", *SEASON),
        ("form", *SEASON),
        ("defence", *SEASON, "--team", "bos"),
    ],
    ids=lambda picture: picture[0],
)
def test_picture_is_the_one_of_duckdb(ask: Ask, sample: StoredSample, tmp_path: Path, picture: tuple[str, ...]) -> None:
    drawn = []
    if picture[0] in ("shots", "form"):
        keys = sample.duckdb().read(PLAYERS, columns=["player_lookup"]).column("player_lookup").to_pylist()
        picture = (*picture, "--player", keys[0])
    for engine in sample.addresses:
        out = tmp_path / f"{engine}.svg"
        answer = ask(engine, "chart", *picture, "--out", str(out))
        assert answer.code == 0, answer.lines
        drawn.append(out.read_bytes())
    assert drawn[0].startswith(b"<?xml")
    assert drawn[0] == drawn[1]
