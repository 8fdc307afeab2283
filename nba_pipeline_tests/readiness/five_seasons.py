"""Five seasons of one game a date on the dates of the calendar, 2021-10-19 .. 2026-01-03: four teams of nine players.

Days without a game are the known ones up to the play-in; those of the playoffs are spread evenly. On the first two
dates of a season every team plays its first game. Does NOT belong here: expectations, a run.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from nba_pipeline.analytics import (
    player_game_summary,
    team_defense_game_summary,
    team_offense_game_summary,
    upcoming_team_game_context,
)
from nba_pipeline.landing.grammar import season_name
from nba_pipeline.orchestration.recompute import recipes
from nba_pipeline.raw.season_files import ARCHIVE_COLUMNS
from nba_pipeline.reference import games as reference_games
from nba_pipeline.reference import player_aliases, players_registry, teams, venues
from nba_pipeline.reference.team_games import team_games
from nba_pipeline_tests.proofs.chain import run_chain, with_made
from nba_pipeline_tests.proofs.drawn import filled
from nba_pipeline_tests.proofs.market import market_of

FIRST, LAST = date(2021, 10, 19), date(2026, 1, 3)
CLUBS = ("BOS", "NYK", "PHI", "BKN")
PLAYERS = 9
PLAYED_SHARE = 0.85
PLAY_IN_DATES = 3
SEASONS = {  # first date, last date, game dates, of them before the play-in, days off before the playoffs
    2021: ("2021-10-19", "2022-06-16", 213, 165, "11-25 12-24 02-18/02-23 04-04 04-11 04-14"),
    2022: ("2022-10-18", "2023-06-12", 212, 164, "11-08 11-24 12-24 02-17/02-22 04-03 04-10 04-13"),
    2023: ("2023-10-24", "2024-06-17", 208, 161, "11-07 11-23 12-03 12-10 12-24 02-16/02-21 04-08 04-13 04-15 04-18"),
    2024: ("2024-10-22", "2025-06-22", 214, 164, "11-05 11-28 12-18 12-24 02-14/02-18 04-12 04-14 04-17"),
    2025: ("2025-10-21", "2026-01-03", 73, 73, "11-27 12-24"),
}
CUP_FINALS = pd.DatetimeIndex(["2023-12-09", "2024-12-17", "2025-12-16"])
NBA_TYPE = {"regular": "002", "playoffs": "004", "play_in": "005", "cup_final": "006"}


def dates_of_season(season: int) -> pd.DatetimeIndex:
    """The game dates of a season, ascending."""
    first, last, count, before_play_in, off = SEASONS[season]
    days = pd.date_range(first, last).difference(_days_off(season, off))
    early = before_play_in + PLAY_IN_DATES
    late = days[early:]
    if len(late) == 0:
        return days
    kept = np.linspace(0, len(late) - 1, count - early).round().astype(int)
    return days[:early].append(late[kept])


def _days_off(season: int, text: str) -> pd.DatetimeIndex:
    """Days as month-day or month-day/month-day; months from October on lie in the first year of the season."""
    found: list[pd.Timestamp] = []
    for part in text.split():
        first, _, last = part.partition("/")
        year = season if first >= "10" else season + 1
        found.extend(pd.date_range(f"{year}-{first}", f"{year}-{last or first}"))
    return pd.DatetimeIndex(found)


def book_of_five_seasons(seed: int = 0) -> dict[str, pd.DataFrame]:
    """`layer.name` -> rows of every table that the player context reads, and of those behind its team context."""
    rng = np.random.default_rng(seed)
    games = _games(rng)
    boxes = _boxes(team_games(games), rng)
    sides = team_games(games).drop(columns=["points", "opponent_points"])
    registry = boxes[["player_lookup", "nba_player_id", "player_full_name"]].drop_duplicates("player_lookup")
    alias = registry.head(1).assign(alias_lookup=lambda rows: "the" + rows["player_lookup"])
    registry = registry.assign(birth_date=pd.Timestamp("1996-02-29"))
    book = {
        str(reference_games.TABLE): games,
        str(player_game_summary.TABLE): filled(player_game_summary.TABLE, boxes, rng),
        str(team_offense_game_summary.TABLE): filled(team_offense_game_summary.TABLE, sides, rng),
        str(team_defense_game_summary.TABLE): filled(team_defense_game_summary.TABLE, sides, rng),
        str(players_registry.TABLE): filled(players_registry.TABLE, registry, rng),
        str(player_aliases.TABLE): filled(player_aliases.TABLE, alias, rng),
        str(teams.TABLE): teams.transform(),
        str(venues.TABLE): venues.transform(),
    }
    book |= market_of(book, pd.DatetimeIndex(games["game_date"].unique()), seed)
    name = str(upcoming_team_game_context.TABLE)
    every_day = pd.date_range(FIRST, LAST).as_unit("us")
    return with_made(book, run_chain(book, {name: recipes()[name]}, every_day))


def _games(rng: np.random.Generator) -> pd.DataFrame:
    rows = pd.concat([_games_of_season(season) for season in SEASONS], ignore_index=True)
    margin = rng.integers(1, 20, len(rows)) * rng.choice((-1, 1), len(rows))
    away_points = rng.integers(95, 120, len(rows))
    days = rows["game_date"]
    cities = teams.transform().set_index("team_abbr")["home_city"]
    rows = rows.assign(
        game_id=days.dt.strftime("%Y%m%d") + "_" + rows["away_team_abbr"] + "_" + rows["home_team_abbr"],
        tip_off_at=(days + pd.Timedelta(hours=19)).dt.tz_localize("America/New_York").dt.tz_convert("UTC"),
        is_final=True,
        is_postponed=False,
        home_points=away_points + margin,
        away_points=away_points,
        winning_team_abbr=rows["home_team_abbr"].where(margin > 0, rows["away_team_abbr"]),
        venue_city=rows["home_team_abbr"].map(cities[~cities.index.duplicated()]),
        neutral_site=False,
    )
    return filled(reference_games.TABLE, rows, rng)


def _games_of_season(season: int) -> pd.DataFrame:
    """One game a date; each pair of neighbouring dates has all four clubs, the opponents change with every pair."""
    days = dates_of_season(season)
    number = np.arange(len(days))
    early = SEASONS[season][3]
    kind = np.select([number < early, number < early + PLAY_IN_DATES], ["regular", "play_in"], "playoffs")
    kind = np.where(days.isin(CUP_FINALS), "cup_final", kind)
    within = pd.Series(kind).groupby(kind).cumcount() + 1
    tail = within.astype(str).str.zfill(5)
    series = "00" + (1 + within // 24).astype(str) + (within // 7 % 4).astype(str) + (1 + within % 7).astype(str)
    tail = tail.where(pd.Series(kind) != "playoffs", series)
    return pd.DataFrame(
        {
            "game_date": days.as_unit("us"),
            "season_year": season,
            "season_type": kind,
            "nba_game_id": pd.Series(kind).map(NBA_TYPE) + f"{season % 100:02d}" + tail,
            "home_team_abbr": np.array(CLUBS)[2 * number % 4],
            "away_team_abbr": np.array(CLUBS)[(2 * number + 1 + 2 * (number // 2)) % 4],
        }
    )


def _boxes(sides: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """A row per player and game of his club."""
    roster = pd.DataFrame([{"team_abbr": club, "place": place} for club in CLUBS for place in range(PLAYERS)])
    roster = roster.assign(
        player_lookup=roster["team_abbr"].str.lower() + roster["place"].astype("str"),
        nba_player_id=range(1001, 1001 + len(roster)),
        player_full_name=roster["team_abbr"] + " " + roster["place"].astype("str"),
    )
    rows = sides.merge(roster, on="team_abbr", validate="many_to_many").drop(columns="points")
    played = rng.random(len(rows)) < PLAYED_SHARE
    return rows.assign(
        is_dnp=~played,
        seconds_played=pd.Series(rng.integers(300, 2400, len(rows)), dtype="Int64").where(played),
        points=pd.Series(rng.integers(0, 30, len(rows)), dtype="Int64").where(played),
        usage_rate=pd.Series(rng.uniform(0.1, 0.35, len(rows))).where(played),
    )


def land_schedule(landing: Path, games: pd.DataFrame) -> None:
    """The games as archived season files."""
    numbers = teams.transform().drop_duplicates("team_abbr").set_index("team_abbr")["nba_team_id"]
    rows = games.assign(
        game_status=3,
        home_team_id=games["home_team_abbr"].map(numbers),
        away_team_id=games["away_team_abbr"].map(numbers),
        home_score=games["home_points"],
        away_score=games["away_points"],
        arena_city=games["venue_city"],
        is_neutral_site=games["neutral_site"],
    )
    folder = landing / "archive" / "nbac_schedule"
    folder.mkdir(parents=True)
    archived = rows.reindex(columns=[*ARCHIVE_COLUMNS])
    for season, of_season in archived.groupby(games["season_year"].to_numpy()):
        of_season.to_parquet(folder / f"{season_name(int(season))}.parquet", index=False)
