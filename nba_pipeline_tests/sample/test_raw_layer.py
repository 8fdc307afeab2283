"""The raw tables load the whole simulated landing zone: nothing refused, everything counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType

import pandas as pd
import pytest

from nba_pipeline.landing.files import Landed
from nba_pipeline.landing.store import Landing
from nba_pipeline.raw import (
    espn_team_rosters,
    nbac_play_by_play,
    nbac_player_boxscores,
    nbac_player_list_current,
    nbac_referee_game_assignments,
    nbac_schedule,
    nbac_shot_chart,
    nbac_team_boxscore,
    odds_api_game_lines,
    odds_api_player_points_props,
    season_files,
)
from nba_pipeline.sample import SampleSummary
from nba_pipeline.sample.league import League
from nba_pipeline.sample.market import make_markets
from nba_pipeline.schema import TableRows

Load = Callable[..., TableRows]  # module, feed, archive folder -> rows of the whole sample


def landed(
    landing: Landing, summary: SampleSummary, feed: str, archive: str | None = None, columns: Sequence[str] = ()
) -> Landed:
    return landing.landed((feed,), summary.first_date, summary.last_date, archive=archive, archive_columns=columns)


@pytest.fixture(scope="session")
def dates(summary: SampleSummary) -> pd.DatetimeIndex:
    return pd.date_range(summary.first_date, summary.last_date).astype("datetime64[us]")


@pytest.fixture(scope="session")
def season(landing: Landing, summary: SampleSummary) -> Landed:
    return landed(landing, summary, "nba_schedule", "nbac_schedule", season_files.ARCHIVE_COLUMNS)


@pytest.fixture(scope="session")
def schedule(season: Landed) -> pd.DataFrame:
    return nbac_schedule.parse_season_schedule(season)


@pytest.fixture
def load(landing: Landing, summary: SampleSummary, schedule: pd.DataFrame, dates: pd.DatetimeIndex) -> Load:
    def run(module: ModuleType, feed: str, archive: str | None = None) -> TableRows:
        files = landed(landing, summary, feed, archive, getattr(module, "ARCHIVE_COLUMNS", ()))
        made = module.transform(files, schedule, dates) if archive else module.transform(files, dates)
        assert made.rejects.empty, made.rejects.head().to_string()
        assert not made.rows.duplicated(list(module.TABLE.primary_key)).any()
        return made

    return run


def test_schedule_has_all_counted_games_and_none_of_the_excluded(
    season: Landed, schedule: pd.DataFrame, dates: pd.DatetimeIndex, summary: SampleSummary
) -> None:
    made = nbac_schedule.transform(season, dates)
    assert made.rejects.empty
    assert len(schedule) == summary.counted_games
    assert len(made.rows) == summary.final_games + summary.postponed_games
    assert made.rows["is_final"].sum() == summary.final_games
    assert made.rows["is_postponed"].sum() == 1
    assert (made.rows["overtime_periods"] > 0).sum() == summary.overtime_games
    assert made.rows["original_game_date"].notna().sum() == 1


def test_player_boxes_load_from_both_forms_with_one_player_listed_twice(load: Load, summary: SampleSummary) -> None:
    made = load(nbac_player_boxscores, "nba_boxscore_live", "nbac_player_boxscores")
    assert len(made.rows) == summary.player_rows
    assert sum(made.counts["double_listed"].values()) == 1
    assert set(made.rows["source_form"]) == {"nba_boxscore_live", "archive"}
    assert made.rows.groupby(["nba_game_id", "team_abbr"])["is_starter"].sum().eq(5).all()


def test_team_boxes_have_two_rows_for_every_game(load: Load, summary: SampleSummary) -> None:
    made = load(nbac_team_boxscore, "nba_boxscore_live", "nbac_team_boxscores")
    assert len(made.rows) == summary.team_rows
    assert (made.rows.groupby("nba_game_id").size() == 2).all()
    assert (made.rows["turnovers_total"] - made.rows["turnovers"]).between(0, 6).all()


def test_payload_outranks_the_archive_on_the_date_that_has_both(load: Load, league: League) -> None:
    made = load(nbac_team_boxscore, "nba_boxscore_live", "nbac_team_boxscores")
    both = {game.nba_game_id for game in league.season.games if game.is_archived and game.has_payloads}
    assert both
    assert set(made.rows.loc[made.rows["nba_game_id"].isin(both), "source_form"]) == {"nba_boxscore_live"}


def test_events_load_in_order_and_end_with_the_final_score(
    load: Load, summary: SampleSummary, schedule: pd.DataFrame
) -> None:
    made = load(nbac_play_by_play, "nba_play_by_play", "nbac_play_by_play")
    assert len(made.rows) == summary.play_by_play_events
    ordered = made.rows.sort_values(["nba_game_id", "event_order"])
    last = ordered.groupby("nba_game_id")[["score_home", "score_away"]].last()
    final = schedule[schedule["is_final"]].set_index("nba_game_id")[["home_score", "away_score"]].loc[last.index]
    assert last.to_numpy().tolist() == final.to_numpy().tolist()
    total = ordered["score_home"] + ordered["score_away"]
    assert total.groupby(ordered["nba_game_id"]).is_monotonic_increasing.all()


def test_shots_load_once_per_attempt(load: Load, summary: SampleSummary) -> None:
    made = load(nbac_shot_chart, "nba_shot_chart", "nbac_shot_chart")
    assert len(made.rows) == summary.field_goal_attempts


def test_game_lines_load_with_every_snapshot_and_outcome(load: Load, league: League) -> None:
    made = load(odds_api_game_lines, "odds_game_lines", "odds_api_game_lines")
    markets = make_markets(league.results, seed=7)
    quoted = sum(6 * len(snapshot.game_lines) for market in markets for snapshot in market.snapshots)
    closing = 6 * sum(result.game.is_archived for result in league.results)
    assert len(made.rows) == quoted + closing


def test_points_lines_load_with_every_player_and_line(load: Load, league: League) -> None:
    made = load(odds_api_player_points_props, "odds_player_points", "player_points_props")
    markets = make_markets(league.results, seed=7)
    assert len(made.rows) == sum(len(snapshot.points_lines) for market in markets for snapshot in market.snapshots)


def test_player_list_and_rosters_load_both_snapshots(load: Load) -> None:
    players = load(nbac_player_list_current, "nba_player_index").rows
    rosters = load(espn_team_rosters, "espn_roster").rows
    assert len(players) == len(rosters) == 2 * 480
    assert set(players["player_lookup"]) == set(rosters["player_lookup"])


def test_officials_load_three_a_game_and_the_moved_game_on_its_new_date_only(
    load: Load, summary: SampleSummary
) -> None:
    made = load(nbac_referee_game_assignments, "nba_referees", "nbac_referee_assignments")
    assert len(made.rows) == 3 * summary.final_games
    assert sum(made.counts["moved_game"].values()) == 1
