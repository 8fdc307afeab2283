"""One row per snapshot, bookmaker, market and outcome of a counted game: spreads, totals and moneylines.

Source: every file of feed odds_game_lines and archive odds_api_game_lines, side by side (different snapshots).
Units: points; prices decimal and American. Gaps: archive lines carry no quote time and stand at the scheduled
tip-off (`assumed_close`); mean prices that no book can post are NULL. A row may have been quoted after the tip-off:
readers compare snapshot_at with the schedule.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pandas as pd

from nba_pipeline.basketball.teams import team_abbr
from nba_pipeline.landing.files import Landed
from nba_pipeline.orchestration import landed, season_schedule, table_asset
from nba_pipeline.raw import nbac_schedule
from nba_pipeline.raw.assemble import assemble
from nba_pipeline.raw.blocks import AWAY_TEAM_ABBR, HOME_TEAM_ABBR, SOURCE_FORM
from nba_pipeline.raw.forms import Form
from nba_pipeline.raw.game_line_archive import ARCHIVE_COLUMNS, AWAY, HOME, SUPERSEDED, one_record_per_outcome
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
from nba_pipeline.raw.sieve import FILE, Sieve
from nba_pipeline.schema import Column, Condition, Invariant, Table, TableRows
from nba_pipeline.schema.fields import GAME_DATE, GAME_ID, NBA_GAME_ID, SEASON_YEAR

FEED = "odds_game_lines"
ARCHIVE = "odds_api_game_lines"
SPREADS, TOTALS, MONEYLINE = "spreads", "totals", "h2h"
MAX_SPREAD_POINTS = 40
MIN_TOTAL_POINTS, MAX_TOTAL_POINTS = 150, 320
ONE_SIGN_SHARE = 0.95  # home spreads of a season file; real seasons have 60-70 % home favourites
ENOUGH_SPREADS = 200  # fewer spreads of one sign can be chance: a window of a few dates proves nothing

TABLE = Table(
    layer="raw",
    name="odds_api_game_lines",
    grain="one row per game, snapshot, bookmaker, market and outcome",
    columns=(
        GAME_DATE,
        GAME_ID,
        NBA_GAME_ID,
        SEASON_YEAR,
        HOME_TEAM_ABBR,
        AWAY_TEAM_ABBR,
        ODDS_EVENT_ID,
        SNAPSHOT_AT,
        replace(SNAPSHOT_SOURCE, allowed=("wrapper", "file_name", ASSUMED_CLOSE)),
        BOOKMAKER,
        Column(
            "market_key",
            "STRING",
            "Market: spreads, totals, h2h (moneyline).",
            unit="category",
            source="markets[].key",
            required=True,
            allowed=(SPREADS, TOTALS, MONEYLINE),
        ),
        Column(
            "outcome_name",
            "STRING",
            "Side of the market: home, away, over, under.",
            unit="category",
            source="outcomes[].name",
            required=True,
            allowed=("home", "away", "over", "under"),
        ),
        Column(
            "outcome_point",
            "FLOAT64",
            "Spread of the outcome's team (negative = favoured), or total; NULL on moneylines.",
            unit="points",
            source="outcomes[].point",
            minimum=-25,
            maximum=25,
            range_when=(Condition("market_key", "=", SPREADS),),
        ),
        Column(
            "price_decimal",
            "FLOAT64",
            "Decimal price; NULL where none is printed, or a mean that no book can post.",
            unit="decimal odds",
            source="outcomes[].price",
            minimum=1,
        ),
        Column(
            "price_american",
            "INT64",
            "American price; NULL where it is no whole number.",
            unit="American odds",
            source="outcomes[].price",
        ),
        BOOKMAKER_UPDATED_AT,
        SOURCE_FORM,
    ),
    primary_key=("game_date", "nba_game_id", "snapshot_at", "bookmaker", "market_key", "outcome_name"),
    partition_column="game_date",
    description="Immutable snapshots; a pre-game quote has snapshot_at at or before the scheduled tip-off.",
    cluster_by=("nba_game_id", "snapshot_at", "bookmaker", "market_key"),
    write_mode="append",
    optional=True,
    invariants=(
        Invariant(
            "GL-01",
            "(market_key = 'totals') = (outcome_name = 'over' or outcome_name = 'under')",
            "block",
            "Totals have over and under, the other markets home and away.",
        ),
        Invariant(
            "GL-02",
            "(market_key = 'h2h') = (outcome_point is null)",
            "block",
            "Spreads and totals have a point, moneylines none.",
        ),
        Invariant("GL-03", "price_decimal > 1", "block", "A decimal price returns more than the stake."),
    ),
)


def transform(landed: Landed, schedule: pd.DataFrame, dates: pd.DatetimeIndex) -> TableRows:
    """Quotes of the games on `dates`, payload snapshots and archive lines side by side."""
    forms = (
        snapshots_form(FEED, _payload_columns, partial(place_quotes, schedule=schedule)),
        Form(
            "archive",
            columns=_archive_columns,
            prepare=partial(one_record_per_outcome, schedule=schedule),
            team=HOME,
            opponent=AWAY,
        ),
    )
    return assemble(TABLE, forms, landed, dates, schedule=schedule, validate=_validate)


_PRINTED = {name: name for name in ("odds_event_id", "bookmaker", "market_key")} | {"outcome_point": "point"}


def _payload_columns(sieve: Sieve) -> None:
    sieve.read(TABLE, _PRINTED | {"bookmaker_updated_at": "bookmaker_updated_at"})
    read_snapshot(sieve)
    read_prices(sieve, "price_decimal", "price_american", "price")
    rows, printed = sieve.rows, sieve.source["outcome_name"]
    sieve.exclude(~rows["market_key"].isin((SPREADS, TOTALS, MONEYLINE)), "other_market")
    team = team_abbr(printed)
    side = printed.astype("object").astype(rows["bookmaker"].dtype).str.lower()
    side = side.mask(team == sieve.rows["home_team_abbr"], "home").mask(team == sieve.rows["away_team_abbr"], "away")
    is_total = rows["market_key"] == TOTALS
    fits = side.isin(("over", "under")) & is_total | side.isin(("home", "away")) & ~is_total
    sieve.refuse(~fits, "bad_value", column="outcome_name", value=printed, detail="no outcome of this market and game")
    rows["outcome_name"] = side


def _archive_columns(sieve: Sieve) -> None:
    sieve.refuse(
        sieve.source[SUPERSEDED],
        "duplicate_key",
        column="odds_event_id",
        value=sieve.source["odds_event_id"],
        detail="another event of this game and bookmaker starts nearer to the tip-off",
    )
    sieve.read(TABLE, _PRINTED | {"outcome_name": "outcome_name"})
    sieve.rows["snapshot_at"] = assumed_close(sieve)
    sieve.rows["snapshot_source"] = sieve.constant(ASSUMED_CLOSE)
    read_american_prices(sieve, "price_decimal", "price_american", "price")
    _refuse_unsigned_files(sieve)


def _refuse_unsigned_files(sieve: Sieve) -> None:
    """A season file whose home spreads nearly all have one sign has lost the sign."""
    rows, file = sieve.rows, sieve.source[FILE]
    is_home_spread = (rows["market_key"] == SPREADS) & (rows["outcome_name"] == "home") & (rows["outcome_point"] != 0)
    sign = rows["outcome_point"].where(is_home_spread & sieve.alive)
    share = (sign < 0).groupby(file).sum() / sign.groupby(file).count()
    one_sided = (share >= ONE_SIGN_SHARE) | (share <= 1 - ONE_SIGN_SHARE)
    lost = one_sided & (sign.groupby(file).count() >= ENOUGH_SPREADS)
    detail = f"{ONE_SIGN_SHARE:.0%} of the home spreads have one sign: the sign was lost, load a signed file"
    sieve.refuse_file(file.isin(lost.index[lost]), "bad_file", detail)


def _validate(sieve: Sieve) -> None:
    rows = sieve.rows
    market, point = rows["market_key"], rows["outcome_point"]
    needs_point = market.isin((SPREADS, TOTALS))
    sieve.refuse(needs_point & point.isna(), "missing_field", column="outcome_point", detail="required in this market")
    wide = (market == SPREADS) & (point.abs() > MAX_SPREAD_POINTS)
    sieve.refuse(wide, "out_of_range", column="outcome_point", detail=f"spread up to {MAX_SPREAD_POINTS}")
    odd_total = (market == TOTALS) & ((point < MIN_TOTAL_POINTS) | (point > MAX_TOTAL_POINTS))
    limits = f"total {MIN_TOTAL_POINTS} to {MAX_TOTAL_POINTS}"
    sieve.refuse(odd_total, "out_of_range", column="outcome_point", detail=limits)
    rows["outcome_point"] = point.where(needs_point)
    _warn_about_quotes(sieve)


def _warn_about_quotes(sieve: Sieve) -> None:
    """The two sides of a quote mirror each other; moneyline and spread have one favourite."""
    rows = pd.DataFrame({name: sieve.rows[name] for name in (*TABLE.primary_key, "outcome_point", "price_decimal")})
    rows = rows[sieve.alive]
    if rows.empty:
        return
    quote = rows.groupby(["nba_game_id", "snapshot_at", "bookmaker"], sort=False).ngroup()
    side = rows["market_key"] + " " + rows["outcome_name"]

    def of(name: str, column: str) -> pd.Series:
        """Value of one side of the quote, aligned with every row of the quote."""
        return quote.map(rows[column].groupby(quote.where(side == name)).first())

    def warn(mask: pd.Series, sentence: str) -> None:
        found = mask.reindex(sieve.source.index, fill_value=False)
        sieve.warn(found, sentence)

    point = rows["outcome_point"]
    home_spread, over = of("spreads home", "outcome_point"), of("totals over", "outcome_point")
    home_price, away_price = of("h2h home", "price_decimal"), of("h2h away", "price_decimal")
    skewed = (side == "spreads away") & home_spread.notna() & (point != -home_spread)
    warn(skewed, "the two spreads of a quote are not opposite")
    warn((side == "totals under") & over.notna() & (point != over), "the two totals of a quote differ")
    contrary = (side == "h2h home") & (home_spread * (home_price - away_price) < 0)
    warn(contrary, "moneyline and spread have different favourites")


asset = table_asset(
    TABLE,
    transform,
    inputs={
        "landed": landed(feeds=(FEED,), archive=ARCHIVE, archive_columns=ARCHIVE_COLUMNS),
        "schedule": season_schedule(),
    },
    after=(nbac_schedule.TABLE,),
)
