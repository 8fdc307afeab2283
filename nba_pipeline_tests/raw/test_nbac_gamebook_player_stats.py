"""Gamebooks: both shapes, inactive surnames, teams that run into each other, refused lines."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nba_pipeline.raw import nbac_gamebook_player_stats
from nba_pipeline.raw.box_columns import STATISTICS
from nba_pipeline.raw.errors import TooManyRejectsError
from nba_pipeline.raw.inactive_names import ROSTER_COLUMNS
from nba_pipeline.schema import TableRows
from nba_pipeline_tests.raw.landing_samples import land
from nba_pipeline_tests.raw.report_samples import days, land_pdf, landed, lines_pdf, schedule

FEED = "nba_gamebook"
DAY, GAME = "2024-04-10", "0022301158"
COUNTED = (
    ("2023-10-24", "LAL", "DEN", "0022300061"),
    ("2024-04-10", "MEM", "CLE", GAME),
    ("2024-04-12", "LAL", "MEM", "0022301174"),
    ("2024-04-14", "LAL", "NOP", "0022301200"),
)
GAMES = schedule(*COUNTED)
MEM, CLE = "Memphis Grizzlies", "CLEVELAND CAVALIERS"
LINE = {
    "minutes": "48:00", "field_goals_made": 3, "field_goals_attempted": 8, "three_pointers_made": 1,
    "three_pointers_attempted": 4, "free_throws_made": 2, "free_throws_attempted": 2, "offensive_rebounds": 1,
    "defensive_rebounds": 4, "total_rebounds": 5, "assists": 2, "personal_fouls": 3, "steals": 1, "turnovers": 2,
    "blocks": 0, "plus_minus": -4, "points": 9,
}  # fmt: skip
PRINTED_LINE = "48:00 3 8 1 4 2 2 1 4 5 2 3 1 2 0 -4 9"


def five(team: str, prefix: str) -> list[dict[str, Any]]:
    return [{"name": f"{prefix} Starter{letter}", "team": team, "stats": dict(LINE)} for letter in "ABCDE"]


def gamebook(*, dnp: list[dict] | None = None, inactive: list[dict] | None = None) -> dict[str, Any]:
    """A parsed gamebook with five full-time players a team."""
    players = [*five(MEM, "Mem"), *five(CLE, "Cle")]
    return {"active_players": players, "dnp_players": dnp or [], "inactive_players": inactive or []}


def out(name: str, team: str = MEM, reason: str = "Personal") -> dict[str, str]:
    return {"name": name, "team": team, "reason": reason}


def box_rows(*rows: tuple[str, str, str, int]) -> pd.DataFrame:
    """Box-score players of (date, team, name, id); the game of 10 April is the gamebook's."""
    frame = pd.DataFrame(rows, columns=["game_date", "team_abbr", "player_name", "nba_player_id"])
    frame["nba_game_id"] = frame["game_date"].map(lambda day: GAME if day == DAY else f"002230{day[5:7]}{day[8:]}")
    frame["game_date"] = pd.to_datetime(frame["game_date"]).astype("datetime64[us]")
    return frame.astype({"nba_player_id": "Int64"})[list(ROSTER_COLUMNS)]


BOX = box_rows((DAY, "MEM", "Desmond Bane", 1630217), (DAY, "CLE", "Dean Wade", 1629731))


def build(
    root: Path, box: pd.DataFrame = BOX, games: pd.DataFrame = GAMES, dates: tuple[str, ...] = (DAY,)
) -> TableRows:
    chosen = days(*dates)
    return nbac_gamebook_player_stats.transform(landed(root, FEED, chosen), games, box, chosen)


def land_json(body: dict | str, root: Path, fetched_at: str = "20240411T100000Z") -> str:
    return land(body, FEED, DAY, GAME, fetched_at, root)


def inactive_names(made: TableRows) -> dict[str, str]:
    inactive = made.rows[made.rows["player_status"] == "inactive"]
    return dict(zip(inactive["player_name_original"], inactive["player_name"], strict=True))


def printed_gamebook(*inactive: str) -> list[str]:
    """Lines of a short gamebook with five full-time players a team, one unused, and the given inactive lines."""
    return [
        "Official Scorer's Report",
        "Officials: #24 Kevin Scott, #36 Brent Barnaky",
        "VISITOR: Memphis Grizzlies (27-53)",
        "POS MIN FG FGA 3P 3PA FT FTA OR DR TOT A PF ST TO BS +/- PTS",
        *(f"{number} Mem Starter{letter} {role} {PRINTED_LINE}" for number, (letter, role) in
          enumerate(zip("ABCDE", "FFCGG", strict=True), start=1)),
        "7 Santi Aldama NWT - Injury/Illness - Right Foot; Strain",
        "240:00 15 40 5 20 10 10 5 20 25 10 15 5 10 0 45",
        "37.5% 25% 100%",
        "TM REB: 12 TOT TO: 13 (20 PTS)",
        "HOME: CLEVELAND CAVALIERS (47-33)",
        *(f"{number} Cle Starter{letter} {PRINTED_LINE}" for number, letter in enumerate("ABCDE", start=10)),
        "24 Karl-Anthony O'Neale Jr. DNP - Coach's Decision",
        "SCORE BY PERIOD 1 2 3 4 FINAL",
        "Grizzlies 10 10 10 15 45",
        *inactive,
        "Points in the Paint - Grizzlies 40 (20-30), Cavaliers 50",
        "MEMO: nothing (here), to be read",
    ]  # fmt: skip


def test_active_player_has_a_box_line_of_his_game(tmp_path: Path) -> None:
    land_json(gamebook(), tmp_path)
    row = build(tmp_path).rows.set_index("player_lookup").loc["memstartera"]
    assert (row["game_id"], row["nba_game_id"], row["season_year"]) == ("20240410_MEM_CLE", GAME, 2023)
    assert (row["team_abbr"], row["opponent_team_abbr"], row["is_home"]) == ("MEM", "CLE", False)
    assert (row["player_status"], row["is_dnp"]) == ("active", False)
    assert (row["minutes"], row["seconds_played"]) == (48.0, 2880)
    assert row[list(STATISTICS)].tolist() == [3, 8, 1, 4, 2, 2, 1, 4, 5, 2, 1, 0, 2, 3, -4, 9]
    assert pd.isna(row["nba_player_id"])


def test_unused_and_inactive_players_have_reasons_and_no_statistics(tmp_path: Path) -> None:
    unused = [{"name": "Santi Aldama", "team": MEM, "dnp_reason": "NWT - Right Foot; Strain", "stats": LINE}]
    land_json(gamebook(dnp=unused, inactive=[out("Bane")]), tmp_path)
    rows = build(tmp_path).rows.set_index("player_lookup")
    assert rows.loc[["santialdama", "desmondbane"], "player_status"].tolist() == ["dnp", "inactive"]
    assert rows.loc[["santialdama", "desmondbane"], "dnp_reason"].tolist() == ["NWT - Right Foot; Strain", "Personal"]
    assert rows.loc[["santialdama", "desmondbane"], ["minutes", "seconds_played", *STATISTICS]].isna().all(axis=None)
    assert rows.loc["desmondbane", "nba_player_id"] == 1630217


def test_pdf_and_json_give_the_same_rows(tmp_path: Path) -> None:
    unused = [
        {"name": "Santi Aldama", "team": MEM, "dnp_reason": "NWT - Injury/Illness - Right Foot; Strain"},
        {"name": "Karl-Anthony O'Neale Jr.", "team": CLE, "dnp_reason": "DNP - Coach's Decision"},
    ]
    inactive = [out("Bane", MEM, "Lumbar; (L5) Disc"), out("Wade", CLE, "Right Knee; Sprain")]
    (tmp_path / "json").mkdir()
    (tmp_path / "pdf").mkdir()
    land_json(gamebook(dnp=unused, inactive=inactive), tmp_path / "json")
    text = printed_gamebook("Inactive: Grizzlies - Bane (Lumbar; (L5) Disc) Inactive: Cavaliers - Wade (Right",
                            "Knee; Sprain)")  # fmt: skip
    land_pdf(lines_pdf(text), FEED, DAY, GAME, "20240411T100000Z", tmp_path / "pdf")
    first, second = build(tmp_path / "json"), build(tmp_path / "pdf")
    order = ["team_abbr", "player_lookup"]
    pd.testing.assert_frame_equal(
        first.rows.sort_values(order, ignore_index=True), second.rows.sort_values(order, ignore_index=True)
    )
    assert len(first.rows) == 14
    assert first.rejects.empty
    assert second.rejects.empty


def test_inactive_list_that_ran_into_the_other_team_is_taken_apart(tmp_path: Path) -> None:
    run_over = "Left Patellar; Tendonitis) Inactive: Cavaliers - Jerome (Right Ankle; Surgery"
    inactive = [
        out("Williams Jr.", MEM, run_over),
        out("Wade", MEM, "Right Knee; Sprain"),
        out("Jerome", CLE, "Right Ankle; Surgery"),
        out("Wade", CLE, "Right Knee; Sprain"),
    ]
    land_json(gamebook(inactive=inactive), tmp_path)
    box = pd.concat([BOX, box_rows((DAY, "MEM", "Vince Williams Jr.", 1), (DAY, "CLE", "Ty Jerome", 2))])
    made = build(tmp_path, box)
    rows = made.rows.set_index("player_lookup")
    assert rows.loc[["vincewilliamsjr", "tyjerome", "deanwade"], "team_abbr"].tolist() == ["MEM", "CLE", "CLE"]
    assert rows.loc["vincewilliamsjr", "dnp_reason"] == "Left Patellar; Tendonitis"
    assert made.rejects.empty


def test_two_players_of_one_surname_on_both_teams_stay_two(tmp_path: Path) -> None:
    land_json(gamebook(inactive=[out("Wade", MEM, "Rest"), out("Wade", CLE, "Illness")]), tmp_path)
    box = pd.concat([BOX, box_rows((DAY, "MEM", "Jack Wade", 7))])
    rows = build(tmp_path, box).rows.set_index("player_lookup")
    assert rows.loc[["jackwade", "deanwade"], "dnp_reason"].tolist() == ["Rest", "Illness"]


def test_surname_is_compared_with_its_suffix_first(tmp_path: Path) -> None:
    land_json(gamebook(inactive=[out("Jackson Jr."), out("Jackson"), out("Morris"), out("Da Silva")]), tmp_path)
    box = box_rows(
        (DAY, "MEM", "Jaren Jackson Jr.", 1),
        (DAY, "MEM", "GG Jackson", 2),
        (DAY, "MEM", "Marcus Morris Sr.", 3),
        (DAY, "MEM", "Tristan da Silva", 4),
    )
    assert inactive_names(build(tmp_path, box)) == {
        "Jackson Jr.": "Jaren Jackson Jr.",
        "Jackson": "GG Jackson",
        "Morris": "Marcus Morris Sr.",
        "Da Silva": "Tristan da Silva",
    }


def test_surname_of_several_players_is_ambiguous_and_of_nobody_unknown(tmp_path: Path) -> None:
    land_json(gamebook(inactive=[out("Williams"), out("Nobody"), out("Bane")]), tmp_path)
    box = pd.concat([BOX, box_rows((DAY, "MEM", "Jalen Williams", 1), (DAY, "MEM", "Jaylin Williams", 2))])
    made = build(tmp_path, box)
    assert inactive_names(made) == {"Bane": "Desmond Bane"}
    refused = made.rejects.set_index("original_value")
    assert refused["rule"].to_dict() == {"Williams": "ambiguous_name", "Nobody": "unknown_name"}
    assert refused.loc["Williams", "detail"] == "could be Jalen Williams, Jaylin Williams"
    assert refused.loc["Williams", "position"] == "/inactive_players/0"


def test_same_game_decides_before_earlier_games(tmp_path: Path) -> None:
    land_json(gamebook(inactive=[out("Bane"), out("Rose")]), tmp_path)
    earlier = box_rows(
        ("2024-04-01", "MEM", "Other Bane", 9),
        ("2024-04-01", "MEM", "Derrick Rose", 8),
        ("2024-04-01", "CLE", "Rose", 7),
    )
    made = build(tmp_path, pd.concat([BOX, earlier]))
    assert inactive_names(made) == {"Bane": "Desmond Bane", "Rose": "Derrick Rose"}


@pytest.mark.parametrize(
    ("day", "found"), [("2024-03-11", True), ("2024-03-10", False), ("2024-04-12", False)],
    ids=["30 days before", "31 days before", "after the game"],
)  # fmt: skip
def test_only_games_of_the_last_30_days_name_a_player(tmp_path: Path, day: str, found: bool) -> None:
    land_json(gamebook(inactive=[out("Rose")]), tmp_path)
    made = build(tmp_path, pd.concat([BOX, box_rows((day, "MEM", "Derrick Rose", 201565))]))
    assert inactive_names(made) == ({"Rose": "Derrick Rose"} if found else {})
    assert made.rejects["rule"].tolist() == ([] if found else ["unknown_name"])


def test_namesake_who_plays_is_no_candidate(tmp_path: Path) -> None:
    body = gamebook(inactive=[out("Mobley", CLE)])
    body["active_players"][-1]["name"] = "Evan Mobley"
    land_json(body, tmp_path)
    box = box_rows((DAY, "CLE", "Evan Mobley", 1630596), (DAY, "CLE", "Isaiah Mobley", 1630600))
    assert inactive_names(build(tmp_path, box)) == {"Mobley": "Isaiah Mobley"}


def test_player_with_a_line_of_his_own_is_not_the_inactive_one(tmp_path: Path) -> None:
    land_json(gamebook(inactive=[out("StarterA")]), tmp_path)
    made = build(tmp_path, box_rows((DAY, "MEM", "Mem StarterA", 1)))
    assert made.rejects["rule"].tolist() == ["unknown_name"]
    assert made.rows.set_index("player_lookup").loc["memstartera", "player_status"] == "active"


def test_range_gives_the_rows_of_its_single_dates(tmp_path: Path) -> None:
    land_json(gamebook(inactive=[out("Rose")]), tmp_path)
    later = gamebook(inactive=[out("Rose")])
    later["active_players"] = [*five(MEM, "Mem"), *five("Los Angeles Lakers", "Lal")]
    land(later, FEED, "2024-04-12", "0022301174", "20240413T100000Z", tmp_path)
    box = box_rows(("2024-03-12", "MEM", "Derrick Rose", 1), ("2024-04-12", "MEM", "New Rose", 2))
    alone = [build(tmp_path, box, dates=(day,)).rows for day in (DAY, "2024-04-12")]
    together = build(tmp_path, box, dates=(DAY, "2024-04-11", "2024-04-12")).rows
    pd.testing.assert_frame_equal(together, pd.concat(alone, ignore_index=True))
    assert together.loc[together["is_dnp"], "player_name"].tolist() == ["Derrick Rose", "New Rose"]


def test_damaged_pdf_is_a_bad_file_and_the_older_one_is_used(tmp_path: Path) -> None:
    land_json(gamebook(), tmp_path)
    payload = lines_pdf(printed_gamebook())
    broken = [
        land_pdf(payload[:400], FEED, DAY, GAME, "20240411T110000Z", tmp_path),
        land_pdf(lines_pdf(["MEMO: another document"]), FEED, DAY, GAME, "20240411T120000Z", tmp_path),
    ]
    made = build(tmp_path)
    assert len(made.rows) == 10
    assert sorted(made.rejects["source_file"]) == broken
    assert set(made.rejects["rule"]) == {"bad_file"}


def test_player_line_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    text = printed_gamebook()
    text.insert(9, "9 Broken Line 05:00 0 0 x")
    land_pdf(lines_pdf(text), FEED, DAY, GAME, "20240411T100000Z", tmp_path)
    made = build(tmp_path)
    assert len(made.rows) == 12
    assert made.rejects[["rule", "original_value"]].values.tolist() == [["bad_value", "9 Broken Line 05:00 0 0 x"]]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"points": 10}, "identity_failed"),
        ({"field_goals_made": 9}, "identity_failed"),
        ({"total_rebounds": 6}, "identity_failed"),
        ({"minutes": "12:75"}, "bad_value"),
        ({"minutes": None}, "missing_field"),
        ({"minutes": "81:00"}, "out_of_range"),
        ({"assists": "many"}, "bad_type"),
    ],
)
def test_one_bad_line_is_refused_and_the_rest_stays(tmp_path: Path, change: dict[str, Any], rule: str) -> None:
    body = gamebook()
    body["active_players"].append({"name": "Extra Man", "team": MEM, "stats": {**LINE, **change}})
    land_json(body, tmp_path)
    made = build(tmp_path)
    assert len(made.rows) == 10
    assert made.rejects[["rule", "position"]].values.tolist() == [[rule, "/active_players/10"]]


def test_older_name_of_fouls_is_understood(tmp_path: Path) -> None:
    body = gamebook()
    stats = body["active_players"][0]["stats"]
    stats["fouls"] = stats.pop("personal_fouls")
    land_json(body, tmp_path)
    assert build(tmp_path).rows["personal_fouls"].iloc[0] == 3


def test_team_with_fewer_than_five_active_players_stops_the_write(tmp_path: Path) -> None:
    body = gamebook()
    del body["active_players"][0]
    land_json(body, tmp_path)
    with pytest.raises(TooManyRejectsError, match="identity_failed 4"):
        build(tmp_path)


@pytest.mark.parametrize(("minutes", "warned"), [("48:00", False), ("53:00", False), ("47:59", True)])
def test_team_playing_time_is_regulation_plus_whole_overtimes(tmp_path: Path, minutes: str, warned: bool) -> None:
    body = gamebook()
    for player in body["active_players"][:5]:
        player["stats"]["minutes"] = minutes
    land_json(body, tmp_path)
    made = build(tmp_path)
    assert len(made.rows) == 10
    assert bool(made.warnings) is warned


def test_game_that_is_not_final_is_left_out(tmp_path: Path) -> None:
    land_json(gamebook(), tmp_path)
    made = build(tmp_path, games=GAMES.assign(is_final=False))
    assert made.rows.empty
    assert made.counts["not_final"] == {dt.date(2024, 4, 10): 10}


def test_preseason_gamebook_is_left_out(tmp_path: Path) -> None:
    land(gamebook(), FEED, DAY, "0012300001", "20240411T100000Z", tmp_path)
    made = build(tmp_path)
    assert made.rows.empty
    assert made.counts["not_counted_game"] == {dt.date(2024, 4, 10): 10}


def test_player_listed_by_both_teams_on_his_trade_day_keeps_one_row(tmp_path: Path) -> None:
    games = schedule(*COUNTED, (DAY, "LAL", "DEN", "0022301159"))
    land_json(gamebook(dnp=[{"name": "Moved Man", "team": MEM, "dnp_reason": "NWT - Trade"}]), tmp_path)
    other = gamebook(dnp=[{"name": "Moved Man", "team": "LAL", "dnp_reason": "DNP - Coach's Decision"}])
    other["active_players"] = [*five("LAL", "Lal"), *five("DEN", "Den")]
    land(other, FEED, DAY, "0022301159", "20240411T100000Z", tmp_path)
    made = build(tmp_path, games=games)
    assert made.rows.set_index("player_lookup").loc["movedman", "team_abbr"] == "LAL"
    assert made.counts["double_listed"] == {dt.date(2024, 4, 10): 1}
    assert made.rejects.empty


def test_date_without_a_gamebook_leaves_the_stored_rows(tmp_path: Path) -> None:
    made = build(tmp_path)
    assert made.skip_reasons == {dt.date(2024, 4, 10): "source_has_no_rows"}
    assert made.unread == {dt.date(2024, 4, 10)}
