"""The whole-season schedule: the newest usable file of every season, else the archive, per game.

Does NOT belong here: the shape of a season file, columns of the table.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import pandas as pd

from nba_pipeline.landing.archive import season_year_of
from nba_pipeline.landing.files import Landed, LandedFile
from nba_pipeline.landing.grammar import date_of_path
from nba_pipeline.raw import season_files
from nba_pipeline.raw.accounting import check_rejects, tabulate
from nba_pipeline.raw.conflicts import settle_keys
from nba_pipeline.raw.errors import MissingInputError
from nba_pipeline.raw.forms import Form, FormRecords, newest_usable, read_form, records_frame, unreadable
from nba_pipeline.raw.rejects import REJECT_FILE, join_rejects, reject_frame
from nba_pipeline.raw.resolve import team_games
from nba_pipeline.raw.sieve import Sieve
from nba_pipeline.raw.stacking import stack
from nba_pipeline.schema import Table, TableRows
from nba_pipeline.schema.frames import typed_frame

FEED = "nba_schedule"
ARCHIVE_FORM = "archive"
NAMED_FILES = 3  # in a message

_SEASON = re.compile(r"(?P<year>\d{4})-\d{2}(?!\d)")  # 2024-25__20250116T093000Z.json, 2024-25.parquet


@dataclass(frozen=True)
class SeasonSchedule:
    """Typed games of whole seasons; refused records, counts and warnings of all their dates."""

    games: pd.DataFrame
    rejects: pd.DataFrame
    counts: Mapping[str, Mapping[date, int]]
    warnings: Mapping[date, tuple[str, ...]]


def build_season_schedule(table: Table, landed: Landed) -> SeasonSchedule:
    """Games of every season with a usable input.

    Raises MissingInputError without any, ScheduleError when a team has two games on a date.
    """
    payload, archive = _newest_season_files(landed), read_form(Form(ARCHIVE_FORM, lambda _: None), landed, None)
    refused = [*payload.rejects, *unreadable(landed, _first_day(landed), None)]
    sieves: list[Sieve] = []
    taken: set[str] = set()
    for read, name, columns in (
        (payload, FEED, season_files.payload_columns),
        (archive, ARCHIVE_FORM, season_files.archive_columns),
    ):
        if read.frame.empty:
            continue
        sieve = Sieve(read.frame, name)
        columns(sieve, table)
        sieve.drop(sieve.rows["nba_game_id"].isin(taken))
        taken |= set(sieve.rows["nba_game_id"][sieve.alive])
        _complete(table, sieve)
        sieves.append(sieve)
    if not sieves:
        raise MissingInputError(
            f"{table}: no schedule landed for the seasons asked for.{_told(reject_frame(refused))} "
            f"Land an {FEED} file or archive/nbac_schedule, and check NBA_LANDING; nothing was written."
        )
    games = settle_keys(table, stack(table, sieves), sieves, key=("nba_game_id",))
    games = games.assign(original_game_date=_original_dates(games, landed))
    typed = typed_frame(table, games).sort_values(["game_date", "nba_game_id"], ignore_index=True)
    team_games(typed)
    counts, warnings = tabulate([payload, archive], sieves)
    rejects = join_rejects([reject_frame(refused), *(sieve.rejects() for sieve in sieves)])
    return SeasonSchedule(typed, rejects, counts, warnings)


def cut_dates(table: Table, season: SeasonSchedule, dates: pd.DatetimeIndex) -> TableRows:
    """The partitions `dates` of whole seasons; raises MissingInputError for a date of a season without games.

    A refused file of a season touched is reported on the first date when the day it was fetched is none of them.
    """
    days = frozenset(day.date() for day in dates)
    season_of_file = season.rejects["source_file"].map(_season_of_file)
    is_file = season.rejects["action"] == REJECT_FILE
    known = set(season.games["season_year"].unique())
    without = sorted(day for day in days if season_year_of(day) not in known)
    if without:
        seasons = sorted({season_year_of(day) for day in without})
        raise MissingInputError(
            f"{table}: no schedule for season(s) {seasons}, needed for {without[0]} to {without[-1]}."
            f"{_told(season.rejects[is_file & season_of_file.isin(seasons)])} "
            f"Land an {FEED} file of the season or archive/nbac_schedule, and check NBA_LANDING; nothing was written, "
            "stored rows stay."
        )
    rows = season.games[season.games["game_date"].isin(dates)].reset_index(drop=True)
    inside = season.rejects["partition_date"].isin(days)
    elsewhere = is_file & ~inside & season_of_file.isin({season_year_of(day) for day in days})
    moved = season.rejects[elsewhere].assign(partition_date=min(days))
    rejects = join_rejects([season.rejects[inside], moved])
    check_rejects(table, rows, rejects)
    counts = {
        name: kept
        for name, by_day in season.counts.items()
        if (kept := {day: number for day, number in by_day.items() if day in days})
    }
    warnings = {day: sentences for day, sentences in season.warnings.items() if day in days}
    empty = days - set(rows["game_date"].dt.date.unique())
    return TableRows(rows, rejects, counts, dict.fromkeys(sorted(empty), "no_games"), frozenset(), warnings)


def _season_of_file(path: str) -> int | None:
    """The season a landed file is of: by its name, else by the day of its folder."""
    named = _SEASON.match(path.rsplit("/", 1)[-1])
    day = date_of_path(path)
    return int(named["year"]) if named else season_year_of(day) if day else None


def _told(refused: pd.DataFrame) -> str:
    """The first refused files and why, as sentences with a space before each."""
    first = refused[["source_file", "detail"]].head(NAMED_FILES)
    return "".join(f" {path}: {detail}." for path, detail in first.itertuples(index=False))


def _complete(table: Table, sieve: Sieve) -> None:
    """Validation, the form's name and the required columns."""
    season_files.validate(sieve)
    sieve.rows["source_form"] = sieve.constant(sieve.form)
    sieve.rows["original_game_date"] = sieve.missing(table, "original_game_date")
    sieve.require(table)


def _season_units(landed: Landed) -> dict[str, list[LandedFile]]:
    units: dict[str, list[LandedFile]] = defaultdict(list)
    for file in landed.files:
        if file.feed == FEED:
            units[file.unit].append(file)
    return units


def _newest_season_files(landed: Landed) -> FormRecords:
    """Records of the newest usable file of every season, whatever the day it was fetched."""
    read = FormRecords(pd.DataFrame())
    chosen = [
        newest_usable(season_files.read_season_file, landed, files, read) for files in _season_units(landed).values()
    ]
    parts = [part for part in chosen if part is not None]
    if parts:
        read.frame = records_frame(parts)
    return read


def _original_dates(games: pd.DataFrame, landed: Landed) -> pd.Series:
    """Earliest date of a game over the newest file of every day a season file landed, where it is another one."""
    earliest: dict[str, date] = {}
    for files in _season_units(landed).values():
        if len(files) > 1:
            _keep_earliest(earliest, (_dates_of(landed.read, file) for file in _newest_per_day(files)))
    found = pd.to_datetime(games["nba_game_id"].map(earliest)).astype("datetime64[us]")
    return found.where(found.notna() & (found != games["game_date"]))


def _newest_per_day(files: Iterable[LandedFile]) -> list[LandedFile]:
    newest = {file.date: file for file in sorted(files, key=lambda one: (one.fetched_at, one.path))}
    return list(newest.values())


def _keep_earliest(earliest: dict[str, date], maps: Iterable[Mapping[str, date]]) -> None:
    for by_game in maps:
        for game, day in by_game.items():
            earliest[game] = min(day, earliest.get(game, day))


@lru_cache(maxsize=1024)
def _dates_of(read: Callable[[LandedFile], bytes], file: LandedFile) -> Mapping[str, date]:
    """Dates of one file; landed files never change, so they are read once per process."""
    return season_files.dates_by_game(read(file))


def _first_day(landed: Landed) -> date:
    if len(landed.archive):
        return landed.archive["game_date"].min().date()
    return min((file.date for file in landed.files), default=date.min)
