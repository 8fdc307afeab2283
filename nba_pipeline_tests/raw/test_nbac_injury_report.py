"""Listed players of the injury report: cells by place, carried cells, resolution, refused lines."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from nba_pipeline.raw import nbac_injury_report
from nba_pipeline.schema import TableRows
from nba_pipeline.schema.frames import STRING_DTYPE
from nba_pipeline_tests.raw.landing_samples import land
from nba_pipeline_tests.raw.report_samples import (
    days,
    injury_report_pdf,
    land_pdf,
    landed,
    report_line,
    schedule,
)

FEED = "nba_injury_report"
GAMES = schedule(
    ("2023-10-24", "LAL", "DEN", "0022300061"),
    ("2024-01-04", "MIL", "SAS", "0022300475"),
    ("2024-01-04", "DEN", "GSW", "0022300476"),
    ("2024-01-05", "ATL", "IND", "0022300477"),
    ("2024-04-14", "LAL", "NOP", "0022301200"),
)
FIRST_LINE = report_line(
    139,
    date="01/04/2024",
    matchup="MIL@SAS",
    team="San Antonio Spurs",
    player="Barlow, Dominick",
    status="Questionable",
)


def build(root: Path, *dates: str) -> TableRows:
    chosen = days(*(dates or ("2024-01-04",)))
    return nbac_injury_report.transform(landed(root, FEED, chosen), GAMES, chosen)


def land_report(payload: bytes, root: Path, unit: str = "1230", fetched_at: str = "20240104T173100Z") -> str:
    return land_pdf(payload, FEED, "2024-01-04", unit, fetched_at, root)


def test_line_becomes_a_row_of_its_game_and_instant(tmp_path: Path) -> None:
    cells = report_line(
        139,
        date="01/04/2024",
        matchup="DEN@GSW",
        team="Golden State Warriors",
        player="Payton II, Gary",
        status="Out",
        reason="Injury/Illness - Left Hamstring; Strain",
    )
    land_report(injury_report_pdf(cells), tmp_path)
    row = build(tmp_path).rows.iloc[0]
    assert row["report_date"] == pd.Timestamp("2024-01-04")
    assert row["report_at"] == pd.Timestamp("2024-01-04 17:30", tz="UTC")
    assert row["game_id"] == "20240104_DEN_GSW"
    assert (row["team_abbr"], row["opponent_team_abbr"], row["is_home"]) == ("GSW", "DEN", True)
    assert (row["player_lookup"], row["player_name"]) == ("garypaytonii", "Gary Payton II")
    assert row["player_name_original"] == "Payton II, Gary"
    assert (row["injury_status"], row["reason_category"]) == ("out", "injury")
    assert row["reason"] == "Injury/Illness - Left Hamstring; Strain"
    assert row["source_form"] == "nba_injury_report"


def test_wrapped_reason_belongs_to_the_row_it_stands_around(tmp_path: Path) -> None:
    cells = [
        *FIRST_LINE,
        *report_line(155, reason="Injury/Illness - Right"),
        *report_line(162, player="McDermott, Doug", status="Out"),
        *report_line(169, reason="Forearm; Contusion"),
        *report_line(184, player="Collins, Zach", status="Out", reason="Rest"),
        *report_line(206, reason="Injury/Illness - Left"),
        *report_line(220, player="Cissoko, Sidy", status="Out", reason="Knee; Medial"),
        *report_line(234, reason="Sprain"),
    ]
    land_report(injury_report_pdf(cells), tmp_path)
    reasons = build(tmp_path).rows.set_index("player_lookup")["reason"]
    assert pd.isna(reasons["dominickbarlow"])
    assert reasons["dougmcdermott"] == "Injury/Illness - Right Forearm; Contusion"
    assert reasons["zachcollins"] == "Rest"
    assert reasons["sidycissoko"] == "Injury/Illness - Left Knee; Medial Sprain"


def test_blank_cells_repeat_the_row_before_across_a_page_break(tmp_path: Path) -> None:
    second_page = [
        *report_line(94, player="Duke Jr., David", status="Out", reason="G League - Two-Way"),
        *report_line(117, matchup="DEN@GSW", team="Denver Nuggets", player="Cancar, Vlatko", status="Out"),
    ]
    land_report(injury_report_pdf(FIRST_LINE, second_page), tmp_path)
    rows = build(tmp_path).rows
    assert rows["player_lookup"].tolist() == ["dominickbarlow", "daviddukejr", "vlatkocancar"]
    assert rows["team_abbr"].tolist() == ["SAS", "SAS", "DEN"]


def test_team_that_has_not_submitted_lists_nobody(tmp_path: Path) -> None:
    silent = report_line(162, matchup="DEN@GSW", team="Denver Nuggets", reason="NOT YET SUBMITTED")
    land_report(injury_report_pdf([*FIRST_LINE, *silent]), tmp_path)
    assert build(tmp_path).rows["team_abbr"].tolist() == ["SAS"]


def test_report_lists_tomorrows_games_in_the_partition_of_its_own_date(tmp_path: Path) -> None:
    cells = report_line(139, date="01/05/2024", matchup="ATL@IND", team="Atlanta Hawks", player="Da Silva, Tristan",
                        status="Probable")  # fmt: skip
    land_report(injury_report_pdf(cells), tmp_path)
    row = build(tmp_path).rows.iloc[0]
    assert (row["report_date"], row["game_date"]) == (pd.Timestamp("2024-01-04"), pd.Timestamp("2024-01-05"))
    assert row["player_lookup"] == "tristandasilva"


def test_columns_are_found_at_their_titles(tmp_path: Path) -> None:
    land_report(injury_report_pdf(FIRST_LINE, shift=40), tmp_path)
    assert build(tmp_path).rows["player_lookup"].tolist() == ["dominickbarlow"]


@pytest.mark.parametrize(
    ("printed_at", "instant"),
    [("04/14/24 12:30 PM", "2024-04-14 16:30"), ("04/14/24 12:05 AM", "2024-04-14 04:05")],
)
def test_header_is_read_as_eastern_time_with_daylight_saving(tmp_path: Path, printed_at: str, instant: str) -> None:
    cells = report_line(139, date="04/14/2024", matchup="LAL@NOP", team="Los Angeles Lakers", player="James, LeBron",
                        status="Available")  # fmt: skip
    payload = injury_report_pdf(cells, printed_at=printed_at)
    land_pdf(payload, FEED, "2024-04-14", "1230", "20240414T170000Z", tmp_path)
    assert build(tmp_path, "2024-04-14").rows["report_at"].tolist() == [pd.Timestamp(instant, tz="UTC")]


def test_reasons_fall_into_the_first_category_that_fits() -> None:
    reasons = pd.Series(
        [
            "Injury/Illness - Left Knee; Rest",
            "G League - Two-Way",
            "League Suspension",
            "Health and Safety Protocols",
            "Rest",
            "Personal Reasons",
            "Arrested Development",
            None,
        ],
        dtype=STRING_DTYPE,
    )
    assert nbac_injury_report.categorise_reasons(reasons).tolist() == [
        "injury",
        "g_league",
        "suspension",
        "health_safety_protocol",
        "rest",
        "personal",
        "other",
        "unknown",
    ]


def test_lines_that_cannot_be_used_are_refused_with_their_place(tmp_path: Path) -> None:
    cells = [
        *FIRST_LINE,
        *report_line(162, player="Bassey, Charles"),
        *report_line(184, player="Collins, Zach", status="Maybe"),
        *report_line(206, team="Utah Jazz", player="Sexton, Collin", status="Out"),
    ]
    land_report(injury_report_pdf(cells), tmp_path)
    made = build(tmp_path)
    assert made.rows["player_lookup"].tolist() == ["dominickbarlow"]
    refused = made.rejects.set_index("position")
    assert refused.loc["page 1 y 162", ["rule", "column_name"]].tolist() == ["missing_field", "injury_status"]
    assert refused.loc["page 1 y 184", ["rule", "original_value"]].tolist() == ["bad_value", "Maybe"]
    assert refused.loc["page 1 y 206", "rule"] == "no_game_on_date"


def test_team_outside_its_matchup_is_a_pair_conflict(tmp_path: Path) -> None:
    cells = report_line(139, date="01/04/2024", matchup="MIL@SAS", team="Denver Nuggets", player="Cancar, Vlatko",
                        status="Out")  # fmt: skip
    land_report(injury_report_pdf([*FIRST_LINE, *[(c, y + 23, t) for c, y, t in cells]]), tmp_path)
    assert build(tmp_path).rejects["rule"].tolist() == ["pair_conflict"]


def test_text_without_a_row_is_refused_and_not_lost(tmp_path: Path) -> None:
    land_report(injury_report_pdf([*FIRST_LINE, *report_line(300, reason="Coach is ill")]), tmp_path)
    made = build(tmp_path)
    assert len(made.rows) == 1
    assert "Coach is ill" in made.rejects["row_text"].item()


def test_damaged_report_is_one_bad_file_and_the_others_are_read(tmp_path: Path) -> None:
    good = injury_report_pdf(FIRST_LINE)
    land_report(good, tmp_path)
    broken = [
        land_report(good[: len(good) // 2], tmp_path, "1330"),
        land_report(injury_report_pdf(FIRST_LINE, footer_pages=2), tmp_path, "1430"),
        land_report(injury_report_pdf(FIRST_LINE, titles=False), tmp_path, "1530"),
        land_report(injury_report_pdf(FIRST_LINE, printed_at="01/05/24 12:30 PM"), tmp_path, "1630"),
        land_report(injury_report_pdf([]), tmp_path, "1730"),
    ]
    made = build(tmp_path)
    assert len(made.rows) == 1
    assert sorted(made.rejects["source_file"]) == sorted(broken)
    assert set(made.rejects["rule"]) == {"bad_file"}
    assert set(made.rejects["action"]) == {"reject_file"}


def test_marker_of_a_missing_report_is_no_report(tmp_path: Path) -> None:
    path = land("{}", FEED, "2024-01-04", "1230", "20240104T173100Z", tmp_path)
    (tmp_path / path).rename((tmp_path / path).with_suffix(".none.json"))
    made = build(tmp_path)
    day = dt.date(2024, 1, 4)
    assert made.rows.empty
    assert made.counts["empty_payloads"] == {day: 1}
    assert made.skip_reasons == {day: "source_has_no_rows"}
    assert made.unread == frozenset()


def test_date_without_a_file_leaves_the_stored_rows(tmp_path: Path) -> None:
    made = build(tmp_path)
    assert made.skip_reasons == {dt.date(2024, 1, 4): "source_has_no_rows"}
    assert made.unread == {dt.date(2024, 1, 4)}


def test_every_report_of_a_day_stays_and_a_repeated_one_adds_nothing(tmp_path: Path) -> None:
    land_report(injury_report_pdf(FIRST_LINE), tmp_path)
    land_report(injury_report_pdf(FIRST_LINE), tmp_path, fetched_at="20240104T180000Z")
    land_report(injury_report_pdf(FIRST_LINE, printed_at="01/04/24 01:30 PM"), tmp_path, "1330")
    made = build(tmp_path)
    assert made.rows["report_at"].dt.hour.tolist() == [17, 18]
    assert made.counts["identical_copies"] == {dt.date(2024, 1, 4): 1}
    assert made.rejects.empty
