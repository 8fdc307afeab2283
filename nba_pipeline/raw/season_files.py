"""The season schedule as printed: one payload of a whole season, or archive rows, into columns of `nbac_schedule`.

Dates with `Est` in their name end in Z and are not UTC. Does NOT belong here: the table, choosing between files.
"""

from __future__ import annotations

import re
from datetime import date

import pandas as pd

from nba_pipeline.basketball.teams import team_abbr
from nba_pipeline.calendar import season_years
from nba_pipeline.landing.files import LandedFile
from nba_pipeline.raw.convert import DTYPES, convert, convert_with, eastern_date, eastern_instant
from nba_pipeline.raw.errors import UnusableFile
from nba_pipeline.raw.forms import Record, decode_json
from nba_pipeline.raw.resolve import NOT_COUNTED_TYPES, padded_game_ids
from nba_pipeline.raw.sieve import DAY, POSITION, Sieve
from nba_pipeline.schema import Table
from nba_pipeline.schema.frames import STRING_DTYPE

FEWEST_GAMES_OF_A_SEASON_FILE = 100
LOWEST_SCORE, HIGHEST_SCORE = 40, 220  # points of a final game: 67-176 measured in five seasons
SEASON_TYPES = {"2": "regular", "4": "playoffs", "5": "play_in", "6": "cup_final"}
SIDES = ("home", "away")

_ID = re.compile(r"^00[1-6]\d{7}$")
_FINAL = re.compile(r"^Final(?:/OT(\d*))?$")
_GAME_FIELDS = (
    "gameId", "gameCode", "gameStatus", "gameStatusText", "gameDateEst", "gameDateTimeEst", "gameDateTimeUTC",
    "weekNumber", "arenaName", "arenaCity", "arenaState", "postponedStatus", "isNeutral", "gameLabel", "gameSubLabel",
    "gameSubtype",
)  # fmt: skip
_PLAIN = {
    "game_status": "gameStatus", "arena_name": "arenaName", "arena_city": "arenaCity", "arena_state": "arenaState",
    "is_neutral_site": "isNeutral", "game_label": "gameLabel", "game_sub_label": "gameSubLabel",
    "game_subtype": "gameSubtype", "week_number": "weekNumber", "national_tv": "national_tv",
    "home_team_abbr": "home_teamTricode", "away_team_abbr": "away_teamTricode", "home_team_id": "home_teamId",
    "away_team_id": "away_teamId", "home_score": "home_score", "away_score": "away_score",
}  # fmt: skip
_ARCHIVED = (
    "game_date", "game_status", "tip_off_at", "home_team_abbr", "away_team_abbr", "home_team_id", "away_team_id",
    "home_score", "away_score", "is_neutral_site", "arena_name", "arena_city", "arena_state", "game_label",
    "game_sub_label", "game_subtype", "week_number", "national_tv",
)  # fmt: skip
ARCHIVE_COLUMNS: tuple[str, ...] = ("nba_game_id", *_ARCHIVED)


def read_season_file(payload: bytes, file: LandedFile) -> list[Record]:
    """Games of `leagueSchedule.gameDates[].games[]`, flat; a file with too few games is unusable."""
    schedule = decode_json(payload, "leagueSchedule")["leagueSchedule"]  # type: ignore[index]
    days = schedule.get("gameDates") if isinstance(schedule, dict) else None
    if not isinstance(days, list):
        raise UnusableFile("leagueSchedule.gameDates is no list")
    records = [
        _flat(game, f"/leagueSchedule/gameDates/{day_number}/games/{number}")
        for day_number, day in enumerate(days)
        for number, game in enumerate(day.get("games") or [])
    ]
    if len(records) < FEWEST_GAMES_OF_A_SEASON_FILE:
        raise UnusableFile(f"{len(records)} games; a season file has at least {FEWEST_GAMES_OF_A_SEASON_FILE}")
    return records


def dates_by_game(payload: bytes) -> dict[str, date]:
    """ET date of every game of a season file, for spotting games that were moved."""
    frame = pd.DataFrame(read_games_dates(payload), columns=["id", "utc", "est"], dtype="object")
    played = _payload_dates(frame["utc"], frame["est"])
    known = played.notna()
    return dict(zip(frame.loc[known, "id"], played[known].dt.date, strict=True))


def read_games_dates(payload: bytes) -> list[tuple[object, object, object]]:
    """(gameId, gameDateTimeUTC, gameDateEst) of every game of a readable season file; nothing from another one."""
    try:
        body = decode_json(payload, "leagueSchedule")
    except UnusableFile:
        return []
    days = body["leagueSchedule"].get("gameDates") or []  # type: ignore[index]
    games = [game for day in days for game in day.get("games") or []]
    return [(game.get("gameId"), game.get("gameDateTimeUTC"), game.get("gameDateEst")) for game in games]


def payload_columns(sieve: Sieve, table: Table) -> None:
    """Columns from the records of a season file."""
    _date_by_game(sieve, _payload_dates(sieve.source["gameDateTimeUTC"], sieve.source["gameDateEst"]))
    source = sieve.source
    identify(sieve, source["gameId"])
    no_teams = source["home_teamTricode"].isin(["", None]) & source["away_teamTricode"].isin(["", None])
    sieve.exclude(no_teams, "teams_unknown")
    sieve.read(table, _PLAIN)
    _know_teams(sieve)
    printed_eastern = convert_with(source["gameDateTimeEst"], eastern_instant, DTYPES["TIMESTAMP"])
    eastern = printed_eastern.values
    tip_off = convert(source["gameDateTimeUTC"], "TIMESTAMP", zone="UTC")
    sieve.take("tip_off_at", tip_off, source["gameDateTimeUTC"])
    status = convert(source["gameStatusText"], "STRING").values
    tip_off_at = tip_off.values.fillna(eastern)
    wall = tip_off_at.dt.tz_convert("America/New_York")
    undecided = (status == "TBD") & (wall.dt.hour == 0) & (wall.dt.minute == 0)
    sieve.rows["tip_off_at"] = tip_off_at.mask(undecided)
    _finish(sieve, status.str.startswith("PPD") | (source["postponedStatus"] == "Y"))
    overtimes = convert_with(status, _overtimes, "Int64").values
    sieve.rows["overtime_periods"] = overtimes.where(sieve.rows["is_final"])
    code = convert(source["gameCode"], "STRING").values
    expected = sieve.rows["away_team_abbr"] + sieve.rows["home_team_abbr"]
    disagrees = code.notna() & (code.str.rsplit("/", n=1).str[-1] != expected)
    detail = "gameCode names other teams"
    sieve.refuse(disagrees, "bad_value", column="game_id", value=source["gameCode"], detail=detail)


def archive_columns(sieve: Sieve, table: Table) -> None:
    """Columns from archive rows."""
    identify(sieve, sieve.source["nba_game_id"])
    sieve.read(table, {name: name for name in _ARCHIVED}, zone="UTC")
    _know_teams(sieve)
    _finish(sieve, pd.Series(False, index=sieve.source.index))
    sieve.rows["overtime_periods"] = sieve.missing(table, "overtime_periods")


def identify(sieve: Sieve, printed: pd.Series) -> None:
    """Id, season and kind of game; uncounted kinds are excluded before anything else is judged."""
    ids = padded_game_ids(printed)
    sieve.refuse(~ids.str.match(_ID).fillna(False), "bad_value", column="nba_game_id", value=printed,
                 detail="a game id is 00, type 1-6, season, five digits")  # fmt: skip
    kind = ids.str[2]
    sieve.exclude(kind.isin(NOT_COUNTED_TYPES), "not_counted_game")
    sieve.rows["nba_game_id"] = ids
    sieve.rows["season_year"] = pd.to_numeric(ids.str[3:5], errors="coerce").astype("Int64") + 2000
    sieve.rows["season_type"] = kind.map(SEASON_TYPES).astype(STRING_DTYPE)
    series = kind == "4"
    for name, digit in (("playoff_round", 7), ("playoff_series", 8), ("series_game", 9)):
        sieve.rows[name] = pd.to_numeric(ids.str[digit].where(series), errors="coerce").astype("Int64")


def validate(sieve: Sieve) -> None:
    """Two teams, one season by id and by date, plausible scores; then the canonical game id."""
    rows = sieve.rows
    day = rows["game_date"]
    sieve.refuse(
        season_years(day) != rows["season_year"], "bad_value", column="season_year", detail="id and date disagree"
    )
    same = rows["home_team_abbr"] == rows["away_team_abbr"]
    sieve.refuse(same, "bad_value", column="away_team_abbr", detail="home and away are the same team")
    for side in SIDES:
        score = rows[f"{side}_score"]
        outside = (score < LOWEST_SCORE) | (score > HIGHEST_SCORE)
        detail = f"a final score lies in {LOWEST_SCORE}-{HIGHEST_SCORE}"
        sieve.refuse(outside, "out_of_range", column=f"{side}_score", detail=detail)
    printed = day.dt.strftime("%Y%m%d")
    rows["game_id"] = (printed + "_" + rows["away_team_abbr"] + "_" + rows["home_team_abbr"]).astype(STRING_DTYPE)


def _finish(sieve: Sieve, postponed: pd.Series) -> None:
    """What both forms derive alike: finality, winner, cup, week."""
    rows = sieve.rows
    home, away = rows["home_score"], rows["away_score"]
    final = ((rows["game_status"] == 3) & (home > 0) & (away > 0)).fillna(False).astype("bool")
    rows["is_final"] = final
    rows["is_postponed"] = postponed.fillna(False).astype("bool") & ~final
    rows["home_score"], rows["away_score"] = home.where(final), away.where(final)
    winner = rows["home_team_abbr"].where(home > away, rows["away_team_abbr"])
    rows["winning_team_abbr"] = winner.where(final & (home != away).fillna(False))
    in_season = rows["game_subtype"].str.startswith("in-season").fillna(False).astype("bool")
    rows["is_cup_game"] = in_season | (rows["season_type"] == "cup_final").fillna(False).astype("bool")
    rows["week_number"] = rows["week_number"].mask(rows["week_number"] == 0)


def _date_by_game(sieve: Sieve, played: pd.Series) -> None:
    """The date of a record is that of its game, not of the file; where it is unreadable, the file's stays."""
    sieve.rows["game_date"] = played
    sieve.source = sieve.source.assign(**{DAY: played.fillna(sieve.source[DAY])})


def _know_teams(sieve: Sieve) -> None:
    """Both teams are of the league."""
    for side in SIDES:
        name = f"{side}_team_abbr"
        known = team_abbr(sieve.rows[name])
        sieve.refuse(known.isna(), "unknown_team", column=name, detail="no team of the league is spelled like this")
        sieve.rows[name] = known


def _payload_dates(utc: pd.Series, est: pd.Series) -> pd.Series:
    """ET date of the tip-off; where that instant is unknown, the date part of the Eastern date."""
    played = eastern_date(convert(utc, "TIMESTAMP", zone="UTC").values)
    return played.fillna(convert(est, "DATE").values)


def _flat(game: dict[str, object], pointer: str) -> Record:
    record: Record = {name: game.get(name) for name in _GAME_FIELDS}
    for side in SIDES:
        team = game.get(f"{side}Team") or {}
        record.update({f"{side}_{name}": team.get(name) for name in ("teamId", "teamTricode", "score")})  # type: ignore[attr-defined]
    record["national_tv"] = _national_tv(game.get("broadcasters"))
    record[POSITION] = pointer
    return record


def _national_tv(broadcasters: object) -> str | None:
    listed = broadcasters.get("nationalTvBroadcasters") if isinstance(broadcasters, dict) else None
    printed = (str(one.get("broadcasterDisplay") or "") for one in listed or [])
    names = {name.strip() for text in printed for name in text.split("/")}
    return "; ".join(sorted(names - {""})) or None


def _overtimes(status: object) -> int | None:
    found = _FINAL.match(str(status))
    if not found:
        return None
    return 0 if found.group(1) is None else int(found.group(1) or 1)
