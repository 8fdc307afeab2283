"""`invariants`: what blocks a date because of its rows, and what does not."""

from __future__ import annotations

import pytest

from nba_pipeline import catalog
from nba_pipeline.orchestration.checks.invariants import has_invariants, invariants
from nba_pipeline.orchestration.checks.verdicts import Verdict
from nba_pipeline.schema import Column, Condition, Invariant, NullCeiling, Reference, Table
from nba_pipeline.schema.fields import GAME_DATE, PLAYER_LOOKUP, TEAM_ABBR
from nba_pipeline_tests.checks.store import DAY, GAMES, NEXT_DAY, PGS, TOGS, Store, sides

DAYS = [DAY, NEXT_DAY]
PLAYED = (Condition("seconds_played", ">", 0),)


def number(name: str, **more: object) -> Column:
    return Column(name, "INT64", "A number.", unit="count", source="test", **more)  # type: ignore[arg-type]


def table(*rules: Invariant, nulls: NullCeiling | None = None, references: tuple[Reference, ...] = ()) -> Table:
    share = Column("share", "FLOAT64", "A share.", unit="fraction", source="test", range_when=PLAYED)
    return Table(
        layer="raw",
        name="lines",
        grain="one row per player",
        columns=(GAME_DATE, PLAYER_LOOKUP, number("seconds_played"), number("points", nulls=nulls), share),
        primary_key=("game_date", "player_lookup"),
        partition_column="game_date",
        invariants=rules,
        references=references,
    )


def line(player: str, points: int | None = 10, **more: object) -> dict[str, object]:
    return {"game_date": DAY, "player_lookup": player, "seconds_played": 60, "points": points, **more}


def judge(store: Store, judged: Table, *rows: dict[str, object]) -> list[Verdict]:
    store.insert(judged, *rows)
    return invariants(store.warehouse, judged, DAYS)


NOT_NEGATIVE = Invariant("L-01", "points >= 0 and seconds_played >= 0", "block", "Nothing is negative.")


def test_a_broken_rule_blocks_its_own_date_and_names_the_rows(store: Store) -> None:
    lines = table(NOT_NEGATIVE)
    first, second = judge(store, lines, line("a", -1), line("b"), line("c", -2), line("d", game_date=NEXT_DAY))
    assert first.severity == "block"
    assert first.description == "L-01: 2 row(s) break: Nothing is negative. a, c"
    assert first.observed == {"L-01": 2}
    assert second.severity == "pass"


def test_a_row_for_which_a_rule_is_null_passes(store: Store) -> None:
    assert judge(store, table(NOT_NEGATIVE), line("a", None))[0].passed


def test_one_false_side_of_a_conjunction_breaks_it_though_the_other_is_null(store: Store) -> None:
    assert judge(store, table(NOT_NEGATIVE), line("a", None, seconds_played=-1))[0].severity == "block"


@pytest.mark.parametrize("level", ["warn", "error"])
def test_a_rule_that_does_not_block_is_left_to_the_whole_table_check(store: Store, level: str) -> None:
    rule = Invariant("L-02", "points <= 50", level, "Nobody scores more than 50.")  # type: ignore[arg-type]
    assert judge(store, table(rule), line("a", 60))[0].passed


def test_nulls_above_the_hard_ceiling_block(store: Store) -> None:
    """208 rows of players who dressed, minutes unknown in 8: 3.8 % against 1 %."""
    lines = table(nulls=NullCeiling(block=0.01, population=PLAYED))
    rows = [line(f"p{n:03}", None if n < 8 else 4) for n in range(208)]
    absent = [line(f"q{n:03}", None, seconds_played=0) for n in range(40)]
    first, second = judge(store, lines, *rows, *absent)
    assert first.severity == "block"
    assert first.description == "points: 8 of 208 NULL (3.8%), ceiling 1.0%"
    assert second.passed


def test_nulls_at_the_hard_ceiling_and_an_empty_population_pass(store: Store) -> None:
    lines = table(nulls=NullCeiling(block=0.01, population=PLAYED))
    rows = [line(f"p{n:03}", None if n < 1 else 4) for n in range(100)]
    only_absent = line("q", None, seconds_played=0, game_date=NEXT_DAY)
    assert [v.severity for v in judge(store, lines, *rows, only_absent)] == ["pass", "pass"]


def test_a_fraction_written_as_a_percentage_blocks(store: Store) -> None:
    first, _ = judge(store, table(), line("a", share=28.5), line("b", share=14.0), line("c", share=0.2))
    assert first.severity == "block"
    assert first.description.startswith("share: 2 of 3 value(s) above 1.5: a percentage was written")


def test_a_high_fraction_outside_the_population_of_its_range_passes(store: Store) -> None:
    assert judge(store, table(), line("a", share=1.9, seconds_played=0), line("b", share=0.2))[0].passed


def test_a_row_without_its_referenced_row_blocks(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    parents = Table(
        layer="reference",
        name="parents",
        grain="one row per player",
        columns=(GAME_DATE, PLAYER_LOOKUP, TEAM_ABBR),
        primary_key=("game_date", "player_lookup"),
        partition_column="game_date",
    )
    monkeypatch.setattr(catalog, "tables", lambda: {str(parents): parents})
    store.insert(parents, {"game_date": DAY, "player_lookup": "a"}, {"game_date": NEXT_DAY, "player_lookup": "b"})
    key = ("game_date", "player_lookup")
    lines = table(references=(Reference(key, str(parents), key),))
    first, second = judge(store, lines, line("a"), line("b"), line("b", game_date=NEXT_DAY))
    assert first.severity == "block"
    assert first.description == "in_parents: 1 row(s) break: game_date, player_lookup exist in reference.parents. b"
    assert second.passed


def test_a_table_without_rules_has_no_such_check() -> None:
    bare = Table(
        layer="raw",
        name="bare",
        grain="one row per date",
        columns=(GAME_DATE,),
        primary_key=("game_date",),
        partition_column="game_date",
    )
    assert not has_invariants(bare)
    assert has_invariants(table(NOT_NEGATIVE))


def team_row(side: dict[str, object], **more: object) -> dict[str, object]:
    """A team row without basketball that obeys every rule of its table."""
    won = side["home_game"]
    return {**side, "win_flag": won, "margin_of_victory": 10 if won else -10, "team_minutes": 240.0, **more}


def test_team_rows_of_the_schedule_pass(store: Store) -> None:
    away, home = sides(store.game(DAY, "BOS", "NYK"))
    store.insert(TOGS, team_row(away, offensive_rating=100, ts_pct=0.5, efg_pct=0.5))
    store.insert(TOGS, team_row(home, offensive_rating=100, ts_pct=0.5, efg_pct=0.5))
    verdict = invariants(store.warehouse, TOGS, [DAY])[0]
    assert verdict.description == ""


@pytest.mark.parametrize(
    "wrong", [{"home_game": True}, {"opponent_team_abbr": "CHI"}, {"nba_game_id": "0022300001"}, {"game_id": "other"}]
)
def test_a_team_row_that_contradicts_the_schedule_blocks(store: Store, wrong: dict[str, object]) -> None:
    away, _ = sides(store.game(DAY, "BOS", "NYK"))
    store.insert(TOGS, team_row({**away, **wrong}, offensive_rating=100, ts_pct=0.5, efg_pct=0.5))
    verdict = invariants(store.warehouse, TOGS, [DAY])[0]
    assert verdict.severity == "block"
    assert "team_of_game: 1 row(s)" in verdict.description
    assert "BOS" in verdict.description


def test_a_player_row_of_a_game_that_is_not_in_games_blocks(store: Store) -> None:
    store.create(GAMES)
    away, _ = sides({"game_date": DAY, "game_id": "20240115_BOS_NYK", "nba_game_id": "0022300100"})
    store.insert(PGS, {**away, "player_lookup": "a", "is_dnp": True, "player_status": "dnp", "starter_flag": False})
    verdict = invariants(store.warehouse, PGS, [DAY])[0]
    assert verdict.severity == "block"
    assert verdict.observed == {"in_games": 1, "team_of_game": 1}
