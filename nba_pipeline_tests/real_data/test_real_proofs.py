"""The proofs on three real seasons: the past alone makes a row, whatever is asked for together and in what order.

Results, schedule, play-by-play and game lines are real. Points props and injury reports, of which the archive has
none, are made up for the sampled dates, so that their paths are proven too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nba_pipeline.landing import Landing
from nba_pipeline.orchestration.checks.thresholds import LEAK_CORRELATION
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.orchestration.partitions import partition_dates
from nba_pipeline.orchestration.recompute import look_back_recipes
from nba_pipeline.raw import nbac_schedule, odds_api_game_lines
from nba_pipeline.reference import teams, venues
from nba_pipeline.schema.frames import frame_from_arrow
from nba_pipeline_tests.proofs.chain import Book, Made, Recipes, complete, run_chain, with_made
from nba_pipeline_tests.proofs.doubles import doubled, inclusive
from nba_pipeline_tests.proofs.evidence import (
    absent_rows,
    batches,
    blindness,
    days_of,
    deafness,
    look_ahead,
    order_dependence,
    range_dependence,
)
from nba_pipeline_tests.proofs.market import market_of
from nba_pipeline_tests.proofs.stored import changed, run, store
from nba_pipeline_tests.real_data.analytics_chain import FIRST, LAST, read_chain

pytestmark = [pytest.mark.real_data, pytest.mark.xdist_group("real_proofs")]

DAYS_PER_SEASON = 14
TRADE_DEADLINES = ("2022-02-10", "2023-02-09", "2024-02-08")
CUP_FINAL = "2023-12-09"
RANGES = (
    (FIRST, FIRST),
    (FIRST, "2021-11-03"),  # the bootstrap and its end
    ("2022-02-15", "2022-02-26"),  # All-Star breaks
    ("2023-02-16", "2023-02-23"),
    ("2022-06-15", "2022-10-21"),  # from the last game of one season into the next
    ("2023-04-08", "2023-04-17"),  # regular season, play-in, playoffs
    ("2023-12-08", "2023-12-11"),  # the cup final between days off
)
RANDOM_RANGES, LONGEST_RANGE = 8, 9  # a range of one day is a daily run
REWRITTEN = (date(2022, 2, 15), date(2022, 2, 24), date(2022, 2, 26))


@dataclass(frozen=True)
class Proven:
    """Base tables, recipes, all tables of all dates, and the dates that stand for the others."""

    book: Book
    recipes: Recipes
    whole: dict[str, Made]
    sampled: pd.DatetimeIndex


@pytest.fixture(scope="module")
def proven(shared_data: Path) -> Proven:
    recipes, real = look_back_recipes(), _real_book(shared_data)
    sampled = _sampled(real["reference.games"])
    market = {name: rows for name, rows in market_of(real, sampled).items() if name not in real}
    book = complete({**real, **market}, recipes)
    whole = run_chain(book, recipes, partition_dates(date.fromisoformat(FIRST), date.fromisoformat(LAST)))
    return Proven(book, recipes, whole, sampled)


def _real_book(data: Path) -> dict[str, pd.DataFrame]:
    chain = read_chain(data)
    return {
        "reference.games": chain.games.rows,
        "reference.teams": teams.transform(),
        "reference.venues": venues.transform(),
        "reference.players_registry": chain.registry.rows,
        "reference.player_aliases": chain.aliases.rows,
        "analytics.player_game_summary": chain.pgs.rows,
        "analytics.team_offense_game_summary": chain.togs.rows,
        "analytics.team_defense_game_summary": chain.tdgs.rows,
        "raw.odds_api_game_lines": _game_lines(data),
    }


def _game_lines(data: Path) -> pd.DataFrame:
    landing, window = Landing(str(data)), (date.fromisoformat(FIRST), date.fromisoformat(LAST))
    spec = nbac_schedule.LANDED
    listed = landing.landed((), *window, archive=spec.archive, archive_columns=spec.archive_columns)
    lines = landing.landed(
        (), *window, archive=odds_api_game_lines.ARCHIVE, archive_columns=odds_api_game_lines.ARCHIVE_COLUMNS
    )
    schedule = nbac_schedule.parse_season_schedule(listed)
    made: pd.DataFrame = odds_api_game_lines.transform(lines, schedule, partition_dates(*window)).rows
    return made


def _sampled(games: pd.DataFrame) -> pd.DatetimeIndex:
    """The dates of every season at which a rule may go wrong, and others spread evenly to as many per season."""
    chosen: list[pd.Timestamp] = []
    for _, season in games.groupby("season_year"):
        days = days_of(*season["game_date"].unique())
        regular = days_of(*season.loc[season["season_type"] == "regular", "game_date"].unique())
        settled = int((days < days[0] + pd.Timedelta(days=14)).sum())  # position of the first processable date
        rest = int(np.argmax(np.diff(regular)))  # last date before the longest break
        special = {*days[[0, 1, 2, settled - 1, settled, -1]], *regular[[rest, rest + 1]]}
        special |= set(days[days.isin(pd.to_datetime([*TRADE_DEADLINES, CUP_FINAL]))])
        special |= {season.loc[season["season_type"] == phase, "game_date"].min() for phase in ("play_in", "playoffs")}
        others = [day for day in days if day not in special]
        step = len(others) // (DAYS_PER_SEASON - len(special) + 1)
        chosen += [*special, *others[step::step][: DAYS_PER_SEASON - len(special)]]
    return days_of(*chosen)


def test_the_sample_holds_the_dates_at_which_a_rule_may_go_wrong(proven: Proven) -> None:
    named = (FIRST, LAST, *TRADE_DEADLINES, CUP_FINAL, "2021-11-02", "2022-02-17", "2022-02-24", "2022-04-12")
    assert [day for day in named if pd.Timestamp(day) not in proven.sampled] == []
    assert len(proven.sampled) == 3 * DAYS_PER_SEASON
    rows = [made.on(proven.sampled).rows.num_rows for made in proven.whole.values()]
    assert min(rows) > 400


def test_nothing_dated_from_the_day_on_changes_its_rows(proven: Proven) -> None:
    assert look_ahead(proven.book, proven.recipes, proven.whole, proven.sampled) == []


def test_other_results_of_the_newest_games_change_rows_of_every_table(proven: Proven) -> None:
    assert blindness(proven.book, proven.recipes, proven.whole, proven.sampled) == []


def test_a_quote_or_report_at_the_tip_off_still_counts(proven: Proven) -> None:
    assert deafness(proven.book, proven.recipes, proven.whole, batches(proven.sampled)[6]) == []


def test_a_date_has_the_same_rows_alone_and_in_any_range(proven: Proven) -> None:
    assert range_dependence(proven.book, proven.recipes, proven.whole, [*RANGES, *_random_ranges()]) == []


def test_rows_and_dates_may_come_in_any_order(proven: Proven) -> None:
    assert order_dependence(proven.book, proven.recipes, proven.whole, [RANGES[1], RANGES[4]]) == []


def test_exactly_those_have_rows_whom_the_past_names(proven: Proven) -> None:
    assert absent_rows(proven.book, proven.recipes, proven.whole, proven.sampled) == []


def test_a_second_run_changes_no_row_and_neither_does_one_date_alone(
    proven: Proven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "1000")
    monkeypatch.setenv("DAGSTER_EMIT_PARTITION_SUBSET_IN_PLANNED_EVENTS", "1")
    first, alone, last = REWRITTEN
    store(tmp_path, _until(proven, last))
    expected = {name: made.on(partition_dates(first, last)).rows.num_rows for name, made in proven.whole.items()}
    with open_instance(tmp_path / "dagster_home") as instance:
        made = run(tmp_path, instance, proven.recipes, first, last)
        assert {name: counts["rows_inserted"] for name, counts in made.items()} == expected
        again = run(tmp_path, instance, proven.recipes, first, last)
        assert {name: counts["rows"] for name, counts in again.items()} == expected
        assert changed(again) == {}
        assert changed(run(tmp_path, instance, proven.recipes, alone, alone)) == {}


def test_the_limit_of_the_leak_alarm_lies_between_the_past_and_the_game_itself(proven: Proven) -> None:
    name, days = "precompute.player_daily_cache", partition_dates(date(2023, 11, 8), date(2024, 4, 14))
    book = with_made(proven.book, {each: made.on(days) for each, made in proven.whole.items()})
    leaky = run_chain(book, doubled(proven.recipes, name, inclusive), days)[name]
    for recent in (days[-150:-100], days[-100:-50], days[-51:-1]):  # the last date of a range cannot see itself
        right, wrong = (_correlation(proven.book, made.on(recent)) for made in (proven.whole[name], leaky))
        assert right < LEAK_CORRELATION <= wrong, f"{right:.3f} and {wrong:.3f} from {recent[0]} to {recent[-1]}"


def _correlation(book: Book, cache: Made) -> float:
    """Of recent form with the points then scored, over the rows of players who played."""
    rows = frame_from_arrow(cache.table, cache.rows).rename(columns={"cache_date": "game_date"})
    players = book["analytics.player_game_summary"]
    played = players.loc[(players["seconds_played"] > 0).fillna(False), ["game_date", "player_lookup", "points"]]
    both = rows.merge(played, on=["game_date", "player_lookup"], validate="one_to_one")
    return float(both["points_avg_last_5"].corr(both["points"].astype("float64")))


def _random_ranges() -> list[tuple[str, str]]:
    rng = np.random.default_rng(20240617)
    days = partition_dates(date.fromisoformat(FIRST), date.fromisoformat(LAST))
    firsts = rng.integers(0, len(days) - LONGEST_RANGE, RANDOM_RANGES)
    lengths = rng.integers(1, LONGEST_RANGE + 1, RANDOM_RANGES)
    return [
        (str(days[first].date()), str(days[first + length - 1].date()))
        for first, length in zip(firsts, lengths, strict=True)
    ]


def _until(proven: Proven, last: date) -> dict[str, pd.DataFrame]:
    """The base tables of the first season up to this date."""
    dates = {str(e.table): e.table.partition_column for r in proven.recipes.values() for e in r.inputs.values()}
    return {
        name: rows if dates[name] is None else rows[rows[dates[name]] <= pd.Timestamp(last)]
        for name, rows in proven.book.items()
    }
