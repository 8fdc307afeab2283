"""A made-up league of two short seasons as base tables: eight teams, back-to-backs, a break, a trade, absences.

Numbers are drawn from what the columns declare, so that a column which a new table reads is filled without a change
here. Does NOT belong here: expectations, files.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from nba_pipeline.analytics import player_game_summary, team_defense_game_summary, team_offense_game_summary
from nba_pipeline.reference import games as reference_games
from nba_pipeline.reference import player_aliases, players_registry, teams, venues
from nba_pipeline.reference.team_games import team_games
from nba_pipeline_tests.proofs.drawn import NULL_SHARE, filled
from nba_pipeline_tests.proofs.market import market_of

TEAMS = ("BOS", "NYK", "PHI", "BKN", "TOR", "MIL", "CHI", "CLE")
FIRST_DATES = ("2021-10-19", "2022-10-18")
BREAK = range(26, 31)  # days of a season without a game
PLAYED_SHARE = 0.85
SPREAD_OF_PLAYERS, SPREAD_OF_GAMES = (4.0, 28.0), 6.0  # points: means of players, deviation of their games


@dataclass(frozen=True)
class Shape:
    """Size of the league. games_a_day: at most half the teams."""

    days: int = 40
    games_a_day: int = 3
    players: int = 9
    seasons: int = 2
    every_day: bool = False


def made_up_league(shape: Shape | None = None, seed: int = 0) -> dict[str, pd.DataFrame]:
    """The base tables of all look-back tables, every declared column filled."""
    shape, rng = shape or Shape(), np.random.default_rng(seed)
    games = _games(shape, rng)
    boxes = _boxes(team_games(games), shape, rng)
    sides = team_games(games).drop(columns=["points", "opponent_points"])
    registry = boxes[["player_lookup", "nba_player_id", "player_full_name"]].drop_duplicates("player_lookup")
    alias = registry.head(1).assign(alias_lookup=lambda rows: "the" + rows["player_lookup"])
    book = {
        str(reference_games.TABLE): games,
        str(player_game_summary.TABLE): filled(player_game_summary.TABLE, boxes, rng),
        str(team_offense_game_summary.TABLE): filled(team_offense_game_summary.TABLE, sides, rng),
        str(team_defense_game_summary.TABLE): filled(team_defense_game_summary.TABLE, sides, rng),
        str(players_registry.TABLE): filled(
            players_registry.TABLE, registry.assign(birth_date=pd.Timestamp("1996-02-29")), rng
        ),
        str(player_aliases.TABLE): filled(player_aliases.TABLE, alias, rng),
        str(teams.TABLE): teams.transform(),
        str(venues.TABLE): venues.transform(),
    }
    return {**book, **market_of(book, pd.DatetimeIndex(games["game_date"].unique()), seed)}


def _games(shape: Shape, rng: np.random.Generator) -> pd.DataFrame:
    games, cities = [], dict(zip(teams.transform()["team_abbr"], teams.transform()["home_city"], strict=False))
    for first in FIRST_DATES[: shape.seasons]:
        for offset in range(shape.days):
            if not shape.every_day and (offset in BREAK or offset % 4 == 3):
                continue
            day, order = pd.Timestamp(first) + pd.Timedelta(days=offset), rng.permutation(TEAMS)
            for home, away in zip(order[: shape.games_a_day], order[-shape.games_a_day :], strict=True):
                games.append({"game_date": day, "home_team_abbr": home, "away_team_abbr": away})
    rows = pd.DataFrame(games)
    margin = rng.integers(1, 20, len(rows)) * rng.choice((-1, 1), len(rows))
    away_points = rng.integers(95, 120, len(rows))
    days = rows["game_date"]
    tip_off = (days + pd.Timedelta(hours=19)).dt.tz_localize("America/New_York").dt.tz_convert("UTC")
    number = pd.Series(range(len(rows))).astype("str").str.zfill(5)
    rows = rows.assign(
        game_id=days.dt.strftime("%Y%m%d") + "_" + rows["away_team_abbr"] + "_" + rows["home_team_abbr"],
        nba_game_id="002" + days.dt.strftime("%y") + number,
        season_year=days.dt.year - (days.dt.month < 10),
        season_type="regular",
        tip_off_at=tip_off.where(rng.random(len(rows)) > NULL_SHARE),
        is_final=True,
        home_points=away_points + margin,
        away_points=away_points,
        winning_team_abbr=rows["home_team_abbr"].where(margin > 0, rows["away_team_abbr"]),
        venue_city=rows["home_team_abbr"].map(cities),
        neutral_site=False,
    )
    return filled(reference_games.TABLE, rows, rng)


def _boxes(sides: pd.DataFrame, shape: Shape, rng: np.random.Generator) -> pd.DataFrame:
    """A row per player and game of his team; the first player of every team changes to the next team half-way."""
    roster = pd.DataFrame([{"team_abbr": team, "place": place} for team in TEAMS for place in range(shape.players)])
    roster = roster.assign(
        player_lookup=roster["team_abbr"].str.lower() + roster["place"].astype("str"),
        nba_player_id=range(1001, 1001 + len(roster)),
        player_full_name=roster["team_abbr"] + " " + roster["place"].astype("str"),
        skill=rng.uniform(*SPREAD_OF_PLAYERS, len(roster)),
    )
    traded = roster.assign(
        team_abbr=roster["team_abbr"].where(
            roster["place"] > 0, roster["team_abbr"].map(dict(zip(TEAMS, (*TEAMS[1:], TEAMS[0]), strict=True)))
        )
    )
    middle = sides.groupby("season_year")["game_date"].transform("median")
    rows = pd.concat(
        [
            sides[~(sides["game_date"] > middle)].merge(roster, on="team_abbr"),
            sides[sides["game_date"] > middle].merge(traded, on="team_abbr"),
        ],
        ignore_index=True,
    ).drop(columns="points")
    played = rng.random(len(rows)) < PLAYED_SHARE
    points = np.maximum(0, rng.normal(rows["skill"], SPREAD_OF_GAMES)).round()
    return rows.assign(
        is_dnp=~played,
        seconds_played=pd.Series(rng.integers(300, 2400, len(rows)), dtype="Int64").where(played),
        points=pd.Series(points).astype("Int64").where(played),
        usage_rate=pd.Series(rng.uniform(0.1, 0.35, len(rows))).where(played),
    )
