"""One row per snapshot, bookmaker, player and points line of a counted game; over and under share the row.

Source: every file of feed odds_player_points (market player_points) and archive player_points_props, side by side.
Units: points; prices decimal and American. Gaps: the feed names neither the player's id nor his team. Several lines
of a player at one bookmaker stay several rows; fantasy operators print one constant price on both sides.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from nba_pipeline.basketball.names import player_lookups
from nba_pipeline.landing.files import Landed
from nba_pipeline.orchestration import landed, season_schedule, table_asset
from nba_pipeline.raw import nbac_schedule
from nba_pipeline.raw.assemble import assemble
from nba_pipeline.raw.blocks import AWAY_TEAM_ABBR, HOME_TEAM_ABBR, SOURCE_FORM
from nba_pipeline.raw.forms import Form
from nba_pipeline.raw.odds_payloads import place_quotes, snapshots_form
from nba_pipeline.raw.odds_snapshots import (
    ASSUMED_CLOSE,
    BOOKMAKER,
    BOOKMAKER_UPDATED_AT,
    ODDS_EVENT_ID,
    SNAPSHOT_AT,
    SNAPSHOT_SOURCE,
    assumed_close,
    read_american_prices,
    read_prices,
    read_snapshot,
)
from nba_pipeline.raw.sieve import FETCHED_AT, FILE, Sieve
from nba_pipeline.schema import Column, Invariant, Table, TableRows
from nba_pipeline.schema.fields import (
    GAME_DATE,
    GAME_ID,
    NBA_GAME_ID,
    NBA_PLAYER_ID,
    PLAYER_LOOKUP,
    SEASON_YEAR,
)
from nba_pipeline.schema.frames import STRING_DTYPE

FEED = "odds_player_points"
ARCHIVE = "player_points_props"
MARKET = "player_points"
MIN_LINE, MAX_LINE = 0.5, 70
MIN_DECIMAL_PRICE, MAX_DECIMAL_PRICE = 1.005, 101
_SIDES = ("over", "under")

TABLE = Table(
    layer="raw",
    name="odds_api_player_points_props",
    grain="one row per game, snapshot, bookmaker, player and line",
    columns=(
        GAME_DATE,
        GAME_ID,
        NBA_GAME_ID,
        SEASON_YEAR,
        HOME_TEAM_ABBR,
        AWAY_TEAM_ABBR,
        replace(PLAYER_LOOKUP, source="outcomes[].description"),
        replace(
            NBA_PLAYER_ID,
            description="NBA person id; always NULL, the feed states none.",
            source="none",
            may_be_constant="the feed states no ids",
        ),
        Column(
            "player_name", "STRING", "Name as printed.", unit="text", source="outcomes[].description", required=True
        ),
        BOOKMAKER,
        SNAPSHOT_AT,
        SNAPSHOT_SOURCE,
        Column(
            "points_line",
            "FLOAT64",
            "Points to go over or under.",
            unit="points",
            source="outcomes[].point",
            required=True,
            minimum=MIN_LINE,
            maximum=45,
        ),
        *(
            Column(
                f"{side}_price_decimal",
                "FLOAT64",
                f"Decimal price of the {side}; NULL where the side is not quoted.",
                unit="decimal odds",
                source=f"outcomes[].price of {side.title()}",
                minimum=MIN_DECIMAL_PRICE,
                maximum=MAX_DECIMAL_PRICE,
            )
            for side in _SIDES
        ),
        *(
            Column(
                f"{side}_price_american",
                "INT64",
                f"American price of the {side}; NULL where it is no whole number.",
                unit="American odds",
                source=f"outcomes[].price of {side.title()}",
            )
            for side in _SIDES
        ),
        ODDS_EVENT_ID,
        BOOKMAKER_UPDATED_AT,
        SOURCE_FORM,
    ),
    primary_key=("game_date", "nba_game_id", "snapshot_at", "bookmaker", "player_lookup", "points_line"),
    partition_column="game_date",
    description="Immutable snapshots; choosing one line of a player is the reader's.",
    cluster_by=("nba_game_id", "snapshot_at", "bookmaker", "player_lookup"),
    write_mode="append",
    optional=True,
    invariants=(
        Invariant(
            "PP-01",
            f"points_line >= {MIN_LINE} and points_line <= {MAX_LINE}",
            "block",
            "A points line is a number of points a player can reach.",
        ),
    ),
)

_ARCHIVE = {
    "odds_event_id": "event_id",
    "player_name": "player_name",
    "bookmaker": "bookmaker_key",
    "points_line": "line",
}
_ARCHIVE_OTHERS = ("game_date", "home_team_abbr", "away_team_abbr", "market_key", "snapshot_at")
ARCHIVE_COLUMNS = (*_ARCHIVE_OTHERS, *_ARCHIVE.values(), "over_price", "under_price")


def transform(landed: Landed, schedule: pd.DataFrame, dates: pd.DatetimeIndex) -> TableRows:
    """Points lines of the games on `dates`, payload snapshots and archive lines side by side."""
    forms = (
        snapshots_form(FEED, _payload_columns, lambda quotes: _one_record_per_line(place_quotes(quotes, schedule))),
        Form("archive", columns=_archive_columns, team="home_team_abbr", opponent="away_team_abbr"),
    )
    return assemble(TABLE, forms, landed, dates, schedule=schedule, validate=_validate)


def _one_record_per_line(quotes: pd.DataFrame) -> pd.DataFrame:
    """Over and under of one line joined, by player and point; other markets and sides stay as they are.

    The n-th over of a line goes with the n-th under, so that a repeated line is settled like any repeated key.
    """
    side = quotes["outcome_name"].astype(STRING_DTYPE).str.lower().where(quotes["market_key"] == MARKET)
    line = [FILE, "odds_event_id", "home_team", "bookmaker", "player_name", "point"]
    key = quotes[line].astype("object").assign(side=side)
    quotes["line"] = key.groupby(line, dropna=False, sort=False).ngroup()
    quotes["repeat"] = key.groupby([*line, "side"], dropna=False, sort=False).cumcount()
    over, under = quotes[side == "over"], quotes[side == "under"]
    pair = ["line", "repeat"]
    joined = over.merge(under[[*pair, "price"]], on=pair, how="left", suffixes=("", "_under"), validate="one_to_one")
    joined = joined.rename(columns={"price": "over_price", "price_under": "under_price"})
    lone = under.merge(over[pair], on=pair, how="left", indicator="found", validate="one_to_one")
    lone = lone[lone["found"] == "left_only"].drop(columns="found").rename(columns={"price": "under_price"})
    records = pd.concat([joined, lone, quotes[~side.isin(_SIDES)]], ignore_index=True)
    return records.astype({FETCHED_AT: quotes[FETCHED_AT].dtype})


def _payload_columns(sieve: Sieve) -> None:
    source = sieve.source
    sieve.exclude(source["market_key"] != MARKET, "other_market")
    stranger = ~source["outcome_name"].astype(STRING_DTYPE).str.lower().isin(_SIDES)
    sieve.refuse(stranger, "bad_value", value=source["outcome_name"], column="outcome_name", detail="Over or Under")
    same = ("odds_event_id", "player_name", "bookmaker", "bookmaker_updated_at")
    sieve.read(TABLE, {name: name for name in same} | {"points_line": "point"})
    read_snapshot(sieve)
    for side in _SIDES:
        read_prices(sieve, f"{side}_price_decimal", f"{side}_price_american", f"{side}_price")


def _archive_columns(sieve: Sieve) -> None:
    market = sieve.source["market_key"]
    sieve.exclude(market.notna() & (market != MARKET), "other_market")
    sieve.read(TABLE, _ARCHIVE | {"snapshot_at": "snapshot_at"})
    taken_at = sieve.rows["snapshot_at"]
    sieve.rows["snapshot_at"] = taken_at.fillna(assumed_close(sieve))
    sieve.rows["snapshot_source"] = sieve.constant("archive").mask(taken_at.isna(), ASSUMED_CLOSE)
    for side in _SIDES:
        read_american_prices(sieve, f"{side}_price_decimal", f"{side}_price_american", f"{side}_price")


def _validate(sieve: Sieve) -> None:
    rows = sieve.rows
    rows["player_lookup"] = player_lookups(rows["player_name"])
    nameless = rows["player_name"].notna() & rows["player_lookup"].isna()
    sieve.refuse(nameless, "no_player_name", column="player_name", detail="no letter in the name")
    line = rows["points_line"]
    limits = f"{MIN_LINE} to {MAX_LINE} points"
    sieve.refuse((line < MIN_LINE) | (line > MAX_LINE), "out_of_range", column="points_line", detail=limits)
    prices = [rows[f"{side}_price_decimal"] for side in _SIDES]
    printed = [sieve.source[f"{side}_price"] for side in _SIDES]
    for side, price in zip(_SIDES, prices, strict=True):
        outside = (price < MIN_DECIMAL_PRICE) | (price > MAX_DECIMAL_PRICE)
        limits = f"decimal price {MIN_DECIMAL_PRICE} to {MAX_DECIMAL_PRICE}"
        sieve.refuse(outside, "out_of_range", column=f"{side}_price_decimal", detail=limits)
    unpriced = printed[0].isna() & printed[1].isna()
    sieve.refuse(unpriced, "missing_field", column="over_price_decimal", detail="neither side has a price")


asset = table_asset(
    TABLE,
    transform,
    inputs={
        "landed": landed(feeds=(FEED,), archive=ARCHIVE, archive_columns=ARCHIVE_COLUMNS),
        "schedule": season_schedule(),
    },
    after=(nbac_schedule.TABLE,),
)
