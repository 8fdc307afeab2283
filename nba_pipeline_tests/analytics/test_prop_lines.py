"""Choosing one points line out of several sources."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nba_pipeline.analytics.prop_lines import bettingpros_quotes, choose_prop_lines, odds_api_quotes
from nba_pipeline.schema.frames import STRING_DTYPE, TIMESTAMP_DTYPE
from nba_pipeline_tests.analytics import builders as b

DAY = "2024-01-01"
WHO = {"game_date": DAY, "nba_game_id": "0022300451", "player_lookup": "jalenbrunson"}
DRAFTKINGS = [
    ("2024-01-01T15:00Z", 24.5, 1.91),
    ("2024-01-01T23:00Z", 25.5, 1.87),
    ("2024-01-01T23:00Z", 27.5, 2.40),
    ("2024-01-02T00:30Z", 26.5, 1.95),
    ("2024-01-02T00:35Z", 30.5, 1.90),
]
BETTINGPROS_DTYPES = {
    "game_date": "datetime64[us]",
    "nba_game_id": STRING_DTYPE,
    "player_lookup": STRING_DTYPE,
    "bookmaker": STRING_DTYPE,
    "snapshot_at": TIMESTAMP_DTYPE,
    "bet_side": STRING_DTYPE,
    "points_line": "float64",
    "price_decimal": "float64",
    "is_active": "boolean",
    "opening_line": "float64",
}


def _odds(book: str, *lines: tuple[str, float, float | None]) -> pd.DataFrame:
    rows = [
        {**WHO, "bookmaker": book, "snapshot_at": at, "points_line": line, "over_price_decimal": price}
        for at, line, price in lines
    ]
    return odds_api_quotes(b.props(*rows))


def _bettingpros(**values: object) -> pd.DataFrame:
    row = {
        **WHO,
        "nba_game_id": None,
        "bookmaker": "draftkings",
        "snapshot_at": "2024-01-01T22:00Z",
        "bet_side": "over",
        "points_line": 25.0,
        "price_decimal": 1.91,
        **values,
    }
    return bettingpros_quotes(b.typed([row], BETTINGPROS_DTYPES))


def _choose(quotes: list[pd.DataFrame], tip_off: str = "2024-01-02T00:30Z") -> pd.Series | None:
    players = b.typed(
        [{**WHO, "cutoff_at": tip_off}],
        {"game_date": "datetime64[us]", "player_lookup": STRING_DTYPE, "cutoff_at": TIMESTAMP_DTYPE},
    )
    lines = choose_prop_lines(pd.concat(quotes, ignore_index=True), players)
    return None if lines.empty else lines.iloc[0]


def _quotes() -> dict[str, pd.DataFrame]:
    return {
        "odds_api:draftkings": _odds("draftkings", *DRAFTKINGS),
        "odds_api:fanduel": _odds("fanduel", ("2024-01-02T00:00Z", 26.0, 1.90)),
        "bettingpros:draftkings": _bettingpros(),
    }


@pytest.mark.parametrize(
    ("removed", "tip_off", "line", "opening", "movement", "source", "consensus", "books"),
    [
        ((), "2024-01-02T00:30Z", 26.5, 24.5, 2.0, "odds_api:draftkings", 26.0, 3),
        ((), "2024-01-01T23:30Z", 25.5, 24.5, 1.0, "odds_api:draftkings", 25.25, 2),
        (
            ("odds_api:draftkings", "bettingpros:draftkings"),
            "2024-01-02T00:30Z",
            26.0,
            None,
            None,
            "odds_api:fanduel",
            26.0,
            1,
        ),
        (("odds_api:draftkings",), "2024-01-02T00:30Z", 25.0, None, None, "bettingpros:draftkings", 25.5, 2),
    ],
)
def test_line_of_the_best_source_at_tip_off(
    removed: tuple[str, ...],
    tip_off: str,
    line: float,
    opening: float | None,
    movement: float | None,
    source: str,
    consensus: float,
    books: int,
) -> None:
    chosen = _choose([frame for name, frame in _quotes().items() if name not in removed], tip_off)
    assert chosen is not None
    assert (chosen["points_line"], chosen["points_line_source"]) == (line, source)
    expected = [np.nan if value is None else value for value in (opening, movement)]
    assert chosen[["opening_line", "line_movement"]].astype(float).tolist() == pytest.approx(expected, nan_ok=True)
    assert (chosen["points_line_consensus"], chosen["points_line_books"]) == (consensus, books)


def test_no_quote_before_tip_off_is_no_line() -> None:
    assert _choose(list(_quotes().values()), "2024-01-01T10:00Z") is None


def test_quote_exactly_at_tip_off_counts() -> None:
    chosen = _choose([_odds("draftkings", ("2024-01-02T00:30Z", 26.5, 1.91))])
    assert chosen is not None
    assert chosen["points_line"] == 26.5


def test_equally_near_prices_take_the_lower_line_and_a_line_without_price_comes_last() -> None:
    at = "2024-01-01T23:00Z"
    chosen = _choose([_odds("draftkings", (at, 27.5, 1.95), (at, 25.5, 1.87), (at, 20.5, None))])
    assert chosen is not None
    assert chosen["points_line"] == 25.5


def test_bettingpros_states_its_own_opening_line() -> None:
    chosen = _choose([_bettingpros(opening_line=23.5)])
    assert chosen is not None
    assert (chosen["opening_line"], chosen["line_movement"]) == (23.5, 1.5)


@pytest.mark.parametrize("values", [{"bet_side": "under"}, {"is_active": False}])
def test_bettingpros_under_side_and_withdrawn_lines_are_no_candidates(values: dict[str, object]) -> None:
    assert _choose([_bettingpros(**values)]) is None


def test_single_books_come_before_consensus_and_fantasy_operators() -> None:
    at = ("2024-01-01T23:00Z", 25.5, 1.91)
    books = [_odds("underdog", at), _odds("prizepicks", at), _bettingpros(bookmaker="consensus"), _odds("betmgm", at)]
    order = []
    while books:
        chosen = _choose(books)
        assert chosen is not None
        order.append(chosen["points_line_source"])
        books = [frame for frame in books if frame["source"].iloc[0] != chosen["points_line_source"]]
    assert order == ["odds_api:betmgm", "bettingpros:consensus", "odds_api:prizepicks", "odds_api:underdog"]
