"""Payloads of the odds feeds: three shapes of a body become one list of quotes, one per printed outcome.

Shapes: `{event}`, `[event, …]` and `{"timestamp": …, "data": event or [event, …]}` (history). Only the wrapper
states when the quotes were taken; a live body takes the fetch time of its file. Values stay as printed.
Does NOT belong here: what a market means, prices, games.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd

from nba_pipeline.landing.files import LandedFile
from nba_pipeline.raw.convert import convert, eastern_date
from nba_pipeline.raw.errors import UnusableFile
from nba_pipeline.raw.forms import Form, Record, decode_json
from nba_pipeline.raw.resolve import UNRESOLVED, resolve_games
from nba_pipeline.raw.sieve import DAY, FILE, POSITION, Sieve

WRAPPER, FILE_NAME = "wrapper", "file_name"
EVENT_DATE = "event_date"
HOME_TEAM, AWAY_TEAM = "home_team", "away_team"

Columns = Callable[[Sieve], None]
Prepare = Callable[[pd.DataFrame], pd.DataFrame]


def read_events(payload: bytes, file: LandedFile) -> list[Record]:
    """Events of the payload without their quotes."""
    return [about | {POSITION: at} for at, about, _ in _events(decode_json(payload), file)]


def read_quotes(payload: bytes, file: LandedFile) -> list[Record]:
    """Every outcome of every bookmaker and market; nothing for an event that nobody quotes."""
    return [quote for at, about, event in _events(decode_json(payload), file) for quote in _quotes(at, about, event)]


def snapshots_form(feed: str, columns: Columns, prepare: Prepare) -> Form:
    """The form of an odds feed: every file is a snapshot, its records are quotes of a home and an away team."""
    return Form(
        feed,
        columns,
        reader=read_quotes,
        files="every",
        date=EVENT_DATE,
        prepare=prepare,
        team=HOME_TEAM,
        opponent=AWAY_TEAM,
    )


def place_quotes(quotes: pd.DataFrame, schedule: pd.DataFrame) -> pd.DataFrame:
    """Quotes with the ET date of their event's start (unreadable: the date of the path).

    An event without a game keeps one quote per file, so that a postponed game is refused once and not once per price.
    """
    starts = convert(quotes["commence_time"], "TIMESTAMP").values
    dated = quotes.assign(**{EVENT_DATE: eastern_date(starts).fillna(quotes[DAY])})
    found = resolve_games(dated, schedule, date=EVENT_DATE, team=HOME_TEAM, opponent=AWAY_TEAM)
    is_further = dated.duplicated([FILE, "odds_event_id", HOME_TEAM, AWAY_TEAM])
    return dated[(found["outcome"] != UNRESOLVED) | ~is_further].reset_index(drop=True)


def _events(body: object, file: LandedFile) -> Iterator[tuple[str, Record, Record]]:
    """JSON pointer, what all quotes of an event share, and the event."""
    prefix, source = "", FILE_NAME
    taken_at: object = file.fetched_at.isoformat()
    if isinstance(body, dict) and "data" in body:
        prefix, source = "/data", WRAPPER
        taken_at, body = body.get("timestamp"), body["data"]
    listed = [(f"{prefix}/{index}", event) for index, event in enumerate(body)] if isinstance(body, list) else None
    for at, event in listed if listed is not None else [(prefix, body)] if body else []:
        if not isinstance(event, dict) or HOME_TEAM not in event:
            is_error = isinstance(event, dict) and not {"message", "error_code"}.isdisjoint(event)
            detail = f"{at or '/'} is no event with teams; fetch it again"
            raise UnusableFile(detail, "error_body" if is_error else "bad_file")
        about: Record = {
            "odds_event_id": event.get("id"),
            "commence_time": event.get("commence_time"),
            HOME_TEAM: event[HOME_TEAM],
            AWAY_TEAM: event.get(AWAY_TEAM),
            "snapshot_at": taken_at,
            "snapshot_source": source,
        }
        yield at, about, event


def _quotes(at: str, about: Record, event: Record) -> Iterator[Record]:
    for in_event, book in _listed(at, event, "bookmakers"):
        for in_book, market in _listed(in_event, book, "markets"):
            for position, outcome in _listed(in_book, market, "outcomes"):
                yield about | {
                    "bookmaker": book.get("key"),
                    "market_key": market.get("key"),
                    "outcome_name": outcome.get("name"),
                    "player_name": outcome.get("description"),
                    "price": outcome.get("price"),
                    "point": outcome.get("point"),
                    "bookmaker_updated_at": market.get("last_update") or book.get("last_update"),
                    POSITION: position,
                }


def _listed(at: str, parent: Record, name: str) -> list[tuple[str, Record]]:
    """JSON pointer and content of every object in a list of the parent; an absent list is empty."""
    children = parent.get(name) or []
    if not isinstance(children, list) or not all(isinstance(child, dict) for child in children):
        raise UnusableFile(f"{at}/{name} is no list of objects; fetch it again")
    return [(f"{at}/{name}/{index}", child) for index, child in enumerate(children)]
