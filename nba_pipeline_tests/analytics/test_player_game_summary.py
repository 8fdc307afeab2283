"""One row per listed player of a final game."""

from __future__ import annotations

import pandas as pd
import pytest

from nba_pipeline.analytics import player_game_summary as pgs
from nba_pipeline.schema import TableRows
from nba_pipeline_tests.analytics import builders as b
from nba_pipeline_tests.analytics import golden_games as golden

DAY = "2024-01-01"
GAME = b.game("0022300451", DAY, "BOS", "MIA", (90, 95), tip_off_at="2024-01-02T00:30:00Z")


def _rows(
    *,
    games: pd.DataFrame | None = None,
    box: pd.DataFrame | None = None,
    gamebook: pd.DataFrame | None = None,
    play_by_play: pd.DataFrame | None = None,
    props: pd.DataFrame | None = None,
    registry: pd.DataFrame | None = None,
    aliases: pd.DataFrame | None = None,
    days: tuple[str, ...] = (DAY,),
) -> TableRows:
    return pgs.transform(
        b.games(GAME) if games is None else games,
        b.box() if box is None else box,
        b.gamebook() if gamebook is None else gamebook,
        b.events() if play_by_play is None else play_by_play,
        b.props() if props is None else props,
        b.registry() if registry is None else registry,
        b.aliases() if aliases is None else aliases,
        b.dates(*days),
    )


def _only(made: TableRows) -> pd.Series:
    assert len(made.rows) == 1
    return made.rows.iloc[0]


@pytest.fixture(scope="module")
def overtime() -> pd.DataFrame:
    """NYK at PHI, one overtime, with eight players who stayed on the bench."""
    day = "2025-01-15"
    unused = [
        b.player_row(
            day,
            team,
            lookup,
            "dnp",
            dnp_reason="DND - Injury/Illness" if lookup == "andredrummond" else "DNP - Coach's Decision",
        )
        for team, lookups in golden.NYK_AT_PHI_UNUSED.items()
        for lookup in lookups
    ]
    made = _rows(
        games=b.games(golden.NYK_AT_PHI_GAME),
        box=b.box(*golden.box_rows(golden.NYK_AT_PHI, day), *unused),
        play_by_play=golden.play_by_play(golden.NYK_AT_PHI, "0022400561", golden.BLOCKS),
        days=(day,),
    )
    assert made.counts["unregistered_players"] == {pd.Timestamp(day).date(): 25}
    return made.rows.set_index("player_lookup")


@pytest.mark.parametrize("line", golden.NYK_AT_PHI, ids=lambda line: line.lookup)
def test_overtime_game_gives_every_golden_value(overtime: pd.DataFrame, line: golden.Line) -> None:
    row = overtime.loc[line.lookup]
    assert row[["usage_rate", "ts_pct", "efg_pct"]].astype(float).tolist() == pytest.approx(
        [line.usage, line.ts, line.efg], abs=1e-6
    )
    assert row["minutes_played"] == pytest.approx(line.seconds / 60)
    for zone, makes, attempts in (
        ("paint", "paint_makes", "paint_attempts"),
        ("mid", "mid_range_makes", "mid_range_attempts"),
        ("three", "three_makes_pbp", "three_attempts_pbp"),
    ):
        assert (row[makes], row[attempts]) == getattr(line, zone)
    assert (row["assisted_fg_makes"], row["unassisted_fg_makes"]) == line.assisted
    assert (row["and1_count"], row["paint_blocks"]) == (line.and_ones, golden.BLOCKS.get(line.lookup, 0))
    assert (row["starter_flag"], row["win_flag"]) == (line.starter, line.team == "NYK")
    assert row["has_complete_shot_zones"]


def test_play_by_play_may_come_in_any_order() -> None:
    """Its rows are read unsorted, so nothing may hang on where they stand: neither credits nor the opening line-up."""
    day, game = "2025-01-15", "0022400561"
    box = b.box(*golden.box_rows(golden.NYK_AT_PHI, day))
    told = golden.play_by_play(golden.NYK_AT_PHI, game, golden.BLOCKS)
    made = [
        _rows(games=b.games(golden.NYK_AT_PHI_GAME), box=box, play_by_play=events, days=(day,)).rows
        for events in (told, told.iloc[::-1], told.sample(frac=1, random_state=7))
    ]
    pd.testing.assert_frame_equal(made[0], made[1])
    pd.testing.assert_frame_equal(made[0], made[2])


def test_usage_weighted_by_seconds_is_a_fifth_of_the_team(overtime: pd.DataFrame) -> None:
    played = overtime[overtime["is_active"]]
    weighted = (played["usage_rate"] * played["seconds_played"]).groupby(played["team_abbr"]).sum()
    assert (weighted / played.groupby("team_abbr")["seconds_played"].sum()).tolist() == pytest.approx([0.2, 0.2])


def test_unused_players_are_rows_without_any_statistic(overtime: pd.DataFrame) -> None:
    unused = overtime.loc[[lookup for lookups in golden.NYK_AT_PHI_UNUSED.values() for lookup in lookups]]
    assert unused["is_dnp"].all()
    assert not unused["is_active"].any()
    assert not unused["starter_flag"].any()
    statistics = ["seconds_played", "points", "paint_attempts", "usage_rate", "has_complete_shot_zones", "margin"]
    assert unused[statistics].isna().all(axis=None)
    categories = unused["dnp_reason_category"]
    assert categories["andredrummond"] == "injury"
    assert set(categories.drop("andredrummond")) == {"coach_decision"}


@pytest.mark.parametrize("line", golden.MIN_AT_NYK, ids=lambda line: line.lookup)
def test_whole_minute_game_gives_every_golden_value(line: golden.Line) -> None:
    made = _rows(
        games=b.games(golden.MIN_AT_NYK_GAME),
        box=b.box(*golden.box_rows(golden.MIN_AT_NYK, DAY)),
        play_by_play=golden.play_by_play(golden.MIN_AT_NYK, "0022300451"),
    )
    row = made.rows.set_index("player_lookup").loc[line.lookup]
    assert (row["paint_attempts"], row["mid_range_attempts"]) == (line.paint[1], line.mid[1])
    assert (row["and1_count"], row["plus_minus"]) == (line.and_ones, line.plus_minus)
    if line.lookup.startswith("everybodyelse"):
        return
    expected = [float("nan") if value is None else value for value in (line.usage, line.ts, line.efg)]
    ratios = row[["usage_rate", "ts_pct", "efg_pct"]].astype(float).tolist()
    assert ratios == pytest.approx(expected, abs=1e-6, nan_ok=True)


def test_box_score_line_wins_over_the_gamebook_line_as_a_whole() -> None:
    line = {"field_goals_made": 10, "field_goals_attempted": 15, "free_throws_made": 1, "free_throws_attempted": 2}
    made = _rows(
        box=b.box(b.player_row(DAY, "BOS", "a", "active", seconds_played=1800, points=21, **line)),
        gamebook=b.gamebook(b.player_row(DAY, "BOS", "a", "active", seconds_played=1815, points=20, steals=3)),
    )
    row = _only(made)
    assert (row["seconds_played"], row["points"], row["steals"]) == (1800, 21, 0)
    assert row["box_score_source"] == "nbac_player_boxscores"


def test_gamebook_fills_a_missing_player_with_id_of_the_registry_and_starter_from_the_floor() -> None:
    script = b.Script("0022300451")
    ten = "7|8|9|10|11|12|13|14|15|16"
    for _ in range(45):
        script.shot("BOS", 7, on_court_player_ids=ten)
    for _ in range(47):
        script.shot("MIA", 12, on_court_player_ids="99|" + ten[2:])
    script.free_throw("MIA", 12)
    made = _rows(
        gamebook=b.gamebook(
            b.player_row(DAY, "BOS", "a", "active", seconds_played=720, points=4),
            b.player_row(DAY, "BOS", "c", "active", seconds_played=60, points=0),
        ),
        play_by_play=script.frame(),
        registry=b.registry(("a", 7, "Aaron A"), ("c", 99, "Cal C")),
    )
    rows = made.rows.set_index("player_lookup")
    assert rows.loc["a", ["nba_player_id", "player_full_name", "starter_flag"]].tolist() == [7, "Aaron A", True]
    assert not rows.loc["c", "starter_flag"]
    assert set(rows["box_score_source"]) == {"nbac_gamebook_player_stats"}
    assert made.counts["unregistered_players"] == {}


def test_starter_is_unknown_without_box_score_and_play_by_play() -> None:
    made = _rows(gamebook=b.gamebook(b.player_row(DAY, "BOS", "a", "active", seconds_played=720)))
    assert made.rows["starter_flag"].isna().all()


def test_reason_may_come_from_the_gamebook_while_the_box_score_states_the_status() -> None:
    made = _rows(
        box=b.box(b.player_row(DAY, "BOS", "a", "dnp")),
        gamebook=b.gamebook(b.player_row(DAY, "BOS", "a", "dnp", dnp_reason="DNP - Coach's Decision")),
    )
    row = _only(made)
    assert (row["player_status"], row["box_score_source"]) == ("dnp", "nbac_player_boxscores")
    assert (row["dnp_reason"], row["dnp_reason_category"]) == ("DNP - Coach's Decision", "coach_decision")


def test_box_line_of_the_gamebook_beats_an_inactive_listing_of_the_box_score() -> None:
    made = _rows(
        box=b.box(b.player_row(DAY, "BOS", "a", "inactive", nba_player_id=7)),
        gamebook=b.gamebook(b.player_row(DAY, "BOS", "a", "active", seconds_played=720, points=4)),
    )
    row = _only(made)
    assert (row["player_status"], row["points"], row["nba_player_id"]) == ("active", 4, 7)
    assert not row["is_dnp"]


TRADE_GAMES = b.games(
    b.game("0022300100", DAY, "BOS", "NYK", (90, 95)), b.game("0022300105", DAY, "MIA", "ORL", (90, 95))
)


def test_player_listed_by_two_teams_keeps_the_larger_game_id_across_sources() -> None:
    made = _rows(
        games=TRADE_GAMES,
        box=b.box(b.player_row(DAY, "BOS", "a")),
        gamebook=b.gamebook(b.player_row(DAY, "MIA", "a"), b.player_row(DAY, "NYK", "c")),
    )
    rows = made.rows.set_index("player_lookup")
    assert rows.loc["a", "team_abbr"] == "MIA"
    assert made.counts["double_listed"] == {pd.Timestamp(DAY).date(): 1}


def test_listing_with_minutes_beats_one_without_whatever_the_ids() -> None:
    made = _rows(
        games=TRADE_GAMES,
        box=b.box(b.player_row(DAY, "BOS", "a", "active", seconds_played=60), b.player_row(DAY, "ORL", "c")),
        gamebook=b.gamebook(b.player_row(DAY, "MIA", "a")),
    )
    assert made.rows.set_index("player_lookup").loc["a", "team_abbr"] == "BOS"


def test_two_spellings_of_one_id_are_one_row() -> None:
    made = _rows(
        box=b.box(b.player_row(DAY, "BOS", "jimmybutler", "active", nba_player_id=7, seconds_played=60)),
        gamebook=b.gamebook(b.player_row(DAY, "BOS", "jimmyb")),
        registry=b.registry(("jimmybutleriii", 7, "Jimmy Butler III")),
        aliases=b.aliases(("jimmyb", "jimmybutleriii")),
    )
    row = _only(made)
    assert (row["player_lookup"], row["player_full_name"]) == ("jimmybutleriii", "Jimmy Butler III")


def test_zero_seconds_in_a_box_line_stay_a_box_row_that_did_not_play() -> None:
    row = _only(_rows(box=b.box(b.player_row(DAY, "BOS", "a", "active", seconds_played=0, plus_minus=-1))))
    assert (row["is_dnp"], row["is_active"], row["points"], row["plus_minus"]) == (False, False, 0, -1)
    assert pd.isna(row["usage_rate"])


def test_incomplete_box_has_no_usage_rate_for_the_whole_team() -> None:
    rows = [
        b.player_row(DAY, "BOS", f"b{number}", "active", seconds_played=2600, field_goals_attempted=9)
        for number in range(5)
    ]
    complete = [
        b.player_row(DAY, "MIA", f"m{number}", "active", seconds_played=2880, field_goals_attempted=9)
        for number in range(5)
    ]
    usage = _rows(box=b.box(*rows, *complete)).rows.groupby("team_abbr")["usage_rate"].agg(["count", "mean"])
    assert usage.loc["BOS", "count"] == 0
    assert usage.loc["MIA", "mean"] == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("line", "points", "result", "margin"),
    [(26.5, 27, "OVER", 0.5), (26.5, 26, "UNDER", -0.5), (26.0, 26, "PUSH", 0.0)],
)
def test_points_against_the_line_at_tip_off(line: float, points: int, result: str, margin: float) -> None:
    quote = {
        "game_date": DAY,
        "nba_game_id": "0022300451",
        "player_lookup": "jaybee",
        "bookmaker": "draftkings",
        "snapshot_at": "2024-01-02T00:30:00Z",
        "points_line": line,
        "over_price_decimal": 1.91,
    }
    row = _only(
        _rows(
            box=b.box(b.player_row(DAY, "BOS", "jb", "active", seconds_played=1800, points=points)),
            props=b.props(quote),
            registry=b.registry(("jb", 1, "J B")),
            aliases=b.aliases(("jaybee", "jb")),
        )
    )
    assert (row["over_under_result"], row["margin"], row["points_line_source"]) == (
        result,
        margin,
        "odds_api:draftkings",
    )


def test_player_who_did_not_play_keeps_the_line_and_has_no_result() -> None:
    quote = {
        "game_date": DAY,
        "nba_game_id": "0022300451",
        "player_lookup": "a",
        "bookmaker": "draftkings",
        "snapshot_at": "2024-01-01T20:00:00Z",
        "points_line": 20.5,
    }
    row = _only(_rows(box=b.box(b.player_row(DAY, "BOS", "a")), props=b.props(quote)))
    assert row["points_line"] == 20.5
    assert row[["over_under_result", "margin"]].isna().all()


def test_quote_of_a_game_that_moved_away_is_ignored() -> None:
    quote = {
        "game_date": DAY,
        "nba_game_id": "0022300999",
        "player_lookup": "a",
        "bookmaker": "draftkings",
        "snapshot_at": "2024-01-01T20:00:00Z",
        "points_line": 20.5,
    }
    row = _only(_rows(box=b.box(b.player_row(DAY, "BOS", "a")), props=b.props(quote)))
    assert pd.isna(row["points_line"])


def test_game_without_a_final_result_has_no_rows() -> None:
    made = _rows(games=b.games(b.game("0022300451", DAY, "BOS", "MIA", None)), box=b.box(b.player_row(DAY, "BOS", "a")))
    assert made.rows.empty
    assert made.skip_reasons == {pd.Timestamp(DAY).date(): "no_games"}


def test_final_game_without_a_box_is_named_and_does_not_pass_as_an_empty_day() -> None:
    made = _rows()
    day = pd.Timestamp(DAY).date()
    assert made.counts["games_without_box"] == {day: 1}
    assert "20240101_BOS_MIA" in made.warnings[day][0]
    assert made.skip_reasons == {}


def test_day_without_games_is_an_empty_success_of_full_shape() -> None:
    made = _rows(games=b.games(), days=(DAY, "2024-01-02"))
    assert list(made.rows.columns) == list(pgs.TABLE.column_names)
    assert set(made.skip_reasons.values()) == {"no_games"}


def test_a_range_gives_the_rows_of_its_days_whatever_the_order_of_the_input() -> None:
    games = b.games(GAME, b.game("0022300460", "2024-01-02", "MIA", "BOS", (88, 99)))
    box = b.box(
        *(
            b.player_row(day, team, f"{team}{number}".lower(), "active", seconds_played=2880, points=number)
            for day in (DAY, "2024-01-02")
            for team in ("BOS", "MIA")
            for number in range(5)
        )
    )
    whole = _rows(games=games, box=box.sample(frac=1, random_state=1), days=(DAY, "2024-01-02")).rows
    single = pd.concat(
        [
            _rows(games=games[games["game_date"] == day], box=box[box["game_date"] == day], days=(day,)).rows
            for day in (DAY, "2024-01-02")
        ],
        ignore_index=True,
    )
    pd.testing.assert_frame_equal(whole, single)
