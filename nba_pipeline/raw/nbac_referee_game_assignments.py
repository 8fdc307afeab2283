"""One row per official of a counted game.

Source: feed nba_referees (`nba.Table.rows[]`, columns official1 … official4), else archive
nbac_referee_assignments (the same, wide). Gaps: both forms keep the originally assigned date of a postponed game
and list "if necessary" games that were never played; those records are refused (`no_game_on_date`), because
another crew worked the later date. A few games have two officials.
"""

from __future__ import annotations

import pandas as pd

from nba_pipeline.landing.files import Landed, LandedFile
from nba_pipeline.orchestration import landed, season_schedule, table_asset
from nba_pipeline.raw import nbac_schedule
from nba_pipeline.raw.assemble import assemble
from nba_pipeline.raw.blocks import AWAY_TEAM_ABBR, HOME_TEAM_ABBR, SOURCE_FORM
from nba_pipeline.raw.errors import UnusableFile
from nba_pipeline.raw.forms import Form, Reader, Record, decode_json
from nba_pipeline.raw.resolve import RESOLVED, resolve_games
from nba_pipeline.raw.sieve import DAY, POSITION, Sieve
from nba_pipeline.schema import Column, Table, TableRows
from nba_pipeline.schema.fields import GAME_DATE, GAME_ID, NBA_GAME_ID, SEASON_YEAR

FEED = "nba_referees"
ARCHIVE = "nbac_referee_assignments"
POSITIONS = (1, 2, 3, 4)

TABLE = Table(
    layer="raw",
    name="nbac_referee_game_assignments",
    grain="one row per game and official",
    columns=(
        GAME_DATE,
        GAME_ID,
        NBA_GAME_ID,
        SEASON_YEAR,
        HOME_TEAM_ABBR,
        AWAY_TEAM_ABBR,
        Column(
            "official_position",
            "INT64",
            "Place in the crew: 1 crew chief, 2 and 3 referees, 4 alternate.",
            unit="count",
            source="k of officialk",
            required=True,
            minimum=POSITIONS[0],
            maximum=POSITIONS[-1],
        ),
        Column(
            "official_code",
            "INT64",
            "League id of the official.",
            unit="identifier",
            source="officialk_code",
            required=True,
        ),
        Column("official_name", "STRING", "Name as printed.", unit="text", source="officialk", required=True),
        Column("official_jersey_number", "STRING", "Number on the shirt.", unit="text", source="officialk_JNum"),
        SOURCE_FORM,
    ),
    primary_key=("game_date", "nba_game_id", "official_code"),
    partition_column="game_date",
    description="The crew of a game as assigned.",
    cluster_by=("nba_game_id", "official_code"),
    optional=True,
)

# Printed column of official k -> column of a record of one official.
_PAYLOAD_OFFICIAL = {
    "official{k}": "official_name",
    "official{k}_code": "official_code",
    "official{k}_JNum": "jersey",
}
_ARCHIVE_OFFICIAL = {
    "official_{k}_name": "official_name",
    "official_{k}_id": "official_code",
    "official_{k}_jersey": "jersey",
}
_HOME, _AWAY = "home_team_abbr", "away_team_abbr"
ARCHIVE_COLUMNS = (
    "nba_game_id",
    "game_date",
    _HOME,
    _AWAY,
    *(name.format(k=k) for k in POSITIONS for name in _ARCHIVE_OFFICIAL),
)


def transform(landed: Landed, schedule: pd.DataFrame, dates: pd.DatetimeIndex) -> TableRows:
    """Officials of the games on `dates`."""

    def form(name: str, game: str, printed: dict[str, str], reader: Reader | None = None) -> Form:
        def prepare(crews: pd.DataFrame) -> pd.DataFrame:
            found = resolve_games(crews, schedule, date=DAY, team=_HOME, opponent=_AWAY, nba_game_id=game)
            return _one_record_per_official(crews, found["outcome"] == RESOLVED, printed)

        return Form(name, columns=_columns, reader=reader, game=game, prepare=prepare, team=_HOME, opponent=_AWAY)

    forms = (
        form(FEED, "game_id", _PAYLOAD_OFFICIAL, _read_payload),
        form("archive", "nba_game_id", _ARCHIVE_OFFICIAL),
    )
    return assemble(TABLE, forms, landed, dates, schedule=schedule)


def _read_payload(payload: bytes, file: LandedFile) -> list[Record]:
    body = decode_json(payload, "nba")
    league = body["nba"] if isinstance(body, dict) else None
    table = league.get("Table") if isinstance(league, dict) else None
    rows = table.get("rows") if isinstance(table, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UnusableFile("/nba/Table/rows is no list of games")
    return [row | {POSITION: f"/nba/Table/rows/{index}"} for index, row in enumerate(rows)]


def _one_record_per_official(crews: pd.DataFrame, has_game: pd.Series, printed: dict[str, str]) -> pd.DataFrame:
    """One record per named official; a crew without a game stays one record, so that it is refused once."""
    parts = []
    for k in POSITIONS:
        columns = {name.format(k=k): short for name, short in printed.items()}
        official = crews.reindex(columns=list(columns)).astype("object").set_axis(list(columns.values()), axis=1)
        record = pd.concat([crews, official.assign(official_position=k)], axis=1)
        parts.append(record[(has_game & official["official_name"].notna()) | (~has_game & (k == POSITIONS[0]))])
    return pd.concat(parts, ignore_index=True)


def _columns(sieve: Sieve) -> None:
    own = {name: name for name in ("official_position", "official_code", "official_name")}
    sieve.read(TABLE, own | {"official_jersey_number": "jersey"})


asset = table_asset(
    TABLE,
    transform,
    inputs={
        "landed": landed(feeds=(FEED,), archive=ARCHIVE, archive_columns=ARCHIVE_COLUMNS),
        "schedule": season_schedule(),
    },
    after=(nbac_schedule.TABLE,),
)
