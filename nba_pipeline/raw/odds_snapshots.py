"""What the two odds tables share: columns of a snapshot, prices, the assumed close of archive lines.

Does NOT belong here: payload shapes, markets of one table.
"""

from __future__ import annotations

import pandas as pd

from nba_pipeline.basketball.odds import american_prices, prices
from nba_pipeline.raw.convert import convert
from nba_pipeline.raw.sieve import DAY, Sieve
from nba_pipeline.schema import Column

ASSUMED_CLOSE = "assumed_close"
NOON = pd.Timedelta(hours=12)
UNPOSTABLE_PRICES = "unpostable_prices"

ODDS_EVENT_ID = Column(
    "odds_event_id",
    "STRING",
    "The vendor's id of the event; a rescheduled game gets a new one, never a join key.",
    unit="identifier",
    source="id",
    may_be_constant="archive lines of single books carry no id",
)
SNAPSHOT_AT = Column(
    "snapshot_at",
    "TIMESTAMP",
    "Instant at which the quotes stood; see snapshot_source.",
    unit="UTC instant",
    source="timestamp of the wrapper, else fetch time; archive: scheduled tip-off",
    required=True,
)
SNAPSHOT_SOURCE = Column(
    "snapshot_source",
    "STRING",
    "Where snapshot_at comes from: wrapper, file_name, archive, or assumed_close (the tip-off, noon ET if unknown).",
    unit="category",
    source="landing zone",
    required=True,
    allowed=("wrapper", "file_name", "archive", ASSUMED_CLOSE),
    may_be_constant="one way of landing at a time",
)
BOOKMAKER = Column(
    "bookmaker",
    "STRING",
    "Key of the bookmaker, or of a mean over bookmakers.",
    unit="category",
    source="bookmakers[].key",
    required=True,
)
BOOKMAKER_UPDATED_AT = Column(
    "bookmaker_updated_at",
    "TIMESTAMP",
    "Instant of the bookmaker's last change of the market; NULL in the archive.",
    unit="UTC instant",
    source="markets[].last_update, else bookmakers[].last_update",
    may_be_constant="the archive does not state it",
)


def read_snapshot(sieve: Sieve) -> None:
    """Instant and kind of a payload's snapshot; quotes of another date than the path's are left out."""
    printed = sieve.source["snapshot_at"]
    sieve.take("snapshot_at", convert(printed, "TIMESTAMP"), printed)
    sieve.rows["snapshot_source"] = convert(sieve.source["snapshot_source"], "STRING").values
    sieve.exclude(sieve.rows["game_date"] != sieve.source[DAY], "other_date")


def assumed_close(sieve: Sieve) -> pd.Series:
    """Scheduled tip-off of every record's game, noon ET of its date while the tip-off is unknown."""
    noon = (sieve.source[DAY] + NOON).dt.tz_localize("America/New_York").dt.tz_convert("UTC")
    return sieve.schedule("tip_off_at").fillna(noon.astype("datetime64[us, UTC]"))


def read_prices(sieve: Sieve, decimal: str, american: str, source: str) -> None:
    """Both notations of a printed payload price; a number in neither notation is refused."""
    printed = sieve.source[source]
    sieve.take(decimal, convert(printed, "FLOAT64"), printed)
    found = prices(sieve.rows[decimal])
    sieve.refuse(found.unreadable, "out_of_range", column=decimal, value=printed, detail="neither decimal nor American")
    sieve.rows[decimal], sieve.rows[american] = found.decimal, found.american


def read_american_prices(sieve: Sieve, decimal: str, american: str, source: str) -> None:
    """Both notations of an archive price; what no book can post (a mean near zero) is NULL and counted."""
    printed = sieve.source[source]
    sieve.take(decimal, convert(printed, "FLOAT64"), printed)
    found = american_prices(sieve.rows[decimal])
    sieve.count(UNPOSTABLE_PRICES, found.unreadable)
    sieve.rows[decimal], sieve.rows[american] = found.decimal, found.american
