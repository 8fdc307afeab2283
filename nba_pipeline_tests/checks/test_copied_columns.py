"""The defence table repeats the offence table of the game exactly."""

from __future__ import annotations

import pytest

from nba_pipeline.orchestration.checks.copied_columns import OF_OPPONENT, OF_TEAM, copied_columns
from nba_pipeline.orchestration.checks.evaluate import partition_checks
from nba_pipeline_tests.checks.store import TDGS, TOGS, Store, sides
from nba_pipeline_tests.checks.summaries import DAY, change


@pytest.fixture
def game(store: Store) -> Store:
    """Two rows of each table whose numbers differ from team to team."""
    copies = {"o": OF_OPPONENT, "w": OF_TEAM}
    rows = {}
    for number, side in enumerate(sides(store.game(DAY, "NYK", "PHI"))):
        values = {source: _value(TOGS.by_name[source].type, number) for of in copies.values() for source in of.values()}
        rows[str(side["team_abbr"])] = (side, values)
        store.insert(TOGS, {**values, **side})
    for side, own in rows.values():
        theirs = rows[str(side["opponent_team_abbr"])][1]
        copied = {copy: theirs[source] for copy, source in OF_OPPONENT.items()}
        store.insert(TDGS, {**copied, **{copy: own[source] for copy, source in OF_TEAM.items()}, **side})
    return store


def _value(kind: str, number: int) -> object:
    return {"INT64": 10 + number, "FLOAT64": 0.5 + number, "BOOL": number == 0, "STRING": f"s{number}"}[kind]


def test_equal_copies_pass(game: Store) -> None:
    assert copied_columns(game.warehouse, TDGS, [DAY])[0].passed


@pytest.mark.parametrize(
    ("change_of", "column"),
    [
        ("turnovers_forced = turnovers_forced + 1", "turnovers_forced"),
        ("defensive_rating = defensive_rating + 1e-12", "defensive_rating"),
        ("opp_paint_attempts = null", "opp_paint_attempts"),
        ("steals = steals + 1", "steals"),
    ],
)
def test_a_copy_that_differs_at_all_blocks(game: Store, change_of: str, column: str) -> None:
    change(game, "TDGS", change_of, "team_abbr = 'NYK'")
    verdict = copied_columns(game.warehouse, TDGS, [DAY])[0]
    assert verdict.severity == "block"
    assert verdict.description == f"R9: not as in nba_analytics.team_offense_game_summary: {column} in 1 row(s)"
    assert "R9" in partition_checks(TDGS)["invariants"](game.warehouse, TDGS, [DAY])[0].observed


def test_values_unknown_on_both_sides_are_equal(game: Store) -> None:
    change(game, "TDGS", "opp_paint_attempts = null")
    change(game, "TOGS", "paint_attempts = null")
    assert copied_columns(game.warehouse, TDGS, [DAY])[0].passed


def test_a_defence_without_the_offence_blocks(game: Store) -> None:
    game.run(f"delete from {TOGS.qualified_name} where team_abbr = 'PHI'")
    assert copied_columns(game.warehouse, TDGS, [DAY])[0].severity == "block"


def test_every_column_of_the_mapping_exists() -> None:
    assert {*OF_OPPONENT, *OF_TEAM} <= set(TDGS.column_names)
    assert {*OF_OPPONENT.values(), *OF_TEAM.values()} <= set(TOGS.column_names)


def test_every_column_that_is_not_computed_is_compared() -> None:
    """What is left has its own rule: identity, points by zone, blocks by zone of the own players."""
    identity = {"game_date", "game_id", "nba_game_id", "team_abbr", "opponent_team_abbr", "home_game"}
    computed = {"mid_range_points_allowed", "three_pt_points_allowed"}
    of_players = {"blocks_paint", "blocks_mid_range", "blocks_three_pt"}
    assert set(TDGS.column_names) - {*OF_OPPONENT, *OF_TEAM} == identity | computed | of_players
