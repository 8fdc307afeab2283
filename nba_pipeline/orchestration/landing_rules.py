"""Which (table, date) is due, given what has landed and what the schedule says. Pure: no files, no Dagster.

Does NOT belong here: reading the landing zone, building run requests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pandas as pd

from nba_pipeline.orchestration.feed_rules import RESULT_FEEDS, Pace, is_past_deadline
from nba_pipeline.orchestration.landed_content import DIGITS, DayContent
from nba_pipeline.orchestration.landing_cursor import LandingCursor

GAME_COLUMNS = ("game_date", "nba_game_id", "is_final", "is_postponed")


@dataclass(frozen=True)
class Watched:
    """A table made from files of `feeds`."""

    name: str
    feeds: tuple[str, ...]

    @property
    def holds_results(self) -> bool:
        return bool(RESULT_FEEDS & set(self.feeds))


@dataclass
class Verdicts:
    """due: (table, date) -> digest of its files. waiting: why others are not asked for yet."""

    due: dict[tuple[str, date], str] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)


def judge(
    tables: Sequence[Watched],
    landed: Mapping[tuple[str, date], DayContent],
    games: pd.DataFrame,
    cursor: LandingCursor,
    now: datetime,
    pace: Pace,
) -> Verdicts:
    """What to request now. games: GAME_COLUMNS of the schedule; the cursor learns what was seen."""
    verdicts = Verdicts()
    since = {key: cursor.see(*key, content.digest, now) for key, content in landed.items()}
    for table in tables:
        for day in sorted({day for feed, day in landed if feed in table.feeds}):
            contents = {feed: landed[feed, day] for feed in table.feeds if (feed, day) in landed}
            digest = _combined(contents)
            if cursor.done.get(f"{table.name}|{day}") == digest:
                continue
            quiet_for = now - max(since[feed, day] for feed in contents)
            reason = _incomplete(day, contents, games) if table.holds_results else ""
            quiet = _quiet(table, pace, corrected=f"{table.name}|{day}" in cursor.done and not reason)
            if quiet_for < quiet:
                reason = f"files still arriving, asked for after {quiet.total_seconds():.0f} s without a new one"
            elif is_past_deadline(day, now, pace):
                reason = ""
            if reason:
                verdicts.waiting.append(f"{table.name} {day}: {reason}")
            else:
                verdicts.due[table.name, day] = digest
    return verdicts


def _combined(contents: Mapping[str, DayContent]) -> str:
    text = "\n".join(f"{feed}={content.digest}" for feed, content in sorted(contents.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def _quiet(table: Watched, pace: Pace, *, corrected: bool) -> timedelta:
    """Time without a new file after which a date is asked for; corrected: it was before, and has all its files."""
    if not table.holds_results:
        return pace.quiet_snapshots
    return pace.quiet_corrections if corrected else pace.quiet


def _incomplete(day: date, contents: Mapping[str, DayContent], games: pd.DataFrame) -> str:
    """What the results of a date still wait for; blank when every game is over and each final one has a file."""
    played = games[games["game_date"] == pd.Timestamp(day)]
    if played.empty:
        return "the schedule has no game on this date"
    is_open = ~played["is_final"].astype("bool") & ~played["is_postponed"].astype("bool")
    if is_open.any():
        return f"{int(is_open.sum())} of {len(played)} games not final"
    units = frozenset[str]().union(*(content.units for content in contents.values()))
    final = played.loc[played["is_final"].astype("bool"), "nba_game_id"]
    absent = sorted(set(final) - units)
    return f"no file yet for {len(absent)} of {len(final)} final games: {', '.join(absent[:5])}" if absent else ""


def changed_schedule(games: pd.DataFrame, cursor: LandingCursor, first: date, last: date) -> dict[date, str]:
    """Dates of first..last whose games are not those last requested -> their digest.

    games: every column of the stored schedule. A date that never had a game is left to the daily closing run.
    """
    changed: dict[date, str] = {}
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        rows = games[games["game_date"] == pd.Timestamp(day)].sort_values("nba_game_id")
        digest = hashlib.sha256(rows.to_csv(index=False).encode()).hexdigest()[:DIGITS] if len(rows) else "no_games"
        known = cursor.games.get(str(day), "no_games")
        if digest != known:
            changed[day] = digest
    return changed


def is_off_season(games: pd.DataFrame, today: date, pace: Pace) -> bool:
    """No counting game from yesterday to two weeks ahead."""
    days = games["game_date"]
    near = (days >= pd.Timestamp(today) - pd.Timedelta(days=1)) & (
        days <= pd.Timestamp(today) + pd.Timedelta(days=pace.season_ahead_days)
    )
    return not near.any()
