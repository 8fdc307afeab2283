"""Reference and analytics tables of three real seasons: rows, golden games, rules, one date against the range."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from nba_pipeline.analytics import player_game_summary, team_defense_game_summary, team_offense_game_summary
from nba_pipeline.analytics.box_statistics import ZONE_COLUMNS
from nba_pipeline.analytics.play_by_play_columns import credit_players, team_totals
from nba_pipeline.analytics.scoring_events import (
    BIGDATABALL_SOURCE,
    bigdataball_scoring_events,
    choose_sources,
)
from nba_pipeline.basketball.names import player_lookups
from nba_pipeline.raw import nbac_gamebook_player_stats, odds_api_player_points_props
from nba_pipeline.reference.seasons import transform as seasons_of
from nba_pipeline.schema import Table
from nba_pipeline.schema.frames import STRING_DTYPE, empty_frame
from nba_pipeline_tests.analytics import builders
from nba_pipeline_tests.real_data.analytics_chain import Chain, read_chain

pytestmark = pytest.mark.real_data

GOLDEN_ALIASES = {
    "eneskanter": "enesfreedom",
    "jimmybutler": "jimmybutleriii",
    "reggiebullock": "reggiebullockjr",
    "duncandrobinson": "duncanrobinson",
    "camjohnson": "cameronjohnson",
    "kenyonmartinjr": "kjmartin",
    "jeffdowtin": "jeffdowtinjr",
    "brandonbostonjr": "brandonboston",
    "rjnembhardjr": "rubennembhardjr",
    "orlandoorobinson": "orlandorobinson",
    "craigporter": "craigporterjr",
    "treyjemison": "treyjemisoniii",
}
KEPT_LISTINGS = {
    ("2022-02-09", "juanchohernangomez"): "UTA",
    ("2022-02-09", "nickeilalexanderwalker"): "POR",
    ("2022-02-10", "sergeibaka"): "MIL",
    ("2022-02-10", "aaronholiday"): "PHX",
    ("2023-02-09", "davonreed"): "LAL",
    ("2023-02-09", "mobamba"): "LAL",
}


@pytest.fixture(scope="module")
def chain(shared_data: Path) -> Chain:
    return read_chain(shared_data)


def _violations(table: Table, rows: pd.DataFrame) -> dict[str, int]:
    """Number of rows that break each row rule of the table, rules without a violation left out."""
    with duckdb.connect() as connection:
        connection.register("stored", rows)
        broken = {
            rule.id: connection.execute(f"select count(*) from stored where not ({rule.holds})").fetchone()[0]  # type: ignore[index]
            for rule in table.invariants
        }
    return {rule: number for rule, number in broken.items() if number}


def test_seasons_have_their_dates_and_games(chain: Chain) -> None:
    rows = seasons_of(chain.games.rows).set_index("season_year")
    days = rows[["first_game_date", "last_game_date", "bootstrap_last_date"]].astype("str").to_numpy().tolist()
    assert days == [
        ["2021-10-19", "2022-06-16", "2021-11-01"],
        ["2022-10-18", "2023-06-12", "2022-10-31"],
        ["2023-10-24", "2024-06-17", "2023-11-06"],
    ]
    assert rows["games"].tolist() == [1323, 1320, 1319]
    assert rows["game_dates"].tolist() == [213, 212, 208]
    assert rows["regular_games"].tolist() == [1230, 1230, 1230]


def test_neutral_games_are_the_known_ones_and_every_city_is_known(chain: Chain) -> None:
    rows = chain.games.rows
    assert rows.loc[rows["neutral_site"], "game_id"].tolist() == [
        "20221217_MIA_SAS",
        "20230119_CHI_DET",
        "20231109_ATL_ORL",
        "20231207_IND_MIL",
        "20231207_NOP_LAL",
        "20231209_IND_LAL",
        "20240111_BKN_CLE",
    ]
    assert (rows["venue_city"] == "Austin").sum() == 4
    assert chain.games.warnings == {}


def test_registry_has_843_players_and_the_golden_aliases(chain: Chain) -> None:
    assert len(chain.registry.rows) == 843
    observed = chain.aliases.rows[chain.aliases.rows["alias_source"] == "observed"]
    assert dict(zip(observed["alias_lookup"], observed["player_lookup"], strict=True)) == GOLDEN_ALIASES
    assert not chain.aliases.rows["alias_lookup"].isin(chain.registry.rows["player_lookup"]).any()
    assert chain.aliases.rows["player_lookup"].isin(chain.registry.rows["player_lookup"]).all()
    assert (chain.registry.warnings, chain.aliases.warnings) == ({}, {})


def test_player_rows_are_exactly_those_of_the_contract(chain: Chain) -> None:
    rows = chain.pgs.rows
    by_season = rows.groupby("season_year")
    assert by_season.size().tolist() == [44_723, 43_647, 46_086]
    assert rows[~rows["is_dnp"]].groupby("season_year").size().tolist() == [28_050, 27_740, 28_232]
    assert by_season["is_active"].sum().tolist() == [27_944, 27_637, 28_098]
    status = rows.groupby(["player_status", "season_year"]).size()
    assert status["dnp"].tolist() == [5_798, 6_286, 6_630]
    assert status["inactive"].tolist() == [10_875, 9_621, 11_224]
    assert not rows.duplicated(["game_date", "player_lookup"]).any()
    assert {name: sum(days.values()) for name, days in chain.pgs.counts.items()} == {
        "double_listed": 0,
        "unregistered_players": 0,
        "shots_without_box_row": 0,
        "games_without_box": 0,
    }


@pytest.mark.parametrize(
    ("day", "games", "listed", "played"),
    [
        ("2021-10-19", 2, 67, 46),
        ("2022-02-10", 7, 227, 143),
        ("2023-12-09", 1, 34, 26),
        ("2024-01-01", 8, 284, 178),
        ("2024-04-14", 15, 538, 344),
        ("2024-06-17", 1, 30, 25),
    ],
)
def test_rows_of_a_date(chain: Chain, day: str, games: int, listed: int, played: int) -> None:
    rows = chain.pgs.rows[chain.pgs.rows["game_date"] == day]
    assert (rows["game_id"].nunique(), len(rows), rows["is_active"].sum()) == (games, listed, played)


def test_player_listed_by_two_teams_is_kept_with_the_right_one(chain: Chain) -> None:
    rows = chain.pgs.rows
    for (day, lookup), team in KEPT_LISTINGS.items():
        found = rows[(rows["game_date"] == day) & (rows["player_lookup"] == lookup)]
        assert found["team_abbr"].tolist() == [team]


def test_team_rows_are_two_per_game_and_nineteen_games_lack_play_by_play(chain: Chain) -> None:
    offense = chain.togs.rows
    assert offense.groupby("season_year").size().tolist() == [2_646, 2_640, 2_638]
    assert chain.tdgs.rows.groupby("season_year").size().tolist() == [2_646, 2_640, 2_638]
    without = offense[offense["shot_zone_source"].isna()]
    assert (without.groupby("season_year").size() // 2).tolist() == [6, 6, 7]
    assert set(without["season_type"]) == {"play_in", "cup_final"}
    overtime = offense.loc[offense["overtime_periods"] > 0, ["season_year", "overtime_periods"]].value_counts()
    assert (overtime.groupby("season_year").sum() // 2).tolist() == [59, 84, 62]
    assert (overtime.groupby("overtime_periods").sum() // 2).tolist() == [180, 23, 2]


def test_golden_team_games(chain: Chain) -> None:
    rows = chain.togs.rows.set_index(["nba_game_id", "team_abbr"])
    zones = rows.loc[[("0022300451", "MIN"), ("0022300451", "NYK"), ("0022100005", "BOS"), ("0022100005", "NYK")]]
    assert zones[list(ZONE_COLUMNS)].to_numpy().tolist() == [
        [21, 37, 4, 11, 11, 28],
        [20, 37, 7, 18, 12, 34],
        [20, 37, 7, 23, 21, 57],
        [30, 43, 4, 17, 17, 45],
    ]
    qualified = zones[["points_in_paint", "second_chance_points", "fast_break_points"]].to_numpy().tolist()
    assert qualified[:2] == [[48, 10, 11], [46, 22, 13]]
    assert zones[["players_used", "players_inactive"]].to_numpy().tolist() == [[10, 4], [9, 3], [9, 2], [10, 3]]
    assert zones["pace"].tolist() == pytest.approx([99.54, 99.54, 107.172414, 107.172414], abs=1e-6)
    players = chain.pgs.rows[chain.pgs.rows["nba_game_id"] == "0022300451"].set_index("player_lookup")
    and_ones = players["and1_count"].dropna()
    assert and_ones[and_ones > 0].to_dict() == {
        "anthonyedwards": 2,
        "isaiahhartenstein": 2,
        "jalenbrunson": 1,
        "juliusrandle": 1,
        "mikeconley": 1,
    }
    assert players["team_abbr"].value_counts().to_dict() == {"NYK": 18, "MIN": 17}


def test_no_row_breaks_a_blocking_rule_and_few_break_a_warning(chain: Chain) -> None:
    found = {
        "pgs": _violations(player_game_summary.TABLE, chain.pgs.rows),
        "togs": _violations(team_offense_game_summary.TABLE, chain.togs.rows),
        "tdgs": _violations(team_defense_game_summary.TABLE, chain.tdgs.rows),
    }
    warned = {rule for table in found.values() for rule in table}
    assert warned <= {"PG-12", "TD-02", "zone_shares"}, found
    assert found["pgs"].get("PG-12", 0) <= 5
    assert found["tdgs"].get("TD-02", 0) == 1


def test_players_add_up_to_their_team(chain: Chain) -> None:
    box = chain.pgs.rows[~chain.pgs.rows["is_dnp"]]
    names = ["points", "fg_makes", "fg_attempts", "three_pt_makes", "ft_makes", "assists", "steals", "blocks"]
    names += ["offensive_rebounds", "defensive_rebounds", "turnovers"]
    key = ["nba_game_id", "team_abbr"]
    players = box.groupby(key)[names].sum()
    teams = chain.togs.rows.set_index(key).rename(columns={"turnovers": "official_turnovers"})
    teams = teams.rename(columns={"points_scored": "points", "player_turnovers": "turnovers"}).loc[players.index]
    assert (players == teams[names]).all(axis=None)
    zones = box.groupby(key)[list(ZONE_COLUMNS)].sum(min_count=1)
    pd.testing.assert_frame_equal(zones.astype("Int64"), teams[list(ZONE_COLUMNS)])
    extra = (teams["official_turnovers"] - teams["turnovers"]).astype("float64")
    assert extra.between(0, 6).all()
    assert extra.mean() == pytest.approx(0.70, abs=0.01)


@pytest.mark.parametrize("day", ["2021-10-20", "2022-02-10", "2023-12-09", "2024-04-16"])
def test_a_single_shuffled_date_gives_the_rows_of_the_range(chain: Chain, day: str) -> None:
    def of_day(rows: pd.DataFrame) -> pd.DataFrame:
        return rows[rows["game_date"] == day].sample(frac=1, random_state=0)

    dates = builders.dates(day)
    games, events = of_day(chain.games.rows), of_day(chain.events)
    pgs = player_game_summary.transform(
        games,
        of_day(chain.boxes),
        empty_frame(nbac_gamebook_player_stats.TABLE),
        events,
        empty_frame(odds_api_player_points_props.TABLE),
        chain.registry.rows.sample(frac=1, random_state=0),
        chain.aliases.rows,
        dates,
    ).rows
    togs = team_offense_game_summary.transform(games, of_day(chain.team_boxes), events, pgs, dates).rows
    tdgs = team_defense_game_summary.transform(games, togs, pgs, dates).rows
    for single, whole in ((pgs, chain.pgs), (togs, chain.togs), (tdgs, chain.tdgs)):
        expected = whole.rows[whole.rows["game_date"] == day].reset_index(drop=True)
        pd.testing.assert_frame_equal(single, expected, check_exact=True)


def _bigdataball_events(shared_data: Path) -> pd.DataFrame:
    """The sample game in the shape of raw.bigdataball_play_by_play."""
    path = shared_data / "payloads" / "bigdataball" / "play_by_play" / "raw_746cfbef.csv"
    rows = pd.read_csv(path, dtype="str", encoding="utf-8")
    is_shot, is_free_throw = rows["event_type"] == "shot", rows["event_type"] == "free throw"
    value = np.where(rows["type"].str.contains("3pt", na=False), 3, 2)
    lookups = {name: player_lookups(rows[name].astype(STRING_DTYPE)) for name in ("player", "assist", "block")}
    return pd.DataFrame(
        {
            "nba_game_id": "0042400407",
            "period": rows["period"].astype("int64"),
            "clock_seconds": pd.to_timedelta(rows["remaining_time"]).dt.total_seconds(),
            "event_subtype": rows["type"].astype(STRING_DTYPE),
            "description": rows["description"].astype(STRING_DTYPE),
            "team_abbr": rows["team"].astype(STRING_DTYPE),
            "player_lookup": lookups["player"],
            "assist_player_lookup": lookups["assist"],
            "block_player_lookup": lookups["block"],
            "is_field_goal": is_shot,
            "shot_value": pd.Series(np.where(is_shot, value, 1), dtype="Int64").where(is_shot | is_free_throw),
            "is_made": rows["result"].map({"made": True, "missed": False}).astype("boolean"),
            "shot_distance_ft": rows["shot_distance"].astype("float64"),
        }
    )


def test_second_source_reproduces_the_golden_finals_game(shared_data: Path) -> None:
    games = builders.games(builders.game("0042400407", "2025-06-22", "IND", "OKC", (91, 103)))
    rows = _bigdataball_events(shared_data)
    candidates = {BIGDATABALL_SOURCE: bigdataball_scoring_events(rows, games)}
    sources = choose_sources(games, candidates)
    teams = team_totals(games, sources, candidates).set_index("team_abbr")
    assert sources.tolist() == [BIGDATABALL_SOURCE]
    assert teams.loc[["IND", "OKC"], list(ZONE_COLUMNS)].to_numpy().tolist() == [
        [11, 22, 7, 20, 11, 28],
        [19, 31, 5, 16, 11, 40],
    ]
    assert teams["points_in_paint"].isna().all()
    of_team = rows.dropna(subset=["player_lookup", "shot_value"]).drop_duplicates("player_lookup")
    box = of_team[["player_lookup", "team_abbr"]].reset_index(drop=True).assign(game=0)
    credited, stray = credit_players(box, sources, candidates)
    by_team = credited.groupby(box["team_abbr"]).sum()
    assert by_team["assisted_fg_makes"].tolist() == [17, 20]
    blocks = by_team[["paint_blocks", "mid_range_blocks", "three_pt_blocks"]].to_numpy().tolist()
    assert blocks == [[3, 1, 0], [5, 2, 1]]
    and_ones = credited.set_axis(box["player_lookup"])["and1_count"]
    assert and_ones[and_ones > 0].to_dict() == {"pascalsiakam": 1, "isaiahhartenstein": 1}
    assert stray.tolist() == [0]
