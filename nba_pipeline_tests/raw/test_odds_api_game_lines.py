"""Spreads, totals and moneylines: payload shapes, sides and signs, prices, archive lines at the assumed close."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from nba_pipeline.raw import odds_api_game_lines
from nba_pipeline_tests.raw.box_samples import game, schedule
from nba_pipeline_tests.raw.event_samples import DAY, SEASON, TIP_OFF, rules, run, total, write_archive
from nba_pipeline_tests.raw.landing_samples import land

FEED = odds_api_game_lines.FEED
TAKEN_AT = "2024-01-15T22:00:00Z"
FETCHED_AT = "20240115T220000Z"


def outcome(name: str, price: object, point: object = None) -> dict[str, object]:
    return {"name": name, "price": price} | ({} if point is None else {"point": point})


SPREADS = {"key": "spreads", "outcomes": [outcome("Boston Celtics", 1.91, 6.5), outcome("New York Knicks", 1.83, -6.5)]}
TOTALS = {"key": "totals", "outcomes": [outcome("Over", 1.87, 248.5), outcome("Under", 1.87, 248.5)]}
MONEYLINE = {"key": "h2h", "outcomes": [outcome("Boston Celtics", 3.3), outcome("New York Knicks", 1.32)]}
LINE = {
    "event_id": None, "commence_time_at": None, "bookmaker_key": "sbr_close", "home_team_abbr": "NYK",
    "away_team_abbr": "BOS", "spread_home": -3.5, "spread_home_price": None, "spread_away_price": None,
    "total": 228.5, "total_over_price": -110.0, "total_under_price": -112.5, "moneyline_home": -160.0,
    "moneyline_away": 140.0,
}  # fmt: skip


def event(*markets: dict[str, object], **changes: object) -> dict[str, object]:
    book = {"key": "draftkings", "last_update": "2024-01-15T21:59:00Z", "markets": list(markets)}
    return {
        "id": "cd0bc7",
        "commence_time": "2024-01-16T00:40:30Z",
        "home_team": "New York Knicks",
        "away_team": "Boston Celtics",
        "bookmakers": [book],
        **changes,
    }


def land_lines(root: Path, body: object, *, unit: str = "cd0bc7-lines", fetched_at: str = FETCHED_AT) -> None:
    land(body, FEED, DAY, unit, fetched_at, root)


def history(*events: dict[str, object], taken_at: str = TAKEN_AT) -> dict[str, object]:
    return {"timestamp": taken_at, "previous_timestamp": None, "data": list(events)}


def quotes(rows: pd.DataFrame) -> list[list[object]]:
    shown = rows.sort_values(["market_key", "outcome_name"])
    columns = ["market_key", "outcome_name", "outcome_point", "price_decimal", "price_american"]
    return shown[columns].astype("object").where(shown[columns].notna(), None).to_numpy().tolist()


def test_points_belong_to_the_side_of_the_outcome(tmp_path: Path) -> None:
    land_lines(tmp_path, {**history(), "data": event(SPREADS, TOTALS, MONEYLINE)})
    rows = run(odds_api_game_lines, tmp_path).rows
    assert quotes(rows) == [
        ["h2h", "away", None, 3.3, 230],
        ["h2h", "home", None, 1.32, -312],
        ["spreads", "away", 6.5, 1.91, -110],
        ["spreads", "home", -6.5, 1.83, -120],
        ["totals", "over", 248.5, 1.87, -115],
        ["totals", "under", 248.5, 1.87, -115],
    ]
    shared = rows[["game_id", "home_team_abbr", "away_team_abbr", "odds_event_id", "bookmaker", "source_form"]]
    assert shared.drop_duplicates().to_numpy().tolist() == [
        ["20240115_BOS_NYK", "NYK", "BOS", "cd0bc7", "draftkings", FEED]
    ]
    assert rows["snapshot_at"].unique().tolist() == [pd.Timestamp(TAKEN_AT)]
    assert rows["bookmaker_updated_at"].unique().tolist() == [pd.Timestamp("2024-01-15T21:59:00Z")]


@pytest.mark.parametrize("shape", ["event", "list", "history", "history of a list"])
def test_all_shapes_of_a_body_give_the_same_quotes(tmp_path: Path, shape: str) -> None:
    one = event(SPREADS, TOTALS)
    bodies = {"event": one, "list": [one], "history": {**history(), "data": one}, "history of a list": history(one)}
    land_lines(tmp_path, bodies[shape])
    rows = run(odds_api_game_lines, tmp_path).rows
    assert len(rows) == 4
    assert rows["snapshot_at"].unique().tolist() == [pd.Timestamp(TAKEN_AT)]
    assert rows["snapshot_source"].unique().tolist() == ["wrapper" if "history" in shape else "file_name"]


def test_start_shortly_after_midnight_utc_is_the_evening_before(tmp_path: Path) -> None:
    land_lines(tmp_path, event(SPREADS, commence_time="2024-01-16T04:59:00Z"))
    assert run(odds_api_game_lines, tmp_path).rows["game_date"].unique().tolist() == [pd.Timestamp(DAY)]


def test_event_of_another_date_than_its_path_is_counted_in_any_window(tmp_path: Path) -> None:
    land_lines(tmp_path, event(SPREADS, commence_time="2024-04-01T23:40:00Z", home_team="Miami Heat"))
    for window in ((DAY,), (DAY, "2024-04-01")):
        made = run(odds_api_game_lines, tmp_path, *window)
        assert (made.rows.empty, rules(made), total(made, "other_date")) == (True, [], 2)


def test_every_file_is_a_snapshot_of_its_own(tmp_path: Path) -> None:
    land_lines(tmp_path, event(SPREADS))
    land_lines(tmp_path, event(SPREADS), fetched_at="20240115T223000Z")
    assert len(run(odds_api_game_lines, tmp_path).rows) == 4


def test_american_prices_of_a_payload_are_recognised(tmp_path: Path) -> None:
    american = {"key": "h2h", "outcomes": [outcome("Boston Celtics", 155), outcome("New York Knicks", -180)]}
    land_lines(tmp_path, event(american))
    rows = run(odds_api_game_lines, tmp_path).rows
    assert rows["price_american"].tolist() == [155, -180]
    assert rows["price_decimal"].tolist() == pytest.approx([2.55, 1.555556], abs=1e-6)


@pytest.mark.parametrize("body", [[], {"timestamp": TAKEN_AT, "data": []}, event()])
def test_nothing_quoted_is_no_rows(tmp_path: Path, body: object) -> None:
    land_lines(tmp_path, body)
    made = run(odds_api_game_lines, tmp_path)
    assert made.rows.empty
    assert made.rejects.empty
    assert total(made, "empty_payloads") == 1
    assert made.skip_reasons == {date(2024, 1, 15): "source_has_no_rows"}


def test_error_body_is_refused(tmp_path: Path) -> None:
    land_lines(tmp_path, {"message": "Invalid API key"})
    assert rules(run(odds_api_game_lines, tmp_path)) == ["error_body"]


@pytest.mark.parametrize(
    ("market", "rule", "column"),
    [
        ({"key": "spreads", "outcomes": [outcome("Miami Heat", 1.9, 3.5)]}, "bad_value", "outcome_name"),
        ({"key": "totals", "outcomes": [outcome("Boston Celtics", 1.9, 220.5)]}, "bad_value", "outcome_name"),
        ({"key": "spreads", "outcomes": [outcome("Boston Celtics", 1.9)]}, "missing_field", "outcome_point"),
        ({"key": "spreads", "outcomes": [outcome("Boston Celtics", 1.9, 40.5)]}, "out_of_range", "outcome_point"),
        ({"key": "totals", "outcomes": [outcome("Over", 1.9, 120.5)]}, "out_of_range", "outcome_point"),
        ({"key": "h2h", "outcomes": [outcome("Boston Celtics", 1.0)]}, "out_of_range", "price_decimal"),
        ({"key": "h2h", "outcomes": [outcome("Boston Celtics", "evens")]}, "bad_type", "price_decimal"),
    ],
)
def test_quote_that_cannot_be_is_refused_alone(
    tmp_path: Path, market: dict[str, object], rule: str, column: str
) -> None:
    land_lines(tmp_path, event(market, TOTALS))
    made = run(odds_api_game_lines, tmp_path)
    assert len(made.rows) == 2
    assert made.rejects[["rule", "column_name", "position"]].to_numpy().tolist() == [
        [rule, column, "/bookmakers/0/markets/0/outcomes/0"]
    ]


def test_other_markets_are_counted(tmp_path: Path) -> None:
    land_lines(tmp_path, event({**TOTALS, "key": "totals_h1"}, TOTALS))
    made = run(odds_api_game_lines, tmp_path)
    assert (len(made.rows), total(made, "other_market"), rules(made)) == (2, 2, [])


def test_event_without_a_game_is_refused_once_a_file(tmp_path: Path) -> None:
    land_lines(tmp_path, [event(TOTALS), event(SPREADS, TOTALS, MONEYLINE, id="x", home_team="Miami Heat")])
    made = run(odds_api_game_lines, tmp_path)
    assert (len(made.rows), rules(made)) == (2, ["no_game_on_date"])


def test_quote_for_a_moved_game_is_counted_and_not_given_to_the_next_meeting(tmp_path: Path) -> None:
    moved = game(502, "CHI", "MIA", "2024-03-01", original_game_date=pd.Timestamp(DAY))
    season = pd.concat([SEASON, schedule(moved)], ignore_index=True)
    teams = {"home_team": "Miami Heat", "away_team": "Chicago Bulls"}
    land_lines(tmp_path, event(TOTALS, **teams))
    made = run(odds_api_game_lines, tmp_path, season=season)
    assert (made.rows.empty, rules(made), total(made, "moved_game")) == (True, [], 2)


def test_sides_that_do_not_mirror_each_other_are_a_warning(tmp_path: Path) -> None:
    skewed = {"key": "spreads", "outcomes": [outcome("Boston Celtics", 1.9, 6), outcome("New York Knicks", 1.9, -6.5)]}
    contrary = {"key": "h2h", "outcomes": [outcome("Boston Celtics", 1.5), outcome("New York Knicks", 2.6)]}
    split = {"key": "totals", "outcomes": [outcome("Over", 1.9, 220), outcome("Under", 1.9, 221)]}
    land_lines(tmp_path, event(skewed, contrary, split))
    made = run(odds_api_game_lines, tmp_path)
    assert len(made.rows) == 6
    assert made.warnings[date(2024, 1, 15)] == (
        "the two spreads of a quote are not opposite (1 records)",
        "the two totals of a quote differ (1 records)",
        "moneyline and spread have different favourites (1 records)",
    )


# archive


def test_archive_line_becomes_six_outcomes_at_the_tip_off(tmp_path: Path) -> None:
    write_archive(tmp_path, "odds_api_game_lines", [LINE])
    rows = run(odds_api_game_lines, tmp_path).rows
    assert [row[:3] + row[4:] for row in quotes(rows)] == [
        ["h2h", "away", None, 140],
        ["h2h", "home", None, -160],
        ["spreads", "away", 3.5, None],
        ["spreads", "home", -3.5, None],
        ["totals", "over", 228.5, -110],
        ["totals", "under", 228.5, None],  # -112.5 is no whole number
    ]
    assert rows["price_decimal"].notna().sum() == 4
    assert rows[["snapshot_at", "snapshot_source", "source_form"]].drop_duplicates().to_numpy().tolist() == [
        [TIP_OFF, "assumed_close", "archive"]
    ]


def test_unknown_tip_off_closes_at_noon_eastern_time(tmp_path: Path) -> None:
    season = SEASON.assign(tip_off_at=pd.Series(pd.NaT, index=SEASON.index, dtype=SEASON["tip_off_at"].dtype))
    write_archive(tmp_path, "odds_api_game_lines", [LINE])
    rows = run(odds_api_game_lines, tmp_path, season=season).rows
    assert rows["snapshot_at"].unique().tolist() == [pd.Timestamp("2024-01-15T17:00:00Z")]


def test_mean_price_that_no_book_can_post_is_missing(tmp_path: Path) -> None:
    write_archive(tmp_path, "odds_api_game_lines", [{**LINE, "moneyline_home": 5.0}])
    made = run(odds_api_game_lines, tmp_path)
    home = made.rows.query("market_key == 'h2h' and outcome_name == 'home'").iloc[0]
    assert pd.isna(home["price_decimal"])
    assert pd.isna(home["price_american"])
    assert total(made, "unpostable_prices") == 1


def test_side_without_point_and_price_makes_no_row(tmp_path: Path) -> None:
    bare = {**LINE, "total": None, "total_over_price": None, "total_under_price": None, "moneyline_away": None}
    write_archive(tmp_path, "odds_api_game_lines", [bare])
    rows = run(odds_api_game_lines, tmp_path).rows
    assert rows[["market_key", "outcome_name"]].to_numpy().tolist() == [
        ["spreads", "home"],
        ["spreads", "away"],
        ["h2h", "home"],
    ]


def test_event_starting_nearest_to_the_tip_off_wins(tmp_path: Path) -> None:
    placeholder = {**LINE, "event_id": "early", "commence_time_at": TIP_OFF - pd.Timedelta(hours=6), "total": 210.0}
    real = {**LINE, "event_id": "real", "commence_time_at": TIP_OFF + pd.Timedelta(minutes=10)}
    write_archive(tmp_path, "odds_api_game_lines", [real, placeholder])
    made = run(odds_api_game_lines, tmp_path)
    assert made.rows["odds_event_id"].unique().tolist() == ["real"]
    assert len(made.rows) == 6
    assert made.rejects[["rule", "position", "original_value"]].to_numpy().tolist() == [["duplicate_key", "1", "early"]]


def test_equal_copy_of_a_line_is_only_counted(tmp_path: Path) -> None:
    write_archive(tmp_path, "odds_api_game_lines", [LINE, LINE])
    made = run(odds_api_game_lines, tmp_path)
    assert (len(made.rows), rules(made), total(made, "identical_copies")) == (6, [], 6)


def test_payload_and_archive_stand_side_by_side(tmp_path: Path) -> None:
    write_archive(tmp_path, "odds_api_game_lines", [LINE])
    land_lines(tmp_path, event(SPREADS))
    rows = run(odds_api_game_lines, tmp_path).rows
    assert rows["source_form"].value_counts().to_dict() == {"archive": 6, FEED: 2}


def test_season_file_without_signs_is_refused(tmp_path: Path) -> None:
    days = [f"{day:%Y-%m-%d}" for day in pd.date_range("2023-10-24", periods=201)]
    season = schedule(*(game(number, "BOS", "NYK", day) for number, day in enumerate(days)))
    write_archive(tmp_path, "odds_api_game_lines", [{**LINE, "game_date": day, "spread_home": 3.5} for day in days])
    made = run(odds_api_game_lines, tmp_path, *days, season=season)
    assert made.rows.empty
    assert rules(made) == ["bad_file"]
    assert "sign" in made.rejects["detail"].iloc[0]


def test_a_few_spreads_of_one_sign_prove_nothing(tmp_path: Path) -> None:
    write_archive(tmp_path, "odds_api_game_lines", [LINE])
    assert run(odds_api_game_lines, tmp_path).rejects.empty
