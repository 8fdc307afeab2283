"""Who is a player of a team before its game: the players it listed last, in one of its last ten games.

A player belongs to the team of his newest earlier listing (played, dressed or inactive) as long as that listing lies
within the team's ten newest final games. Who plays, is listed or has a line on the day itself selects nobody.
Does NOT belong here: anything about a player but where he belongs.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from nba_pipeline.asof import History, expand
from nba_pipeline.reference.team_games import team_games

TEAM_GAMES = 10  # newest final games of the team in which the player must have been listed
TEAM = "team_abbr"
TEAM_DAY = ["game_date", TEAM]


def final_team_games(games: pd.DataFrame) -> History:
    """Final games of every team."""
    return History(team_games(games[games["is_final"]]), TEAM)


def universe(listings: pd.DataFrame, final: History, teams: pd.DataFrame) -> pd.DataFrame:
    """game_date, season_year, team_abbr and the player's columns, one row per player of the teams.

    listings: rows of player_game_summary of any status (game_date, season_year, player_lookup, nba_player_id,
    player_full_name, team_abbr). teams: game_date and team_abbr of every team that plays.
    """
    newest = expand(History(listings, "player_lookup"), pd.DatetimeIndex(teams["game_date"].unique()))
    candidates = pd.DataFrame(
        {
            "game_date": newest.dates,
            **{name: newest.column(name) for name in ("season_year", "player_lookup", "nba_player_id")},
            **{name: newest.column(name) for name in ("player_full_name", TEAM)},
            "after_listing": newest.column("game_date") + pd.Timedelta(days=1),
        }
    )
    of_teams = candidates.merge(teams[TEAM_DAY], on=TEAM_DAY, how="inner", validate="many_to_one")
    played_so_far = final.count()
    until_day = final.as_of(of_teams).tally(played_so_far)
    until_listing = final.as_of(of_teams, date="after_listing").tally(played_so_far)
    recent = until_day - until_listing < TEAM_GAMES
    return of_teams[recent].drop(columns="after_listing").reset_index(drop=True)


def days_without_earlier_game(final: History, teams: pd.DataFrame) -> dict[date, str]:
    """Skip reason of the days on which no team that plays has an earlier final game this season."""
    known = pd.Series(final.as_of(teams).known).groupby(teams["game_date"].to_numpy()).any()
    return {day.date(): "no_earlier_game" for day in known.index[~known]}
