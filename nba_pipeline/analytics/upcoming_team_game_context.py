"""One row per team and scheduled game: rest, density, record, travel, lines, injuries and form before tip-off.

Source: nba_reference.games of the day and before, game lines and injury reports up to the tip-off, earlier rows of
player_game_summary, team_offense_game_summary and team_defense_game_summary. Units: days, games, miles, hours, points.
Gaps: nothing of the day itself but its schedule is used, so a row is the same before and after the game. A team that
has not reported has NULL injury columns; a city that nba_reference.venues lacks gives NULL travel.
"""

from __future__ import annotations

import pandas as pd

from nba_pipeline.analytics import player_game_summary, team_defense_game_summary, team_offense_game_summary
from nba_pipeline.analytics.daily_counts import count_by_date
from nba_pipeline.analytics.earlier_player_games import played, under_registry_names
from nba_pipeline.analytics.game_lines import QUOTE_COLUMNS, line_columns
from nba_pipeline.analytics.injury_state import (
    OUT,
    PLAYER_COLUMNS,
    PROBABLE,
    TEAM_COLUMNS,
    UNCERTAIN,
    count_listed,
    listed_players,
    report_in_force,
)
from nba_pipeline.analytics.player_standing import rotation_players, starters
from nba_pipeline.analytics.team_entering import TEAM, rest_columns, result_columns
from nba_pipeline.analytics.team_form import DEFENSE_COLUMNS, OFFENSE_COLUMNS, form_columns
from nba_pipeline.analytics.team_lines import opponents
from nba_pipeline.analytics.travel import VENUE_COLUMNS, travel_columns
from nba_pipeline.analytics.upcoming_team_columns import COLUMNS
from nba_pipeline.analytics.upcoming_team_rules import INVARIANTS
from nba_pipeline.asof import History
from nba_pipeline.calendar import skip_reasons
from nba_pipeline.orchestration import same_day, season_through, season_to_date, table_asset, whole, window
from nba_pipeline.raw import nbac_injury_report, nbac_injury_report_teams, odds_api_game_lines
from nba_pipeline.reference import games as reference_games
from nba_pipeline.reference import player_aliases as reference_aliases
from nba_pipeline.reference import players_registry as reference_registry
from nba_pipeline.reference import teams as reference_teams
from nba_pipeline.reference import venues as reference_venues
from nba_pipeline.reference.team_games import GAME_COLUMNS, cutoff_at, team_games
from nba_pipeline.schema import Reference, Table, TableRows
from nba_pipeline.schema.frames import typed_frame

REPORT_WINDOW_DAYS = 1  # tonight's players are first listed the day before
PLAYER_GAME_COLUMNS = (
    "game_date",
    "season_year",
    "team_abbr",
    "player_lookup",
    "nba_player_id",
    "seconds_played",
    "starter_flag",
)
GAME_KEY = ("game_date", "game_id", "nba_game_id", "season_year")

TABLE = Table(
    layer="analytics",
    name="upcoming_team_game_context",
    grain="one row per team and scheduled game",
    description="What is known of a team before its game; exactly two rows per game, whatever its status.",
    columns=COLUMNS,
    primary_key=("game_date", "team_abbr"),
    partition_column="game_date",
    cluster_by=("team_abbr",),
    row_count="two_per_scheduled_game",
    invariants=INVARIANTS,
    references=(Reference((*GAME_KEY, "season_phase"), "reference.games", (*GAME_KEY, "season_type")),),
)


def transform(
    games: pd.DataFrame,
    game_lines: pd.DataFrame,
    injury_report: pd.DataFrame,
    injury_report_teams: pd.DataFrame,
    player_games: pd.DataFrame,
    team_offense: pd.DataFrame,
    team_defense: pd.DataFrame,
    teams: pd.DataFrame,
    venues: pd.DataFrame,
    players_registry: pd.DataFrame,
    player_aliases: pd.DataFrame,
    dates: pd.DatetimeIndex,
) -> TableRows:
    """Both teams of every game of the dates."""
    season = _team_games(games, teams)
    scheduled = History(season, TEAM)
    before = scheduled.as_of(scheduled.rows)
    rows = scheduled.rows.assign(**rest_columns(before), **travel_columns(scheduled, before, venues))
    rows = rows.assign(opponent_days_rest=opponents(rows, ["team_days_rest"])["team_days_rest"])
    rows = rows[rows["game_date"].isin(dates)].reset_index(drop=True)
    rows = rows.assign(**result_columns(season, rows), **form_columns(team_offense, team_defense, rows))
    rows = pd.concat([rows, line_columns(game_lines, rows)], axis=1)
    rows = rows.assign(injury_report_at=report_in_force(injury_report_teams, rows))
    listed = listed_players(injury_report, rows, players_registry=players_registry, player_aliases=player_aliases)
    earlier = under_registry_names(player_games, players_registry, player_aliases) if len(listed) else player_games
    rows = rows.assign(**_injury_columns(listed, played(earlier), rows))
    return TableRows(
        typed_frame(TABLE, rows).sort_values(["game_date", "team_abbr"], ignore_index=True),
        counts={
            "teams_without_spread": count_by_date(rows.loc[rows["game_spread"].isna(), "game_date"]),
            "teams_without_injury_report": count_by_date(rows.loc[rows["injury_report_at"].isna(), "game_date"]),
        },
        skip_reasons=skip_reasons(games, dates, bootstrap=False),
    )


def _team_games(games: pd.DataFrame, teams: pd.DataFrame) -> pd.DataFrame:
    """Two rows per game with venue, home city of the row's team, and cutoff."""
    twice = pd.concat([games.assign(cutoff_at=cutoff_at(games))] * 2, ignore_index=True)
    rows = team_games(games).assign(
        season_phase=twice["season_type"],
        **{name: twice[name] for name in ("is_final", "tip_off_at", "cutoff_at", "venue_city", "neutral_site")},
    )
    return rows.assign(home_city=reference_teams.home_cities(rows, teams, team=TEAM))


def _injury_columns(listed: pd.DataFrame, player_games: pd.DataFrame, rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Listed players per team by status, and those out by what they have been to it."""
    is_out = listed["injury_status"].isin(OUT)
    kinds = {
        "players_out": is_out,
        "rotation_players_out": is_out & rotation_players(player_games, listed),
        "starters_out": is_out & starters(player_games, listed),
        "questionable_players": listed["injury_status"].isin(UNCERTAIN),
        "probable_players": listed["injury_status"].isin(PROBABLE),
    }
    return {name: count_listed(listed, of_kind, rows) for name, of_kind in kinds.items()}


asset = table_asset(
    TABLE,
    transform,
    inputs={
        "games": season_through(
            reference_games.TABLE, columns=(*GAME_COLUMNS, "tip_off_at", "venue_city", "neutral_site")
        ),
        "game_lines": same_day(odds_api_game_lines.TABLE, columns=QUOTE_COLUMNS),
        "injury_report": window(nbac_injury_report.TABLE, days=REPORT_WINDOW_DAYS, columns=PLAYER_COLUMNS),
        "injury_report_teams": window(nbac_injury_report_teams.TABLE, days=REPORT_WINDOW_DAYS, columns=TEAM_COLUMNS),
        "player_games": season_to_date(player_game_summary.TABLE, columns=PLAYER_GAME_COLUMNS),
        "team_offense": season_to_date(team_offense_game_summary.TABLE, columns=OFFENSE_COLUMNS),
        "team_defense": season_to_date(team_defense_game_summary.TABLE, columns=DEFENSE_COLUMNS),
        "teams": whole(
            reference_teams.TABLE, columns=("team_abbr", "valid_from_season", "valid_to_season", "home_city")
        ),
        "venues": whole(reference_venues.TABLE, columns=VENUE_COLUMNS),
        "players_registry": whole(
            reference_registry.TABLE, columns=("player_lookup", "nba_player_id", "player_full_name")
        ),
        "player_aliases": whole(reference_aliases.TABLE, columns=("alias_lookup", "player_lookup")),
    },
)
