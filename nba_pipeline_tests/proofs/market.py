"""Quotes and injury reports made up for real or made-up games, so that every path of the market and of injuries runs.

Two quotes a player and game and two books; a report the evening before, another one an hour before the tip-off.
Does NOT belong here: results.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nba_pipeline.analytics.injury_state import BY_SEVERITY
from nba_pipeline.raw import (
    nbac_injury_report,
    nbac_injury_report_teams,
    odds_api_game_lines,
    odds_api_player_points_props,
)
from nba_pipeline.reference.team_games import cutoff_at, team_games
from nba_pipeline_tests.proofs.chain import Book
from nba_pipeline_tests.proofs.drawn import filled

BOOKS = ("draftkings", "fanduel")
QUOTED_BEFORE = (pd.Timedelta(hours=6), pd.Timedelta(minutes=5))
REPORTED_BEFORE = (pd.Timedelta(hours=25), pd.Timedelta(hours=1))
LISTED_SHARE = 0.25  # of the players of a team that its report lists
REASONS = ("injury", "injury", "g_league", "rest")


def market_of(book: Book, days: pd.DatetimeIndex, seed: int = 0) -> dict[str, pd.DataFrame]:
    """Points props, game lines and both injury tables of the games of these days."""
    rng = np.random.default_rng(seed)
    games = book["reference.games"]
    games = games[games["game_date"].isin(days)].reset_index(drop=True)
    games = games.assign(cutoff_at=cutoff_at(games))
    players = book["analytics.player_game_summary"]
    players = players[players["game_date"].isin(days)]
    listed = players[["game_date", "team_abbr", "player_lookup", "nba_player_id"]]
    sides = team_games(games).merge(games[["nba_game_id", "cutoff_at"]], on="nba_game_id", validate="many_to_one")
    of_game = listed.merge(sides[["game_date", "team_abbr", "nba_game_id", "cutoff_at"]], on=["game_date", "team_abbr"])
    reported = of_game[rng.random(len(of_game)) < LISTED_SHARE]
    made = {
        odds_api_player_points_props.TABLE: _props(of_game, rng),
        odds_api_game_lines.TABLE: _lines(games, rng),
        nbac_injury_report.TABLE: _listings(reported, rng),
        nbac_injury_report_teams.TABLE: _reported(sides).assign(is_submitted=True),
    }
    stated = games.set_index("nba_game_id")[["game_id", "season_year", "home_team_abbr", "away_team_abbr"]]
    return {
        str(table): filled(table, rows.join(stated[[c for c in stated if c not in rows]], on="nba_game_id"), rng)
        for table, rows in made.items()
    }


def _props(players: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    quotes = pd.concat(
        [
            players.assign(
                bookmaker=book,
                snapshot_at=players["cutoff_at"] - before,
                points_line=rng.integers(5, 30, len(players)) + 0.5,
                over_price_decimal=rng.uniform(1.8, 2.0, len(players)),
            )
            for book in BOOKS
            for before in QUOTED_BEFORE
        ],
        ignore_index=True,
    )
    return quotes[rng.random(len(quotes)) < 0.7]


def _lines(games: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    markets = {"spreads": ("home", "away"), "totals": ("over", "under")}
    quotes = []
    for book in BOOKS:
        for before in QUOTED_BEFORE:
            for market, outcomes in markets.items():
                point = rng.integers(-12, 12, len(games)) + (0.5 if market == "spreads" else 220.5)
                for outcome in outcomes:
                    quotes.append(
                        games.assign(
                            bookmaker=book,
                            market_key=market,
                            outcome_name=outcome,
                            outcome_point=-point if outcome == "away" else point,
                            snapshot_at=games["cutoff_at"] - before,
                        )
                    )
    return pd.concat(quotes, ignore_index=True)


def _reported(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows once per report, dated by the day of the report in New York."""
    reports = pd.concat([rows.assign(report_at=rows["cutoff_at"] - before) for before in REPORTED_BEFORE])
    days = reports["report_at"].dt.tz_convert("America/New_York").dt.tz_localize(None).dt.normalize()
    return reports.assign(report_date=days)


def _listings(players: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    reports = _reported(players)
    return reports.assign(
        injury_status=rng.choice(BY_SEVERITY, len(reports)),
        reason="Injury/Illness",
        reason_category=rng.choice(REASONS, len(reports)),
    )
