"""Form, factors and features of three real seasons: rows, anchor dates, levels, copies, and the as-of rule."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal, assert_series_equal

from nba_pipeline.precompute import ml_feature_store as mlfs
from nba_pipeline.precompute import player_composite_factors as pcf
from nba_pipeline.precompute import player_daily_cache as pdc
from nba_pipeline.precompute.feature_columns import (
    FEATURE_NAMES,
    FROM_CACHE,
    FROM_FACTORS,
    FROM_OPPONENT_DEFENSE,
    FROM_SHOT_ZONES,
)
from nba_pipeline.schema import Condition, Table
from nba_pipeline_tests.precompute.plain_features import plain_cache, plain_factors, plain_meetings
from nba_pipeline_tests.precompute.zone_tables import midnights, violations
from nba_pipeline_tests.real_data.feature_chain import ALL_DAYS, FeatureInputs, Features, read_inputs

pytestmark = pytest.mark.real_data

MODULES = {"cache": pdc, "factors": pcf, "features": mlfs}
SEASON_ROWS = {2021: 43_080, 2022: 41_008, 2023: 43_536}
# Rows of a date, and how many of its players have no played game yet.
ANCHORS = {
    "2021-11-02": (166, 29),
    "2021-12-01": (303, 22),
    "2022-01-17": (497, 25),
    "2022-02-10": (237, 10),
    "2022-04-10": (524, 15),
    "2022-04-12": (69, 3),
    "2022-06-16": (30, 1),
    "2022-11-01": (132, 17),
    "2022-12-01": (35, 1),
    "2023-02-10": (367, 11),
    "2023-04-09": (511, 10),
    "2023-05-02": (69, 1),
    "2023-06-12": (30, 0),
    "2023-11-08": (493, 78),
    "2023-12-09": (34, 3),
    "2024-01-15": (397, 18),
    "2024-02-09": (204, 4),
    "2024-04-14": (543, 9),
    "2024-04-16": (70, 1),
    "2024-06-17": (30, 0),
}
# Percentiles 1, 50, 99 of all rows and how far they may lie off; pace moved with the turnovers of the team.
LEVELS = {
    "points_avg_season": ((0.0, 7.0, 29.3), 0.06),
    "points_std_last_10": ((0.0, 4.60, 11.10), 0.006),
    "player_usage_rate_season": ((0.045, 0.175, 0.364), 0.0006),
    "ts_pct_last_10": ((0.0, 0.562, 0.932), 0.0006),
    "fatigue_score": ((57.0, 94.0, 100.0), 0.06),
    "shot_zone_mismatch_score": ((-5.60, -0.11, 5.51), 0.006),
    "expected_pace_vs_league": ((-7.85, -0.08, 7.56), 0.4),
    "usage_spike_score": ((-2.06, 0.0, 2.53), 0.006),
    "total_composite_adjustment": ((-7.63, -0.74, 6.41), 0.04),
}
WITHOUT_SOURCE = {"injury_risk", "vegas_points_line", "vegas_opening_line", "vegas_line_move", "has_vegas_line"}
NORMALLY_ONE_VALUE = {"calculation_version", "feature_version"}
SAMPLED = ("2021-11-02", "2022-06-16", "2022-11-01", "2023-02-10", "2023-04-12", "2023-11-08", "2023-12-09")


@pytest.fixture(scope="module")
def inputs(shared_data: Path) -> FeatureInputs:
    return read_inputs(shared_data)


@pytest.fixture(scope="module")
def made(inputs: FeatureInputs) -> Features:
    return inputs.compute(ALL_DAYS)


def date_column(table: Table) -> str:
    assert table.partition_column
    return table.partition_column


def of_day(made: Features, day: str) -> Features:
    """All tables of the range, cut to one day."""
    tables = {field.name: getattr(made, field.name) for field in fields(made)}
    return Features(**{name: rows[rows.iloc[:, 0] == day].reset_index(drop=True) for name, rows in tables.items()})


def assert_same(found: Features, expected: Features) -> None:
    for field in fields(expected):
        assert_frame_equal(getattr(found, field.name), getattr(expected, field.name), check_exact=True, obj=field.name)


@pytest.mark.parametrize("name", MODULES)
def test_rows_per_season(made, name):
    assert getattr(made, name).groupby("season_year").size().to_dict() == SEASON_ROWS


@pytest.mark.parametrize("name", MODULES)
def test_rows_of_anchor_dates_and_players_without_a_game(made, name):
    rows = getattr(made, name)
    dates = rows.groupby(date_column(MODULES[name].TABLE))["games_played_season"]
    found = {day: (int(n), int(unplayed)) for day, n, unplayed in zip(
        ANCHORS, dates.size()[list(ANCHORS)], dates.agg(lambda games: games.eq(0).sum())[list(ANCHORS)], strict=True
    )}  # fmt: skip
    assert found == ANCHORS


def test_keys_are_those_of_the_universe_on_the_dates_of_the_other_tables(inputs, made):
    days = made.defense_zones["analysis_date"].unique()
    universe = inputs.upcoming[inputs.upcoming["game_date"].isin(days)][["game_date", "player_lookup"]]
    for name, module in MODULES.items():
        keys = getattr(made, name)[list(module.TABLE.primary_key)].set_axis(universe.columns, axis=1)
        assert_frame_equal(keys, universe.reset_index(drop=True))


def test_a_player_has_shot_zones_exactly_from_his_first_played_game_on(made):
    played = made.cache[made.cache["games_played_season"] > 0]
    zones = pd.MultiIndex.from_frame(made.shot_zones[["analysis_date", "player_lookup"]])
    has_row = pd.MultiIndex.from_frame(made.cache[["cache_date", "player_lookup"]]).isin(zones)
    assert (has_row == made.cache["games_played_season"].gt(0)).all()
    sample = played.merge(
        made.shot_zones, left_on=["cache_date", "player_lookup"], right_on=["analysis_date", "player_lookup"]
    )
    assert (sample["games_in_sample_10_x"] == sample["games_in_sample_10_y"]).all()


@pytest.mark.parametrize("column", LEVELS)
def test_levels_are_those_of_the_contract(made, column):
    rows = made.cache if column in made.cache else made.factors
    expected, tolerance = LEVELS[column]
    assert rows[column].quantile([0.01, 0.5, 0.99]).tolist() == pytest.approx(expected, abs=tolerance)


def test_shares_of_scores_are_those_of_the_contract(made):
    scores, features = made.factors, made.features
    fresh, tired = scores["fatigue_score"] >= 95, scores["fatigue_score"] < 75
    assert [fresh.mean(), (~fresh & ~tired).mean(), tired.mean()] == pytest.approx([0.47, 0.41, 0.12], abs=0.006)
    assert features.groupby("season_year")["back_to_back"].mean().tolist() == pytest.approx(
        [0.097, 0.095, 0.097], abs=0.0006
    )
    at_limit = [scores["pace_score"].abs().eq(3), scores["shot_zone_mismatch_score"].abs().eq(10)]
    at_limit.append(scores["usage_spike_score"].abs().eq(3))
    assert [share.mean() for share in at_limit] == pytest.approx([0.077, 0.0003, 0.006], abs=0.004)
    league = scores["league_pace_last_10"]
    assert (league.min(), league.max()) == pytest.approx((97.7 + 0.6, 102.1 + 0.6), abs=0.2)


def test_mean_quality_without_lines_and_injury_reports(made):
    quality = made.features["feature_quality_score"]
    assert quality.mean() == pytest.approx(0.828, abs=0.0006)
    assert quality.max() == 29 / 33
    assert quality.groupby(made.features["season_year"]).mean().min() >= 0.78
    assert quality.groupby(made.features["game_date"]).mean().min() >= 0.65


@pytest.mark.parametrize("name", MODULES)
def test_every_row_obeys_the_rules_of_its_table(made, name):
    assert set(violations(MODULES[name].TABLE, getattr(made, name)).values()) == {0}


def satisfied(rows: pd.DataFrame, conditions: tuple[Condition, ...]) -> pd.Series:
    assert {condition.operator for condition in conditions} <= {">="}
    return pd.concat([rows[c.column] >= c.value for c in conditions] or [rows.iloc[:, 1].notna()], axis=1).all(axis=1)


@pytest.mark.parametrize("name", MODULES)
def test_null_ceilings_and_expected_ranges_hold(made, name):
    rows, table = getattr(made, name), MODULES[name].TABLE
    for column in table.columns:
        missing = rows[column.name].isna()
        if column.required:
            assert not missing.any(), column.name
        elif column.nulls:
            assert missing.groupby(rows["season_year"]).mean().max() <= column.nulls.season, column.name
            assert missing.groupby(rows[date_column(table)]).mean().max() <= column.nulls.date, column.name
        checked = rows.loc[satisfied(rows, column.range_when), column.name].dropna()
        assert column.minimum is None or not (checked < column.minimum).any(), column.name
        assert column.maximum is None or not (checked > column.maximum).any(), column.name


@pytest.mark.parametrize("name", MODULES)
def test_no_column_is_constant_but_those_without_a_source(made, name):
    distinct = getattr(made, name).nunique()
    constant = set(distinct[distinct < 2].index)
    assert constant <= WITHOUT_SOURCE | NORMALLY_ONE_VALUE
    for column in constant:
        assert MODULES[name].TABLE.by_name[column].may_be_constant, column


def test_scores_vary_and_are_hardly_ever_exactly_zero(made):
    for _, season in made.factors.groupby("season_year"):
        for column, deviation, mean in (
            ("shot_zone_mismatch_score", 1, 0.5),
            ("pace_score", 0.8, 0.3),
            ("usage_spike_score", 0.4, 0.2),
        ):
            values = season[column].dropna()
            assert values.std() > deviation, column
            assert abs(values.mean()) < mean, column
            assert values.eq(0).mean() < 0.001, column
        assert season["fatigue_score"].std() > 5


def test_features_vary_within_every_season(made):
    flags = {"home_away", "back_to_back", "playoff_game"}
    for _, season in made.features.groupby("season_year"):
        for name in set(FEATURE_NAMES) - WITHOUT_SOURCE:
            assert season[name].nunique() >= (2 if name in flags else 5), name
        assert 0.49 <= season["home_away"].mean() <= 0.51
        assert season["team_win_pct"].std() >= 0.05


def test_recent_trend_follows_the_trend_of_points(made):
    assert made.features["recent_trend"].corr(made.cache["points_trend_last_5"]) > 0.8


def test_both_teams_of_a_game_mirror_each_other(made):
    sides = made.factors.drop_duplicates(["game_date", "team_abbr"])
    sides = sides.merge(made.features[["game_date", "player_lookup", "home_away", "rest_advantage"]])
    pairs = sides.merge(sides, on=["game_date", "nba_game_id"], suffixes=("", "_other"))
    pairs = pairs[pairs["team_abbr"] == pairs["opponent_team_abbr_other"]]
    assert len(pairs) == 2 * 3655
    assert (pairs["pace_score"] == pairs["pace_score_other"]).all()
    assert (pairs["team_pace_last_10"] == pairs["opponent_pace_last_10_other"]).all()
    assert (pairs["rest_advantage"] + pairs["rest_advantage_other"] == 0).all()
    assert (pairs["home_away"] + pairs["home_away_other"] == 1).all()
    assert sides.groupby("game_date")["league_pace_last_10"].nunique().max() == 1


def test_players_of_a_team_share_its_form_and_their_games_never_fall(made):
    team = ["team_games_in_sample_10", "team_pace_last_10", "team_off_rating_last_10", "team_win_pct_season"]
    assert made.cache.groupby(["cache_date", "team_abbr"])[team].nunique().max().max() == 1
    games = made.cache.groupby(["season_year", "player_lookup"])["games_played_season"]
    assert games.diff().dropna().min() >= 0


def test_shared_windows_are_equal_in_both_tables_and_in_the_universe(inputs, made):
    for left, right in (
        ("team_pace_last_10", "team_pace_last_10"),
        ("team_games_in_sample_10", "team_games_in_sample_10"),
        ("usage_rate_season", "player_usage_rate_season"),
        ("games_played_season", "games_played_season"),
    ):
        assert_series_equal(made.factors[left], made.cache[right], check_names=False, check_exact=True)
    assert_series_equal(made.features["games_played_season"], made.cache["games_played_season"])
    keys = made.features[["game_date", "player_lookup"]]
    universe = keys.merge(inputs.upcoming, how="left", validate="one_to_one")
    for name in ("points_avg_last_5", "points_avg_last_10", "points_avg_season"):
        np.testing.assert_allclose(made.cache[name], universe[name], rtol=0, atol=1e-9, err_msg=name)
    assert (made.cache["games_played_season"] == universe["games_in_sample_season"]).all()
    opponent = universe["opponent_pace_last_10"]
    np.testing.assert_allclose(made.factors["opponent_pace_last_10"], opponent, rtol=0, atol=1e-9)
    difference = made.factors["team_pace_last_10"] - made.factors["opponent_pace_last_10"]
    np.testing.assert_allclose(difference, universe["pace_differential"], rtol=0, atol=1e-9)


def test_copied_features_equal_their_source_bit_for_bit(made):
    rows = made.features
    for source, date, entity, on, names in (
        (made.cache, "cache_date", "player_lookup", "player_lookup", FROM_CACHE),
        (made.factors, "game_date", "player_lookup", "player_lookup", FROM_FACTORS),
        (made.shot_zones, "analysis_date", "player_lookup", "player_lookup", FROM_SHOT_ZONES),
        (made.defense_zones, "analysis_date", "team_abbr", "opponent_team_abbr", FROM_OPPONENT_DEFENSE),
    ):
        keys = pd.MultiIndex.from_frame(rows[["game_date", on]])
        wanted = source.set_index([date, entity])[list(names.values())].reindex(keys)
        for feature, column in names.items():
            np.testing.assert_array_equal(rows[feature], wanted[column].astype("float64"), err_msg=feature)


def test_features_foretell_points_no_better_than_the_past_can(inputs, made):
    played = inputs.player_games[inputs.player_games["seconds_played"].gt(0).fillna(False)]
    labelled = made.features.merge(played[["game_date", "player_lookup", "points"]], on=["game_date", "player_lookup"])
    assert len(labelled) / len(made.features) == pytest.approx(0.60, abs=0.01)
    for _, season in labelled.groupby("season_year"):
        block = pd.factorize(season["game_date"])[0] // 30
        for _, dates in season.groupby(block):
            if len(dates) >= 2000:
                assert dates["points_avg_last_5"].corr(dates["points"].astype(float)) < 0.755
        error = (season["points_avg_last_10"] - season["points"].astype(float)).abs().mean()
        assert 4.2 < error < 5.2


@pytest.mark.parametrize("day", SAMPLED)
def test_a_day_alone_equals_the_day_inside_three_seasons(inputs, made, day):
    assert_same(inputs.read_for(day).compute(midnights(day)), of_day(made, day))


def test_order_of_rows_changes_nothing(inputs, made):
    day = "2023-02-10"
    alone = inputs.read_for(day)
    shuffled = {
        field.name: getattr(alone, field.name).sample(frac=1, random_state=11) for field in fields(FeatureInputs)
    }
    assert_same(FeatureInputs(**shuffled).compute(midnights(day)), of_day(made, day))


@pytest.mark.parametrize("day", ["2022-02-10", "2022-11-01", "2023-12-09"])
def test_results_of_the_day_and_later_change_nothing(inputs, made, day):
    random = np.random.default_rng(20211019)

    def scale(frame: pd.DataFrame) -> pd.DataFrame:
        later = frame["game_date"] >= day
        numeric = frame.select_dtypes("number").columns.difference(["season_year", "nba_player_id"])
        factors = random.integers(2, 9, size=len(frame))
        return frame.assign(**{name: frame[name].where(~later, frame[name] * factors) for name in numeric})

    for changed in (inputs.change(scale), inputs.change(lambda frame: frame[frame["game_date"] < day])):
        assert_same(changed.compute(midnights(day)), of_day(made, day))


def test_a_corrected_game_changes_only_later_rows_of_its_player_and_season(inputs, made):
    hit = (inputs.player_games["game_date"] == "2022-12-01") & inputs.player_games["points"].gt(10).fillna(False)
    player = inputs.player_games.loc[hit, "player_lookup"].iloc[0]
    hit &= inputs.player_games["player_lookup"] == player
    points = inputs.player_games["points"] + hit.astype("Int64")
    corrected = replace(inputs, player_games=inputs.player_games.assign(points=points)).compute(ALL_DAYS)
    for name, module in MODULES.items():
        before, after = getattr(made, name), getattr(corrected, name)
        changed = before.loc[before.compare(after).index]
        if name == "factors":
            assert changed.empty
            continue
        assert set(changed["player_lookup"]) == {player}
        assert changed[date_column(module.TABLE)].min() > pd.Timestamp("2022-12-01")
        assert set(changed["season_year"]) == {2022}


@pytest.mark.parametrize("day", ["2021-11-02", "2023-02-10", "2023-12-09"])
def test_rows_equal_an_independent_computation_of_one_date(inputs, made, day):
    alone, stored, as_of = inputs.read_for(day), of_day(made, day), pd.Timestamp(day)
    universe, players, teams = (
        frame.to_dict("records") for frame in (alone.upcoming, alone.player_games, alone.offense)
    )
    shots = {row["player_lookup"]: row for row in stored.shot_zones.to_dict("records")}
    defense = {row["team_abbr"]: row for row in stored.defense_zones.to_dict("records")}
    for rows, expected in (
        (stored.cache, plain_cache(players, teams, universe, as_of)),
        (stored.factors, plain_factors(players, teams, universe, shots, defense, as_of)),
        (stored.features, plain_meetings(players, universe, as_of)),
    ):
        found = rows.set_index("player_lookup")
        assert sorted(found.index) == sorted(expected)
        plain = pd.DataFrame.from_dict(expected, orient="index").reindex(found.index)
        for name in plain.columns:
            values = (frame[name].astype("float64").to_numpy() for frame in (found, plain))
            np.testing.assert_allclose(*values, rtol=1e-9, atol=1e-12, err_msg=name)
