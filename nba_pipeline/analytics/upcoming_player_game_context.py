"""One row per player of a team that plays, before tip-off: workload, form, points line, availability, opponent.

Source: listings and played games before the day in player_game_summary, the team's and the opponent's rows of
upcoming_team_game_context, points props and injury reports up to the tip-off. Units: days, games, minutes, points.
Gaps: props are read from raw.odds_api_player_points_props only; the second source joins as an input when its raw
table exists. A player whose first listing ever is this game is not a row, and a traded player belongs to the old team
until the new one lists him. A player without a played game this season is a row with counters 0 and NULL means.
"""

from __future__ import annotations

import pandas as pd

from nba_pipeline.analytics import player_game_summary, upcoming_team_game_context
from nba_pipeline.analytics.daily_counts import count_by_date
from nba_pipeline.analytics.earlier_player_games import played, under_registry_names
from nba_pipeline.analytics.injury_state import PLAYER_COLUMNS, TEAM_COLUMNS, listed_players, report_in_force
from nba_pipeline.analytics.line_streaks import current_line_streaks, own_line_streaks
from nba_pipeline.analytics.player_availability import availability_columns
from nba_pipeline.analytics.player_universe import days_without_earlier_game, final_team_games, universe
from nba_pipeline.analytics.player_workload import form_columns, workload_columns
from nba_pipeline.analytics.prop_lines import choose_prop_lines, odds_api_quotes
from nba_pipeline.analytics.upcoming_player_columns import COLUMNS
from nba_pipeline.analytics.upcoming_player_rules import INVARIANTS
from nba_pipeline.asof import History
from nba_pipeline.calendar import skip_reasons
from nba_pipeline.orchestration import same_day, season_through, season_to_date, table_asset, whole, window
from nba_pipeline.raw import nbac_injury_report, nbac_injury_report_teams, odds_api_player_points_props
from nba_pipeline.reference import games as reference_games
from nba_pipeline.reference import player_aliases as reference_aliases
from nba_pipeline.reference import players_registry as reference_registry
from nba_pipeline.reference.resolve_players import resolve_players
from nba_pipeline.reference.team_games import GAME_COLUMNS, cutoff_at
from nba_pipeline.schema import Reference, Table, TableRows
from nba_pipeline.schema.frames import typed_frame

DAYS_PER_YEAR = 365.25
TEAM_KEY = ["game_date", "team_abbr"]
PLAYER_KEY = ["game_date", "player_lookup"]
GAME_KEY = ["game_date", "nba_game_id"]
TEAM_COPIES = (
    *TEAM_KEY,
    "game_id",
    "nba_game_id",
    "season_year",
    "season_phase",
    "opponent_team_abbr",
    "home_game",
    "tip_off_at",
    "team_days_rest",
    "opponent_days_rest",
    "game_spread",
    "game_total",
)
TEAM_FORM = ("pace_last_10", "defensive_rating_last_10", "ft_rate_allowed_last_10")
OF_OPPONENT = {
    "team_abbr": "opponent_team_abbr",
    "pace_last_10": "opponent_pace_last_10",
    "defensive_rating_last_10": "opponent_def_rating_last_10",
    "ft_rate_allowed_last_10": "opponent_ft_rate_allowed_last_10",
}
PLAYER_GAME_COLUMNS = (
    "game_date",
    "season_year",
    "player_lookup",
    "nba_player_id",
    "player_full_name",
    "team_abbr",
    "seconds_played",
    "points",
    "fg_makes",
    "fg_attempts",
    "three_pt_makes",
    "usage_rate",
    "over_under_result",
)
LINE_NAMES = {"points_line": "current_points_line", "opening_line": "opening_points_line"}
IDENTITY = ("game_date", "game_id", "nba_game_id", "team_abbr", "opponent_team_abbr", "home_game", "season_phase")

TABLE = Table(
    layer="analytics",
    name="upcoming_player_game_context",
    grain="one row per player of the universe and scheduled game",
    description="Players listed last by a team that plays, in one of its ten newest games; one rule live and in a "
    "back-fill. Played means seconds_played > 0. Travel, record and injury counts of the team stand in its own table.",
    columns=COLUMNS,
    primary_key=("game_date", "player_lookup"),
    partition_column="game_date",
    cluster_by=("player_lookup", "team_abbr"),
    row_count="universe",
    needs_earlier_game=True,
    invariants=INVARIANTS,
    references=(Reference(IDENTITY, "analytics.upcoming_team_game_context", IDENTITY),),
)


def transform(
    games: pd.DataFrame,
    team_context: pd.DataFrame,
    player_games: pd.DataFrame,
    player_props: pd.DataFrame,
    injury_report: pd.DataFrame,
    injury_report_teams: pd.DataFrame,
    players_registry: pd.DataFrame,
    player_aliases: pd.DataFrame,
    dates: pd.DatetimeIndex,
) -> TableRows:
    """Every player of every team that plays on the dates."""
    teams = _teams(games, team_context, injury_report_teams, dates)
    listings = under_registry_names(player_games, players_registry, player_aliases)
    final = final_team_games(games)
    rows = universe(listings, final, teams).drop(columns="season_year")
    rows = rows.merge(teams, on=TEAM_KEY, how="left", validate="many_to_one")
    rows = _with_registry(rows, players_registry)
    before = History(played(listings), "player_lookup").as_of(rows)
    rows = rows.assign(**workload_columns(before), **form_columns(before))
    quotes = resolve_players(odds_api_quotes(player_props), players_registry, player_aliases)
    rows = _with_lines(rows, quotes, teams)
    rows = rows.assign(**current_line_streaks(before, rows["current_points_line"]), **own_line_streaks(before, rows))
    listed = listed_players(injury_report, teams, players_registry=players_registry, player_aliases=player_aliases)
    rows = rows.assign(**availability_columns(listed, before.history.rows, rows))
    return TableRows(
        typed_frame(TABLE, rows).sort_values(PLAYER_KEY, ignore_index=True),
        counts={"unregistered_players": count_by_date(rows.loc[~rows["is_registered"], "game_date"])},
        skip_reasons={**skip_reasons(games, dates, bootstrap=False), **days_without_earlier_game(final, teams)},
    )


def _teams(
    games: pd.DataFrame, team_context: pd.DataFrame, injury_report_teams: pd.DataFrame, dates: pd.DatetimeIndex
) -> pd.DataFrame:
    """Team rows of the dates with the opponent's form, cutoff and the injury report in force."""
    own = team_context[team_context["game_date"].isin(dates)].reset_index(drop=True)
    expected = games.loc[games["game_date"].isin(dates), GAME_KEY]
    missing = expected[~_pairs(expected).isin(_pairs(own))]
    if len(missing):
        raise ValueError(
            f"{TABLE}: {upcoming_team_game_context.TABLE} has no row for {len(missing)} game(s), first "
            f"{missing.iloc[0].tolist()}; materialise that partition first."
        )
    opponents = own[["game_date", *OF_OPPONENT]].rename(columns=OF_OPPONENT)
    teams = own[[*TEAM_COPIES, "pace_last_10"]].merge(
        opponents, on=["game_date", "opponent_team_abbr"], how="left", validate="one_to_one"
    )
    teams = teams.assign(
        pace_differential=teams["pace_last_10"] - teams["opponent_pace_last_10"], cutoff_at=cutoff_at(teams)
    )
    return teams.assign(injury_report_at=report_in_force(injury_report_teams, teams))


def _with_registry(rows: pd.DataFrame, players_registry: pd.DataFrame) -> pd.DataFrame:
    """Rows with the registry's name, and age."""
    known = players_registry[["player_lookup", "player_full_name", "birth_date"]].rename(
        columns={"player_full_name": "registered_name"}
    )
    rows = rows.merge(known, on="player_lookup", how="left", validate="many_to_one")
    return rows.assign(
        player_full_name=rows["registered_name"].fillna(rows["player_full_name"]),
        is_registered=rows["registered_name"].notna(),
        player_age=(rows["game_date"] - rows["birth_date"]).dt.days / DAYS_PER_YEAR,
    )


def _with_lines(rows: pd.DataFrame, quotes: pd.DataFrame, teams: pd.DataFrame) -> pd.DataFrame:
    """Rows with their points line; quotes of games that moved away, and quotes after the tip-off of their own game, are
    ignored: on his first day with a new team a player is a row of the old one, whose game may start later.
    """
    here = quotes["nba_game_id"].isna() | _pairs(quotes).isin(_pairs(teams))
    cutoffs = teams.drop_duplicates("nba_game_id").set_index("nba_game_id")["cutoff_at"]
    late = quotes["snapshot_at"] > quotes["nba_game_id"].map(cutoffs)
    lines = choose_prop_lines(quotes[here & ~late], rows).rename(columns=LINE_NAMES)
    priced = rows.merge(lines, on=PLAYER_KEY, how="left", validate="one_to_one")
    return priced.assign(
        has_prop_line=priced["current_points_line"].notna(),
        points_line_books=priced["points_line_books"].fillna(0),
    )


def _pairs(rows: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[GAME_KEY])


asset = table_asset(
    TABLE,
    transform,
    inputs={
        "games": season_through(reference_games.TABLE, columns=GAME_COLUMNS),
        "team_context": same_day(upcoming_team_game_context.TABLE, columns=(*TEAM_COPIES, *TEAM_FORM)),
        "player_games": season_to_date(player_game_summary.TABLE, columns=PLAYER_GAME_COLUMNS),
        "player_props": same_day(odds_api_player_points_props.TABLE, columns=player_game_summary.PROP_COLUMNS),
        "injury_report": window(
            nbac_injury_report.TABLE, days=upcoming_team_game_context.REPORT_WINDOW_DAYS, columns=PLAYER_COLUMNS
        ),
        "injury_report_teams": window(
            nbac_injury_report_teams.TABLE, days=upcoming_team_game_context.REPORT_WINDOW_DAYS, columns=TEAM_COLUMNS
        ),
        "players_registry": whole(
            reference_registry.TABLE, columns=("player_lookup", "nba_player_id", "player_full_name", "birth_date")
        ),
        "player_aliases": whole(reference_aliases.TABLE, columns=("alias_lookup", "player_lookup")),
    },
)
