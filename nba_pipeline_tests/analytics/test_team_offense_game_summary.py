"""Two rows per final game: totals, possessions, pace, ratings."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pytest

from nba_pipeline.analytics import player_game_summary as pgs
from nba_pipeline.analytics import team_offense_game_summary as togs
from nba_pipeline.schema import TableRows
from nba_pipeline.schema.frames import empty_frame
from nba_pipeline_tests.analytics import builders as b
from nba_pipeline_tests.analytics import golden_games as golden

DAY = "2021-10-20"


def _line(
    team: str, minutes: float | None, total: int | None, *numbers: int, day: str = DAY, **more: int
) -> Mapping[str, object]:
    """points, fg, 3p, ft (made and attempted), oreb, player turnovers, after the team total of turnovers."""
    names = (
        "points",
        "field_goals_made",
        "field_goals_attempted",
        "three_pointers_made",
        "three_pointers_attempted",
        "free_throws_made",
        "free_throws_attempted",
        "offensive_rebounds",
        "turnovers",
    )
    rest = {"defensive_rebounds": 30, "assists": 20, "steals": 7, "blocks": 4, "personal_fouls": 20}
    values = {**rest, **dict(zip(names, numbers, strict=True)), **more}
    return {"game_date": day, "team_abbr": team, "minutes": minutes, "turnovers_total": total, **values}


GOLDEN = {
    "BOS": _line("BOS", 290, 18, 134, 48, 117, 21, 57, 17, 23, 15, 18),
    "NYK": _line("NYK", 288, 19, 138, 51, 105, 17, 45, 19, 27, 7, 17),
}
GAME = b.game("0022100005", DAY, "BOS", "NYK", (134, 138))


def _transform(
    *box: Mapping[str, object],
    game: Mapping[str, object] = GAME,
    players: pd.DataFrame | None = None,
    play_by_play: pd.DataFrame | None = None,
    day: str = DAY,
) -> TableRows:
    return togs.transform(
        b.games(game),
        b.team_box(*box),
        b.events() if play_by_play is None else play_by_play,
        empty_frame(pgs.TABLE) if players is None else players,
        b.dates(day),
    )


def _players(lines: tuple[golden.Line, ...], game: Mapping[str, object], *others: Mapping[str, object]) -> pd.DataFrame:
    day = str(game["game_date"])
    made = pgs.transform(
        b.games(game),
        b.box(*golden.box_rows(lines, day), *others),
        b.gamebook(),
        b.events(),
        b.props(),
        b.registry(),
        b.aliases(),
        b.dates(day),
    )
    return made.rows


def test_double_overtime_game_from_rounded_minutes_gives_the_golden_values() -> None:
    rows = _transform(*GOLDEN.values()).rows.set_index("team_abbr")
    measures = ["possessions", "pace", "offensive_rating", "ts_pct", "efg_pct"]
    assert rows.loc["BOS", measures].astype(float).tolist() == pytest.approx(
        [130.12, 107.172414, 102.981863, 0.527061, 0.5], abs=1e-6
    )
    assert rows.loc["NYK", measures].astype(float).tolist() == pytest.approx(
        [128.88, 107.172414, 107.07635, 0.590349, 0.566667], abs=1e-6
    )
    assert rows["overtime_periods"].tolist() == [2, 2]
    assert rows["team_minutes"].tolist() == [290.0, 290.0]
    assert rows["margin_of_victory"].tolist() == [-4, 4]
    assert rows.loc["NYK", ["turnovers", "player_turnovers", "turnovers_source"]].tolist() == [19, 17, "team_total"]


def test_total_turnovers_of_one_team_only_are_not_used_for_either() -> None:
    boston = {**GOLDEN["BOS"], "turnovers_total": None}
    rows = _transform(boston, GOLDEN["NYK"]).rows.set_index("team_abbr")
    assert rows["turnovers"].tolist() == [18, 17]
    assert set(rows["turnovers_source"]) == {"player_sum"}


OVERTIME_GAME = golden.NYK_AT_PHI_GAME
OVERTIME_EXPECTED = {
    "NYK": [94.56, 87.722264, 132.191201, 0.647266, 0.627907],
    "PHI": [99.16, 87.722264, 120.008068, 0.606153, 0.570652],
}


def test_overtime_game_with_play_by_play_gives_the_golden_values() -> None:
    day = "2025-01-15"
    rows = _transform(
        _line("NYK", 265, None, 125, 46, 86, 16, 37, 17, 24, 15, 13, day=day),
        _line("PHI", 265, None, 119, 46, 92, 13, 35, 14, 14, 11, 12, day=day),
        game=OVERTIME_GAME,
        players=_players(golden.NYK_AT_PHI, OVERTIME_GAME),
        play_by_play=golden.play_by_play(golden.NYK_AT_PHI, "0022400561"),
        day=day,
    ).rows.set_index("team_abbr")
    for team, expected in OVERTIME_EXPECTED.items():
        measures = rows.loc[team, ["possessions", "pace", "offensive_rating", "ts_pct", "efg_pct"]]
        assert measures.astype(float).tolist() == pytest.approx(expected, abs=1e-6)
    assert rows[["paint_makes", "paint_attempts", "mid_range_makes", "mid_range_attempts"]].to_numpy().tolist() == [
        [24, 32, 6, 17],
        [26, 43, 7, 14],
    ]
    assert rows["players_used"].tolist() == [8, 9]
    assert rows["players_inactive"].isna().all()
    assert set(rows["turnovers_source"]) == {"player_sum"}


def test_play_by_play_may_come_in_any_order() -> None:
    told = golden.play_by_play(golden.NYK_AT_PHI, "0022400561", golden.BLOCKS)
    made = [
        _transform(
            game=OVERTIME_GAME,
            players=_players(golden.NYK_AT_PHI, OVERTIME_GAME),
            play_by_play=events,
            day="2025-01-15",
        ).rows
        for events in (told, told.iloc[::-1], told.sample(frac=1, random_state=7))
    ]
    assert made[0]["paint_attempts"].notna().all()
    pd.testing.assert_frame_equal(made[0], made[1])
    pd.testing.assert_frame_equal(made[0], made[2])


def test_sums_of_the_players_stand_in_when_the_team_box_disagrees_with_the_schedule() -> None:
    day = "2025-01-15"
    players = _players(golden.NYK_AT_PHI, OVERTIME_GAME)
    rows = _transform(
        _line("NYK", 265, None, 120, 46, 86, 16, 37, 17, 24, 15, 13, day=day),
        _line("PHI", 265, None, 119, 46, 92, 13, 35, 14, 14, 11, 12, day=day),
        game=OVERTIME_GAME,
        players=players,
        day=day,
    ).rows.set_index("team_abbr")
    assert set(rows["box_score_source"]) == {"player_sum"}
    assert rows["points_scored"].tolist() == [125, 119]
    assert rows["overtime_periods"].tolist() == [1, 1]
    assert rows["ts_pct"].astype(float).tolist() == pytest.approx([0.647266, 0.606153], abs=1e-6)


def test_game_that_no_source_supports_has_no_rows_and_is_named() -> None:
    made = _transform(GOLDEN["BOS"])
    day = pd.Timestamp(DAY).date()
    assert made.rows.empty
    assert made.counts["games_without_totals"] == {day: 1}
    assert "20211020_BOS_NYK" in made.warnings[day][0]
    assert made.skip_reasons == {}


def test_inactive_players_are_unknown_for_a_game_without_an_inactive_list() -> None:
    game = golden.MIN_AT_NYK_GAME
    listed = b.player_row("2024-01-01", "NYK", "mitchellrobinson", "inactive")
    totals = (
        _line("MIN", 241, 14, 106, 36, 76, 11, 28, 23, 29, 4, 13, day="2024-01-01"),
        _line("NYK", 240, 15, 112, 39, 89, 12, 34, 22, 28, 16, 13, day="2024-01-01"),
    )
    with_list = _transform(
        *totals, game=game, players=_players(golden.MIN_AT_NYK, game, listed), day="2024-01-01"
    ).rows.set_index("team_abbr")
    assert with_list["players_inactive"].tolist() == [0, 1]
    without = _transform(*totals, game=game, players=_players(golden.MIN_AT_NYK, game), day="2024-01-01")
    assert without.rows["players_inactive"].isna().all()


def test_day_without_games_is_an_empty_success_of_full_shape() -> None:
    made = togs.transform(b.games(), b.team_box(), b.events(), empty_frame(pgs.TABLE), b.dates(DAY))
    assert list(made.rows.columns) == list(togs.TABLE.column_names)
    assert made.skip_reasons == {pd.Timestamp(DAY).date(): "no_games"}


def test_shuffled_input_gives_the_same_rows() -> None:
    forward = _transform(*GOLDEN.values()).rows
    backward = _transform(*reversed(GOLDEN.values())).rows
    pd.testing.assert_frame_equal(forward, backward)
