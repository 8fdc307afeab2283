"""Zone analyses of three real seasons: rows, anchor dates, levels, and the as-of rule on real games."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from nba_pipeline.calendar import game_dates, processable_dates, season_year_of, skip_reasons
from nba_pipeline.precompute import player_shot_zone_analysis as psza
from nba_pipeline.precompute import team_defense_zone_analysis as tdza
from nba_pipeline.precompute.defended_zones import DEFENDED_ZONES
from nba_pipeline_tests.precompute.archive_chain import read_chain
from nba_pipeline_tests.precompute.plain_windows import plain_player, plain_team
from nba_pipeline_tests.precompute.zone_tables import midnights, violations

pytestmark = pytest.mark.real_data

ALL_DAYS = pd.date_range("2021-10-19", "2024-06-30", unit="us")
# First processable date and last date of a season, the day after a trade deadline, play-in, cup final.
SAMPLED = ("2021-11-02", "2022-06-16", "2022-11-01", "2023-02-10", "2023-04-12", "2023-11-08", "2023-12-09")
ANCHOR_PLAYERS = {
    "2021-11-02": 429,
    "2021-12-01": 470,
    "2022-01-17": 590,
    "2022-02-10": 591,
    "2022-04-10": 604,
    "2022-04-12": 605,
    "2022-06-16": 606,
    "2022-11-01": 438,
    "2022-12-01": 476,
    "2023-02-10": 503,
    "2023-04-09": 535,
    "2023-05-02": 540,
    "2023-06-12": 541,
    "2023-11-08": 445,
    "2023-12-09": 494,
    "2024-01-15": 524,
    "2024-02-09": 538,
    "2024-04-14": 571,
    "2024-04-16": 571,
    "2024-06-17": 571,
}
# Percentiles 1, 50, 99 of all rows, to the digits of the contract.
LEVELS = {
    "paint_pct_allowed_last_15": (0.521, 0.589, 0.658),
    "mid_range_pct_allowed_last_15": (0.344, 0.429, 0.513),
    "three_pt_pct_allowed_last_15": (0.306, 0.360, 0.420),
    "paint_attempts_allowed_per_game": (30.2, 37.7, 46.0),
    "mid_range_attempts_allowed_per_game": (10.6, 15.6, 22.8),
    "three_pt_attempts_allowed_per_game": (28.7, 34.8, 41.6),
    "paint_defense_vs_league_avg": (-0.064, 0.000, 0.067),
    "mid_range_defense_vs_league_avg": (-0.081, -0.001, 0.085),
    "three_pt_defense_vs_league_avg": (-0.052, 0.000, 0.055),
}
LEAGUE_LEVELS = {"paint": (0.564, 0.602), "mid_range": (0.407, 0.451), "three_pt": (0.341, 0.372)}


@dataclass(frozen=True)
class Inputs:
    games: pd.DataFrame
    defense: pd.DataFrame
    player_games: pd.DataFrame

    def teams(self, dates: pd.DatetimeIndex) -> pd.DataFrame:
        return tdza.transform(self.games, self.defense, dates).rows

    def players(self, dates: pd.DatetimeIndex) -> pd.DataFrame:
        return psza.transform(self.games, self.player_games, dates).rows

    def read_for(self, day: str) -> Inputs:
        """What a run of that day alone reads: the season to the day before, games including the day."""
        season = season_year_of(midnights(day))[0]
        frames = (frame[frame["season_year"] == season] for frame in (self.games, self.defense, self.player_games))
        games, defense, players = frames
        return Inputs(
            games[games["game_date"] < midnights(day)[0] + pd.Timedelta(days=1)],
            defense[defense["game_date"] < day],
            players[players["game_date"] < day],
        )

    def change(self, alter: Callable[[pd.DataFrame], pd.DataFrame]) -> Inputs:
        return replace(self, defense=alter(self.defense), player_games=alter(self.player_games))


@pytest.fixture(scope="module")
def inputs(shared_data: Path) -> Inputs:
    """The columns the two tables declare, and no others."""
    games, defense, player_games = read_chain(shared_data, ALL_DAYS)
    return Inputs(
        games[["game_date", "season_year"]], defense[list(tdza.GAME_COLUMNS)], player_games[list(psza.GAME_COLUMNS)]
    )


@pytest.fixture(scope="module")
def teams(inputs: Inputs) -> pd.DataFrame:
    return inputs.teams(ALL_DAYS)


@pytest.fixture(scope="module")
def players(inputs: Inputs) -> pd.DataFrame:
    return inputs.players(ALL_DAYS)


def of_day(rows: pd.DataFrame, day: str) -> pd.DataFrame:
    return rows[rows["analysis_date"] == day].reset_index(drop=True)


def test_game_bootstrap_and_processable_dates_of_three_seasons(inputs):
    days = game_dates(inputs.games, date(2021, 10, 19), date(2024, 6, 30))
    processable = processable_dates(inputs.games, ALL_DAYS)
    reasons = skip_reasons(inputs.games, ALL_DAYS, bootstrap=True)
    assert np.unique(season_year_of(days), return_counts=True)[1].tolist() == [213, 212, 208]
    assert np.unique(season_year_of(processable), return_counts=True)[1].tolist() == [199, 198, 194]
    assert list(reasons.values()).count("bootstrap") == 42
    assert pd.Timestamp("2022-02-20") not in days
    assert pd.Timestamp("2023-12-09") in days
    assert reasons[date(2023, 11, 7)] == "no_games"


def test_every_team_has_a_row_on_every_processable_date(teams):
    assert teams.groupby("season_year").size().to_dict() == {2021: 5970, 2022: 5940, 2023: 5820}
    assert set(teams.groupby("analysis_date").size()) == {30}


def test_player_rows_per_season_and_anchor_date(players):
    assert players.groupby("season_year").size().to_dict() == {2021: 111_665, 2022: 100_015, 2023: 104_088}
    per_date = players.groupby("analysis_date").size()
    assert {day: int(per_date[day]) for day in ANCHOR_PLAYERS} == ANCHOR_PLAYERS


def test_player_rows_never_fall_within_a_season(players):
    per_date = players.groupby(["season_year", "analysis_date"]).size()
    assert (per_date.groupby(level="season_year").diff().dropna() >= 0).all()


def test_team_levels_are_those_of_the_contract(teams):
    for column, expected in LEVELS.items():
        found = teams[column].quantile([0.01, 0.5, 0.99]).tolist()
        assert found == pytest.approx(expected, abs=0.06 if "per_game" in column else 0.0006), column
    for zone, expected in LEAGUE_LEVELS.items():
        league = teams[f"league_{zone}_pct_allowed"]
        assert (league.min(), league.max()) == pytest.approx(expected, abs=0.0006)


def test_ratings_and_pace_stand_where_team_turnovers_put_them(teams):
    assert teams["defensive_rating_last_15"].median() == pytest.approx(112.2 - 0.8, abs=0.2)
    assert teams["opponent_pace"].median() == pytest.approx(100.2 + 0.7, abs=0.2)


def test_attempts_weighted_differences_from_the_league_sum_to_zero(teams):
    for zone in DEFENDED_ZONES:
        shots = teams[f"{zone.prefix}_attempts_allowed_per_game"] * teams["zone_games_in_sample"]
        weighted = shots * teams[f"{zone.prefix}_defense_vs_league_avg"]
        assert weighted.groupby(teams["analysis_date"]).sum().abs().max() < 1e-6
        assert teams.groupby("analysis_date")[f"league_{zone.prefix}_pct_allowed"].nunique().max() == 1


def test_teams_differ_and_paint_defence_goes_with_the_rating(teams):
    per_date = teams.groupby("analysis_date")
    assert per_date["defensive_rating_last_15"].std().min() >= 2
    for zone in DEFENDED_ZONES:
        assert per_date[f"{zone.prefix}_defense_vs_league_avg"].std().min() >= 0.005
    for _, season in teams.groupby("season_year"):
        assert season["paint_defense_vs_league_avg"].corr(season["defensive_rating_last_15"]) > 0.2


def test_mean_shot_mix_and_zone_coverage_of_players(players):
    regulars = players[players["total_shots_last_10"].ge(50).fillna(False)].groupby("analysis_date")
    for column, low, high in (
        ("paint_rate_last_10", 0.37, 0.47),
        ("three_pt_rate_last_10", 0.36, 0.44),
        ("assisted_rate_last_10", 0.53, 0.69),
    ):
        assert regulars[column].mean().between(low, high).all(), column
    seasons = players.groupby("season_year")[["zone_games_in_sample_10", "games_in_sample_10"]].sum()
    assert (seasons["zone_games_in_sample_10"] / seasons["games_in_sample_10"]).min() >= 0.95


def test_primary_zones_are_shared_as_expected(players):
    shares = players["primary_scoring_zone"].value_counts(normalize=True, dropna=False)
    assert [shares[zone] for zone in ("paint", "three", "mid_range", "balanced", np.nan)] == pytest.approx(
        [0.467, 0.440, 0.044, 0.036, 0.014], abs=0.0006
    )


@pytest.mark.parametrize("module", [tdza, psza])
def test_every_row_obeys_the_rules_of_its_table(module, teams, players):
    assert set(violations(module.TABLE, teams if module is tdza else players).values()) == {0}


@pytest.mark.parametrize("module", [tdza, psza])
def test_null_ceilings_and_expected_ranges_hold(module, teams, players):
    rows = teams if module is tdza else players
    late = rows["games_in_sample" if module is tdza else "games_in_sample_10"] >= 10
    for column in module.TABLE.columns:
        missing = rows[column.name].isna()
        ceiling = column.nulls or tdza.defended_zones.NullCeiling(season=0, date=0)
        assert missing.groupby(rows["season_year"]).mean().max() <= ceiling.season, column.name
        assert missing.groupby(rows["analysis_date"]).mean().max() <= ceiling.date, column.name
        checked = rows.loc[late if column.range_when else slice(None), column.name].dropna()
        assert column.minimum is None or checked.min() >= column.minimum, column.name
        assert column.maximum is None or checked.max() <= column.maximum, column.name


@pytest.mark.parametrize("day", SAMPLED)
def test_a_day_alone_equals_the_day_inside_three_seasons(inputs, teams, players, day):
    alone = inputs.read_for(day)
    assert_frame_equal(alone.teams(midnights(day)), of_day(teams, day), check_exact=True)
    assert_frame_equal(alone.players(midnights(day)), of_day(players, day), check_exact=True)


@pytest.mark.parametrize("day", ["2022-02-10", "2022-11-01", "2023-12-09"])
def test_results_of_the_day_and_later_change_nothing(inputs, teams, players, day):
    random = np.random.default_rng(20211019)

    def scale(frame: pd.DataFrame) -> pd.DataFrame:
        later = frame["game_date"] >= day
        numeric = frame.columns.difference(["season_year", "nba_player_id"]).intersection(
            frame.select_dtypes("number").columns
        )
        factors = random.integers(2, 9, size=len(frame))
        return frame.assign(**{name: frame[name].where(~later, frame[name] * factors) for name in numeric})

    for changed in (inputs.change(scale), inputs.change(lambda frame: frame[frame["game_date"] < day])):
        assert_frame_equal(changed.teams(midnights(day)), of_day(teams, day), check_exact=True)
        assert_frame_equal(changed.players(midnights(day)), of_day(players, day), check_exact=True)


def test_a_corrected_game_changes_only_later_rows_of_its_player_and_season(inputs, players):
    shots = inputs.player_games["paint_attempts"]
    target = inputs.player_games[(inputs.player_games["game_date"] == "2022-12-01") & shots.gt(0).fillna(False)].iloc[0]
    hit = (inputs.player_games["game_date"] == "2022-12-01") & (
        inputs.player_games["player_lookup"] == target["player_lookup"]
    )
    corrected = replace(inputs, player_games=inputs.player_games.assign(paint_attempts=shots + hit.astype("Int64")))
    differs = players.compare(corrected.players(ALL_DAYS)).index
    changed = players.loc[differs]
    assert set(changed["player_lookup"]) == {target["player_lookup"]}
    assert changed["analysis_date"].min() > pd.Timestamp("2022-12-01")
    assert set(changed["season_year"]) == {2022}
    assert 0 < len(changed) < 150


@pytest.mark.parametrize("day", ["2021-11-02", "2023-02-10", "2023-12-09"])
def test_rows_equal_an_independent_computation_of_one_date(inputs, teams, players, day):
    season = inputs.read_for(day)
    for rows, key, expected in (
        (of_day(teams, day), "team_abbr", plain_team(season.defense.to_dict("records"), pd.Timestamp(day))),
        (
            of_day(players, day),
            "player_lookup",
            plain_player(season.player_games.to_dict("records"), pd.Timestamp(day)),
        ),
    ):
        found = rows.set_index(key)
        assert sorted(found.index) == sorted(expected)
        plain = pd.DataFrame.from_dict(expected, orient="index").reindex(found.index)
        for name in plain.columns:
            if name == "team_abbr":
                assert found[name].tolist() == plain[name].tolist()
            else:
                values = (frame[name].astype("float64").to_numpy() for frame in (found, plain))
                np.testing.assert_allclose(*values, rtol=1e-9, atol=1e-12, err_msg=name)
