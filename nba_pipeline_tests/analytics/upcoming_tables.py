"""Everything the tables of upcoming games read, as one set of frames that a test changes and hands to both.

Does NOT belong here: expectations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from nba_pipeline.analytics import player_game_summary as pgs
from nba_pipeline.analytics import team_defense_game_summary as tdgs
from nba_pipeline.analytics import team_offense_game_summary as togs
from nba_pipeline.analytics import upcoming_player_game_context as upgc
from nba_pipeline.analytics import upcoming_team_game_context as utgc
from nba_pipeline.raw import (
    nbac_injury_report,
    nbac_injury_report_teams,
    odds_api_game_lines,
    odds_api_player_points_props,
)
from nba_pipeline.reference import games as reference_games
from nba_pipeline.reference import player_aliases, players_registry, teams, venues
from nba_pipeline.reference.team_games import GAME_COLUMNS
from nba_pipeline.schema import Table, TableRows
from nba_pipeline.schema.frames import empty_frame, frame_dtype
from nba_pipeline_tests.analytics import builders as b

SEASON_GAMES = (*GAME_COLUMNS, "tip_off_at", "venue_city", "neutral_site")
PLAYER_GAMES = tuple(dict.fromkeys((*utgc.PLAYER_GAME_COLUMNS, *upgc.PLAYER_GAME_COLUMNS)))
REGISTRY = ("player_lookup", "nba_player_id", "player_full_name", "birth_date")
ALIASES = ("alias_lookup", "player_lookup")
HOME_CITIES = dict(zip(teams.transform()["team_abbr"], teams.transform()["home_city"], strict=True))

Change = Callable[[pd.DataFrame], pd.DataFrame]


def season_of(day: str) -> int:
    return int(day[:4]) - (int(day[5:7]) < 10)


def frame(table: Table, columns: tuple[str, ...], *rows: Mapping[str, object]) -> pd.DataFrame:
    """Rows of a table, absent values missing; instants are written with or without seconds."""
    instants = {name for name in columns if table.by_name[name].type == "TIMESTAMP"}
    read = [{k: pd.Timestamp(str(v)) if k in instants and v is not None else v for k, v in row.items()} for row in rows]
    return b.typed(read, {name: frame_dtype(table.by_name[name]) for name in columns})


def _empty(table: Table, columns: tuple[str, ...]) -> pd.DataFrame:
    return empty_frame(table, columns)


@dataclass(frozen=True)
class Tables:
    """Frames as the assets declare them; those not given are empty."""

    games: pd.DataFrame
    player_games: pd.DataFrame = field(default_factory=lambda: _empty(pgs.TABLE, PLAYER_GAMES))
    team_offense: pd.DataFrame = field(default_factory=lambda: _empty(togs.TABLE, utgc.OFFENSE_COLUMNS))
    team_defense: pd.DataFrame = field(default_factory=lambda: _empty(tdgs.TABLE, utgc.DEFENSE_COLUMNS))
    game_lines: pd.DataFrame = field(default_factory=lambda: _empty(odds_api_game_lines.TABLE, utgc.QUOTE_COLUMNS))
    injury_report: pd.DataFrame = field(default_factory=lambda: _empty(nbac_injury_report.TABLE, utgc.PLAYER_COLUMNS))
    injury_report_teams: pd.DataFrame = field(
        default_factory=lambda: _empty(nbac_injury_report_teams.TABLE, utgc.TEAM_COLUMNS)
    )
    player_props: pd.DataFrame = field(
        default_factory=lambda: _empty(odds_api_player_points_props.TABLE, pgs.PROP_COLUMNS)
    )
    players_registry: pd.DataFrame = field(default_factory=lambda: _empty(players_registry.TABLE, REGISTRY))
    player_aliases: pd.DataFrame = field(default_factory=lambda: _empty(player_aliases.TABLE, ALIASES))

    def teams(self, dates: pd.DatetimeIndex) -> TableRows:
        """upcoming_team_game_context of the dates."""
        return utgc.transform(
            games=self.games,
            game_lines=self.game_lines,
            injury_report=self.injury_report,
            injury_report_teams=self.injury_report_teams,
            player_games=self.player_games[list(utgc.PLAYER_GAME_COLUMNS)],
            team_offense=self.team_offense,
            team_defense=self.team_defense,
            teams=teams.transform(),
            venues=venues.transform(),
            players_registry=self.players_registry,
            player_aliases=self.player_aliases,
            dates=dates,
        )

    def players(self, dates: pd.DatetimeIndex, team_context: pd.DataFrame | None = None) -> TableRows:
        """upcoming_player_game_context of the dates, from their team rows."""
        context = self.teams(dates).rows if team_context is None else team_context
        return upgc.transform(
            games=self.games[list(GAME_COLUMNS)],
            team_context=context[[*upgc.TEAM_COPIES, *upgc.TEAM_FORM]],
            player_games=self.player_games[list(upgc.PLAYER_GAME_COLUMNS)],
            player_props=self.player_props,
            injury_report=self.injury_report,
            injury_report_teams=self.injury_report_teams,
            players_registry=self.players_registry,
            player_aliases=self.player_aliases,
            dates=dates,
        )

    def changed(self, **changes: Change) -> Tables:
        """The same tables, some of them changed."""
        return replace(self, **{name: change(getattr(self, name)) for name, change in changes.items()})

    def read_for(self, day: str) -> Tables:
        """What a run of that day alone reads."""
        date, window = pd.Timestamp(day), pd.Timedelta(days=1)
        season = season_of(day)

        def earlier(rows: pd.DataFrame) -> pd.DataFrame:
            return rows[(rows["season_year"] == season) & (rows["game_date"] < date)]

        def same_day(rows: pd.DataFrame) -> pd.DataFrame:
            return rows[rows["game_date"] == date]

        def reported(rows: pd.DataFrame) -> pd.DataFrame:
            return rows[rows["report_date"].isin((date - window, date))]

        return self.changed(
            games=lambda rows: rows[(rows["season_year"] == season) & (rows["game_date"] < date + window)],
            **dict.fromkeys(("player_games", "team_offense", "team_defense"), earlier),
            **dict.fromkeys(("game_lines", "player_props"), same_day),
            **dict.fromkeys(("injury_report", "injury_report_teams"), reported),
        )


def game(day: str, away: str, home: str, score: tuple[int, int] | None = None, **more: object) -> dict[str, object]:
    """A row of nba_reference.games at the home team's city; score is (away, home)."""
    row = b.game(f"{day[2:4]}{day[5:7]}{day[8:]}{away[0]}{home}", day, away, home, score)
    return {**row, "venue_city": HOME_CITIES[home], "neutral_site": False, **more}


def games(*rows: Mapping[str, object]) -> pd.DataFrame:
    return frame(reference_games.TABLE, SEASON_GAMES, *rows)


def player_game(day: str, team: str, lookup: str, seconds: int | None, **more: object) -> dict[str, object]:
    """A row of player_game_summary; `seconds` None for a player without a box line."""
    line = {"points": 0, "fg_makes": 0, "fg_attempts": 0, "three_pt_makes": 0, "starter_flag": False}
    return {
        "game_date": day,
        "season_year": season_of(day),
        "team_abbr": team,
        "player_lookup": lookup,
        "player_full_name": lookup.title(),
        "seconds_played": seconds,
        **(line if seconds is not None else {"starter_flag": False}),
        **more,
    }


def player_games(*rows: Mapping[str, object]) -> pd.DataFrame:
    return frame(pgs.TABLE, PLAYER_GAMES, *rows)


def team_form(day: str, team: str, pace: float, ratings: tuple[float, float]) -> dict[str, object]:
    """Row of both team tables: 10 free throws to 100 shots allowed."""
    return {
        "game_date": day,
        "season_year": season_of(day),
        "team_abbr": team,
        "pace": pace,
        "offensive_rating": ratings[0],
        "defensive_rating": ratings[1],
        "opp_ft_attempts": 10,
        "opp_fg_attempts": 100,
    }


def offense(*rows: Mapping[str, object]) -> pd.DataFrame:
    return frame(togs.TABLE, utgc.OFFENSE_COLUMNS, *rows)


def defense(*rows: Mapping[str, object]) -> pd.DataFrame:
    return frame(tdgs.TABLE, utgc.DEFENSE_COLUMNS, *rows)


def spread(match: Mapping[str, object], book: str, at: str, home_point: float) -> list[dict[str, object]]:
    """Both outcomes of a spread quote."""
    quote = _quote(match, book, at, "spreads")
    return [
        {**quote, "outcome_name": "home", "outcome_point": home_point},
        {**quote, "outcome_name": "away", "outcome_point": -home_point},
    ]


def total(match: Mapping[str, object], book: str, at: str, point: float) -> list[dict[str, object]]:
    """Both outcomes of a total quote."""
    quote = _quote(match, book, at, "totals")
    return [{**quote, "outcome_name": side, "outcome_point": point} for side in ("over", "under")]


def _quote(match: Mapping[str, object], book: str, at: str, market: str) -> dict[str, object]:
    key = {name: match[name] for name in ("game_date", "nba_game_id")}
    return {**key, "bookmaker": book, "snapshot_at": at, "market_key": market}


def game_lines(*quotes: list[dict[str, object]]) -> pd.DataFrame:
    return frame(odds_api_game_lines.TABLE, utgc.QUOTE_COLUMNS, *(row for quote in quotes for row in quote))


def report_team(match: Mapping[str, object], team: str, at: str, *, submitted: bool = True) -> dict[str, object]:
    """A team on an injury report; the report's day is that of its instant."""
    key = {name: match[name] for name in ("game_date", "nba_game_id")}
    return {**key, "report_date": at[:10], "report_at": at, "team_abbr": team, "is_submitted": submitted}


def report_player(
    match: Mapping[str, object], team: str, at: str, lookup: str, status: str, category: str = "injury"
) -> dict[str, object]:
    """A player on an injury report."""
    return {
        **report_team(match, team, at),
        "player_lookup": lookup,
        "injury_status": status,
        "reason": f"{category} of {lookup}",
        "reason_category": category,
    }


def report_teams(*rows: Mapping[str, object]) -> pd.DataFrame:
    return frame(nbac_injury_report_teams.TABLE, utgc.TEAM_COLUMNS, *rows)


def report_players(*rows: Mapping[str, object]) -> pd.DataFrame:
    return frame(nbac_injury_report.TABLE, utgc.PLAYER_COLUMNS, *rows)


def props(*rows: Mapping[str, object]) -> pd.DataFrame:
    return frame(odds_api_player_points_props.TABLE, pgs.PROP_COLUMNS, *rows)


def prop(
    match: Mapping[str, object], lookup: str, at: str, line: float, price: float | None = 1.91, book: str = "draftkings"
) -> dict[str, object]:
    """A points prop of one bookmaker."""
    return {
        "game_date": match["game_date"],
        "nba_game_id": match["nba_game_id"],
        "player_lookup": lookup,
        "bookmaker": book,
        "snapshot_at": at,
        "points_line": line,
        "over_price_decimal": price,
    }


def only(rows: pd.DataFrame, **values: object) -> pd.Series:
    """The one row that has the values."""
    chosen = rows
    for name, value in values.items():
        chosen = chosen[chosen[name] == value]
    assert len(chosen) == 1, f"{len(chosen)} rows have {values}"
    return chosen.iloc[0]
