"""Archive game lines, one wide record per event, game and bookmaker, as one record per outcome.

Does NOT belong here: payloads, limits of a line.
"""

from __future__ import annotations

import pandas as pd

from nba_pipeline.raw.convert import convert
from nba_pipeline.raw.resolve import RESOLVED, resolve_games
from nba_pipeline.raw.sieve import DAY, NUMBER

VENDOR_DELAY = pd.Timedelta(minutes=10)  # vendors post the real start, ten minutes after the nominal tip-off
SUPERSEDED = "superseded"
HOME, AWAY = "home_team_abbr", "away_team_abbr"

# market, outcome, column of the point, its sign, column of the price
OUTCOMES = (
    ("spreads", "home", "spread_home", 1, "spread_home_price"),
    ("spreads", "away", "spread_home", -1, "spread_away_price"),
    ("totals", "over", "total", 1, "total_over_price"),
    ("totals", "under", "total", 1, "total_under_price"),
    ("h2h", "home", None, 1, "moneyline_home"),
    ("h2h", "away", None, 1, "moneyline_away"),
)
LINES = tuple(dict.fromkeys(name for _, _, point, _, price in OUTCOMES for name in (point, price) if name))
ARCHIVE_COLUMNS = ("game_date", HOME, AWAY, "event_id", "commence_time_at", "bookmaker_key", *LINES)


def one_record_per_outcome(lines: pd.DataFrame, schedule: pd.DataFrame) -> pd.DataFrame:
    """Up to six records per line, one per outcome with a point or a price.

    A line that will be refused as a whole stays one record: without a game, or superseded by another event of the
    same game and bookmaker (`superseded`). Equal copies of a line stay, and are recognised by their keys.
    """
    found = resolve_games(lines, schedule, date=DAY, team=HOME, opponent=AWAY, carry=("tip_off_at",))
    has_game = found["outcome"] == RESOLVED
    superseded = _superseded(found) & has_game
    renamed = lines.rename(columns={"event_id": "odds_event_id", "bookmaker_key": "bookmaker"})
    parts = []
    for number, (market, outcome, point, sign, price) in enumerate(OUTCOMES):
        record = renamed.assign(
            market_key=market,
            outcome_name=outcome,
            point=sign * convert(lines[point], "FLOAT64").values if point else float("nan"),
            price=convert(lines[price], "FLOAT64").values,
            **{SUPERSEDED: superseded},
        )
        is_quoted = record["point"].notna() | record["price"].notna()
        is_whole = ~has_game | superseded
        parts.append(record[(is_quoted & ~is_whole) | (is_whole & (number == 0))])
    return pd.concat(parts, ignore_index=True)


def _superseded(lines: pd.DataFrame) -> pd.Series:
    """Whether another line of the game and bookmaker is posted for a start nearer to the tip-off.

    Placeholders are posted early under events of their own (26 games of three seasons).
    """
    key = ["nba_game_id", "bookmaker_key"]
    starts = convert(lines["commence_time_at"], "TIMESTAMP").values
    distance = (starts - lines["tip_off_at"] - VENDOR_DELAY).abs()
    ordered = lines[key].assign(distance=distance, newest=-lines[NUMBER]).sort_values(["distance", "newest"])
    is_copy = lines.duplicated([*key, *LINES], keep="last")
    return ordered.duplicated(key).reindex(lines.index) & ~is_copy
