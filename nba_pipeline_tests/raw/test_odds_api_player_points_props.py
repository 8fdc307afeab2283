"""Points lines of players: pairing of over and under, several lines, prices, other markets, archive lines."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from nba_pipeline.raw import odds_api_player_points_props as props
from nba_pipeline_tests.raw.event_samples import DAY, TIP_OFF, rules, run, total, write_archive
from nba_pipeline_tests.raw.landing_samples import land

TAKEN_AT = pd.Timestamp("2024-01-15T18:00:00Z")
PROP = {
    "event_id": "e1", "snapshot_at": TAKEN_AT, "bookmaker_key": "fanduel", "market_key": "player_points",
    "player_name": "Bobby Portis", "home_team_abbr": "NYK", "away_team_abbr": "BOS", "line": 14.5,
    "over_price": -115.0, "under_price": -105.0,
}  # fmt: skip
SCHEMA = pa.schema(
    [
        ("game_date", pa.date32()), ("event_id", pa.string()), ("snapshot_at", pa.timestamp("us", tz="UTC")),
        ("bookmaker_key", pa.string()), ("market_key", pa.string()), ("player_name", pa.string()),
        ("home_team_abbr", pa.string()), ("away_team_abbr", pa.string()), ("line", pa.float64()),
        ("over_price", pa.float64()), ("under_price", pa.float64()),
    ]
)  # fmt: skip


def side(name: str, player: str | None, price: object, point: object) -> dict[str, object]:
    return {"name": name, "description": player, "price": price, "point": point}


def land_props(root: Path, *outcomes: dict[str, object], market: str = "player_points", **event: object) -> None:
    body = {
        "id": "e1",
        "commence_time": "2024-01-16T00:40:00Z",
        "home_team": "New York Knicks",
        "away_team": "Boston Celtics",
        "bookmakers": [{"key": "draftkings", "markets": [{"key": market, "outcomes": list(outcomes)}]}],
        **event,
    }
    land(body, props.FEED, DAY, f"e1-{market}", "20240115T180000Z", root)


def lines(rows: pd.DataFrame) -> list[list[object]]:
    shown = rows.sort_values(["player_lookup", "points_line"])
    columns = ["player_lookup", "points_line", "over_price_american", "under_price_american"]
    return shown[columns].astype("object").where(shown[columns].notna(), None).to_numpy().tolist()


def test_over_and_under_of_a_line_share_a_row(tmp_path: Path) -> None:
    land_props(tmp_path, side("Over", "LeBron James", -115, 25.5), side("Under", "LeBron James", -105, 25.5))
    rows = run(props, tmp_path).rows
    expected = {
        "game_id": "20240115_BOS_NYK",
        "home_team_abbr": "NYK",
        "away_team_abbr": "BOS",
        "player_lookup": "lebronjames",
        "player_name": "LeBron James",
        "bookmaker": "draftkings",
        "snapshot_at": TAKEN_AT,
        "snapshot_source": "file_name",
        "points_line": 25.5,
        "over_price_american": -115,
        "under_price_american": -105,
        "odds_event_id": "e1",
        "source_form": props.FEED,
    }
    assert rows[list(expected)].to_dict("records") == [expected]
    assert rows["over_price_decimal"].tolist() == pytest.approx([1.869565], abs=1e-6)
    assert rows["under_price_decimal"].tolist() == pytest.approx([1.952381], abs=1e-6)
    assert rows["nba_player_id"].isna().all()


def test_over_and_under_of_different_lines_never_pair(tmp_path: Path) -> None:
    land_props(tmp_path, side("Over", "LeBron James", -115, 25.5), side("Under", "LeBron James", 120, 27.5))
    rows = run(props, tmp_path).rows
    assert lines(rows) == [["lebronjames", 25.5, -115, None], ["lebronjames", 27.5, None, 120]]


def test_seven_lines_of_a_player_stay_seven_rows(tmp_path: Path) -> None:
    points = [20.5 + step for step in range(7)]
    both = [side(name, "LeBron James", 1.9, point) for point in points for name in ("Over", "Under")]
    land_props(tmp_path, *both)
    rows = run(props, tmp_path).rows
    assert sorted(rows["points_line"]) == points
    assert rows["under_price_decimal"].notna().all()


def test_two_players_with_one_line_stay_apart(tmp_path: Path) -> None:
    land_props(
        tmp_path, *[side(name, who, 1.9, 10.5) for who in ("Jalen Smith", "Jaylin Smith") for name in ("Over", "Under")]
    )
    assert [row[0] for row in lines(run(props, tmp_path).rows)] == ["jalensmith", "jaylinsmith"]


def test_other_markets_are_counted_and_not_taken_for_points(tmp_path: Path) -> None:
    land_props(
        tmp_path,
        side("Over", "LeBron James", 1.9, 7.5),
        side("Under", "LeBron James", 1.9, 7.5),
        market="player_assists",
    )
    land_props(tmp_path, side("Over", "LeBron James", 1.9, 25.5))
    made = run(props, tmp_path)
    assert lines(made.rows) == [["lebronjames", 25.5, -111, None]]
    assert total(made, "other_market") == 2


@pytest.mark.parametrize(
    ("outcome", "rule", "column"),
    [
        (side("Over", "LeBron James", 1.9, 70.5), "out_of_range", "points_line"),
        (side("Over", "LeBron James", 1.9, 0.25), "out_of_range", "points_line"),
        (side("Over", "LeBron James", 1.001, 25.5), "out_of_range", "over_price_decimal"),
        (side("Over", "LeBron James", 10500, 25.5), "out_of_range", "over_price_decimal"),
        (side("Over", "LeBron James", None, 25.5), "missing_field", "over_price_decimal"),
        (side("Over", "LeBron James", 1.9, None), "missing_field", "points_line"),
        (side("Over", "Леброн", 1.9, 25.5), "no_player_name", "player_name"),
        (side("Over", None, 1.9, 25.5), "missing_field", "player_lookup"),
        (side("Yes", "LeBron James", 1.9, 25.5), "bad_value", "outcome_name"),
    ],
)
def test_line_that_cannot_be_is_refused_alone(
    tmp_path: Path, outcome: dict[str, object], rule: str, column: str
) -> None:
    land_props(tmp_path, outcome, side("Over", "Jalen Brunson", 1.9, 27.5))
    made = run(props, tmp_path)
    assert made.rows["player_lookup"].tolist() == ["jalenbrunson"]
    assert made.rejects[["rule", "column_name"]].to_numpy().tolist() == [[rule, column]]


def test_repeated_line_with_other_prices_is_a_duplicate(tmp_path: Path) -> None:
    first = [side("Over", "LeBron James", -110, 25.5), side("Under", "LeBron James", -110, 25.5)]
    land_props(tmp_path, *first, side("Over", "LeBron James", -120, 25.5), side("Under", "LeBron James", 100, 25.5))
    made = run(props, tmp_path)
    assert lines(made.rows) == [["lebronjames", 25.5, -120, 100]]
    assert rules(made) == ["duplicate_key"]


def test_lines_of_a_postponed_game_are_refused_once(tmp_path: Path) -> None:
    both = [side(name, "LeBron James", 1.9, 25.5) for name in ("Over", "Under")]
    land_props(tmp_path, *both, home_team="Miami Heat")
    assert rules(run(props, tmp_path)) == ["no_game_on_date"]


def test_archive_line_keeps_its_snapshot_and_american_prices(tmp_path: Path) -> None:
    write_archive(tmp_path, "player_points_props", [PROP], schema=SCHEMA)
    row = run(props, tmp_path).rows.iloc[0]
    assert (row["player_lookup"], row["points_line"], row["over_price_american"]) == ("bobbyportis", 14.5, -115)
    assert (row["snapshot_at"], row["snapshot_source"], row["source_form"]) == (TAKEN_AT, "archive", "archive")


def test_archive_line_without_snapshot_stands_at_the_tip_off(tmp_path: Path) -> None:
    undated = {**PROP, "snapshot_at": None}
    write_archive(tmp_path, "player_points_props", [undated, undated, {**undated, "over_price": 120.0}], schema=SCHEMA)
    made = run(props, tmp_path)
    assert made.rows[["snapshot_at", "snapshot_source"]].to_numpy().tolist() == [[TIP_OFF, "assumed_close"]]
    assert made.rows["over_price_american"].tolist() == [120]
    assert (rules(made), total(made, "identical_copies")) == (["duplicate_key", "duplicate_key"], 0)


def test_archive_rows_of_another_market_are_counted(tmp_path: Path) -> None:
    combined = {**PROP, "market_key": "player_points_rebounds_assists"}
    write_archive(tmp_path, "player_points_props", [PROP, combined], schema=SCHEMA)
    made = run(props, tmp_path)
    assert (len(made.rows), total(made, "other_market")) == (1, 1)


def test_season_file_without_rows_is_no_rows(tmp_path: Path) -> None:
    write_archive(tmp_path, "player_points_props", [], schema=SCHEMA)
    made = run(props, tmp_path)
    assert made.rows.empty
    assert made.skip_reasons == {date(2024, 1, 15): "source_has_no_rows"}
    assert made.rejects.empty
