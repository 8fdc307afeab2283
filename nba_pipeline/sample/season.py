"""The simulated season: who plays whom on which date, with the odd cases that a real schedule has.

It begins on the first date of the real season 2024-25, keeps two days free of games, plays one game on neutral
ground, moves one game to a later date and postpones one without a new date. Games after the last played date are
scheduled and not played, so nothing looks like a finished season.
Does NOT belong here: results, file formats.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from nba_pipeline.sample.clubs import Club
from nba_pipeline.sample.events import ScheduledGame

SEASON_YEAR = 2024
FIRST_DATE = date(2024, 10, 22)
FREE_DAYS = (14, 37)  # days after the first date without any game: 2024-11-05 and 2024-11-28
MIN_GAME_DATES, MAX_GAME_DATES = 16, 60  # bootstrap and a free day inside; well short of a whole season
SCHEDULED_DATES = 10
ARCHIVED_SHARE = 0.6  # of the played dates; the last archived date has payloads too
GAMES_BY_WEEKDAY = (7, 4, 9, 4, 9, 6, 5)  # Monday first
OPENING_NIGHT_GAMES = 2
BACK_TO_BACK_SHARE = 0.19
MAX_GAMES_IN_7_DAYS = 4
CUP_WEEKDAYS, CUP_MONTH = (1, 4), 11
NEUTRAL_CITY = "Mexico City"
NEW_YORK = ZoneInfo("America/New_York")


@dataclass(frozen=True)
class Season:
    """All counted games in order of date, and the dates that are played."""

    games: list[ScheduledGame]
    played_dates: list[date]

    @property
    def final_games(self) -> list[ScheduledGame]:
        """Games with a result."""
        return [game for game in self.games if game.status == "final"]


def build_season(clubs: dict[str, Club], rng: Random, game_dates: int) -> Season:
    """A season with `game_dates` played dates."""
    if not MIN_GAME_DATES <= game_dates <= MAX_GAME_DATES:
        raise ValueError(f"sample: game_dates is {game_dates}; choose {MIN_GAME_DATES} to {MAX_GAME_DATES}.")
    days = _dates(game_dates + SCHEDULED_DATES)
    played, planner = days[:game_dates], _Planner(clubs, rng)
    archived = set(played[: round(ARCHIVED_SHARE * game_dates)])
    games: list[ScheduledGame] = []
    for day in days:
        for home, away in planner.pairs(day):
            game = ScheduledGame(
                nba_game_id=f"00224{len(games) + 1:05d}",
                game_date=day,
                tip_off_at=_tip_off(day, home, rng),
                home=home,
                away=away,
                status="final" if day in played else "scheduled",
                is_archived=day in archived,
                has_payloads=day in played and day >= max(archived),
            )
            games.append(_with_cup_label(game))
    return Season(_with_odd_games(games, played), played)


def new_york_instant(day: date, hour: int, minute: int = 0) -> datetime:
    """UTC instant of a wall-clock time in New York."""
    return datetime.combine(day, time(hour, minute), NEW_YORK).astimezone(UTC)


def _dates(count: int) -> list[date]:
    days = [number for number in range(count + len(FREE_DAYS)) if number not in FREE_DAYS]
    return [FIRST_DATE + timedelta(days=number) for number in days[:count]]


def _tip_off(day: date, home: Club, rng: Random) -> datetime:
    return new_york_instant(day, 19 + home.hours_behind_new_york, rng.choice((0, 30)))


def _with_cup_label(game: ScheduledGame) -> ScheduledGame:
    if game.game_date.month == CUP_MONTH and game.game_date.weekday() in CUP_WEEKDAYS:
        return replace(game, label="Simulated Cup", subtype="in-season")
    return game


def _with_odd_games(games: list[ScheduledGame], played: list[date]) -> list[ScheduledGame]:
    """Make one game neutral, postpone one, and let one have been planned for an earlier date."""
    neutral = next(i for i, game in enumerate(games) if game.game_date >= played[8])
    games[neutral] = replace(games[neutral], neutral_city=NEUTRAL_CITY, label="Simulated Mexico City Game")
    postponed = next(i for i, game in enumerate(games) if game.game_date >= played[len(played) // 3])
    games[postponed] = replace(games[postponed], status="postponed")
    busy = {(game.game_date, club.abbr) for game in games for club in game.clubs}
    for i, game in enumerate(games):
        if game.status != "final" or not game.has_payloads or game.is_archived:
            continue
        for days in range(2, 7):
            day = game.game_date - timedelta(days=days)
            if day in played and not any((day, club.abbr) in busy for club in game.clubs):
                tip_off = new_york_instant(day, 19 + game.home.hours_behind_new_york)
                games[i] = replace(game, original_date=day, original_tip_off_at=tip_off)
                return games
    raise ValueError("sample: no game can be moved; choose another seed.")


class _Planner:
    """Chooses pairs date by date: rested teams first, a fixed share of back-to-backs, home games balanced."""

    def __init__(self, clubs: dict[str, Club], rng: Random) -> None:
        self._clubs, self._rng = clubs, rng
        self._dates_of: dict[str, list[date]] = {abbr: [] for abbr in clubs}
        self._home_games: Counter[str] = Counter()
        self._meetings: Counter[frozenset[str]] = Counter()

    def pairs(self, day: date) -> list[tuple[Club, Club]]:
        """(home, away) of every game of the date."""
        count = OPENING_NIGHT_GAMES if day == FIRST_DATE else GAMES_BY_WEEKDAY[day.weekday()]
        teams = self._teams(day, 2 * count)
        pairs = []
        while teams:
            first = teams.pop()
            second = min(teams, key=lambda abbr: (self._meetings[frozenset((first, abbr))], self._rng.random()))
            teams.remove(second)
            self._meetings[frozenset((first, second))] += 1
            home, away = sorted((first, second), key=lambda abbr: (self._home_games[abbr], self._rng.random()))
            self._home_games[home] += 1
            pairs.append((self._clubs[home], self._clubs[away]))
            for abbr in (home, away):
                self._dates_of[abbr].append(day)
        return pairs

    def _teams(self, day: date, count: int) -> list[str]:
        yesterday = day - timedelta(days=1)
        tired, rested = [], []
        for abbr, dates in self._dates_of.items():
            recent = sum(played > day - timedelta(days=7) for played in dates)
            if yesterday not in dates:
                rested.append(abbr)
            elif recent < MAX_GAMES_IN_7_DAYS and day - timedelta(days=2) not in dates:
                tired.append(abbr)
        order = {abbr: (len(self._dates_of[abbr]) + self._rng.random() * 1.5) for abbr in self._clubs}
        tired.sort(key=order.__getitem__)
        rested.sort(key=order.__getitem__)
        doubles = min(len(tired), round(BACK_TO_BACK_SHARE * count + self._rng.uniform(-0.4, 0.4)))
        chosen = tired[:doubles] + rested[: count - doubles]
        chosen = chosen[: len(chosen) // 2 * 2]
        self._rng.shuffle(chosen)
        return chosen
