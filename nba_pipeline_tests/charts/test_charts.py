"""The charts: what they say, what they draw, and that the same frame gives the same bytes."""

from __future__ import annotations

import io
from collections.abc import Callable

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from PIL import Image

from nba_pipeline.charts.canvas import inline_image, rendered
from nba_pipeline.charts.court import BASE_LINE, CORNER_LENGTH, HALF_COURT
from nba_pipeline.charts.coverage_calendar import COLOURS, coverage_calendar
from nba_pipeline.charts.defence_zones import defence_by_zone
from nba_pipeline.charts.null_history import null_rate_history, trailing_rate
from nba_pipeline.charts.player_form import player_form, trailing_mean
from nba_pipeline.charts.shot_zones import shot_zone_chart
from nba_pipeline.schema import NullCeiling
from nba_pipeline_tests.charts.frames import counts, defence, games, shots, states, texts, zones
from nba_pipeline_tests.source_tree import imported_names, modules

CEILINGS = {"usage_rate": NullCeiling(date=0.01, error=0.05), "assists": NullCeiling(date=0.0)}


def coverage() -> Figure:
    return coverage_calendar(states(("nbac_schedule", "ppmo"), ("games", "pbxo")))


def nulls(**given: list[int]) -> Figure:
    found = counts(**(given or {"usage_rate": [0, 3, 30, 0], "assists": [0, 0, 0, 0]}))
    return null_rate_history("analytics.player_game_summary", found, CEILINGS, baseline_days=90)


def form() -> Figure:
    return player_form("A Player", "season 2023-24", games((10, 9.5), (None, None), (20, 20.5), (30, None)))


CHARTS: dict[str, Callable[[], Figure]] = {
    "coverage": coverage,
    "nulls": nulls,
    "shots": lambda: shot_zone_chart("A Player", "season 2023-24", zones(), shots()),
    "form": form,
    "defence": lambda: defence_by_zone("BOS", "season 2023-24", defence(three_pt_pct_allowed_last_15=0.40)),
}


@pytest.mark.parametrize("chart", CHARTS)
def test_the_same_frame_gives_the_same_bytes_twice(chart: str) -> None:
    assert rendered(CHARTS[chart]()) == rendered(CHARTS[chart]())
    assert rendered(CHARTS[chart](), "png") == rendered(CHARTS[chart](), "png")


@pytest.mark.parametrize("chart", CHARTS)
def test_a_picture_is_1200_pixels_wide_and_names_no_day_of_drawing(chart: str) -> None:
    figure = CHARTS[chart]()
    assert Image.open(io.BytesIO(rendered(figure, "png"))).width == 1200
    svg = rendered(figure).decode()
    assert "dc:date" not in svg
    assert "matplotlib.org" not in svg.partition("<metadata>")[2].partition("</metadata>")[0]


@pytest.mark.parametrize("chart", CHARTS)
def test_a_users_own_style_changes_nothing(chart: str) -> None:
    wanted = rendered(CHARTS[chart]())
    with mpl.rc_context({"font.size": 30.0, "axes.facecolor": "red", "svg.hashsalt": "other"}):
        assert rendered(CHARTS[chart]()) == wanted


def test_charts_know_neither_dagster_nor_a_warehouse() -> None:
    chart_modules = [module for module in modules() if module.folder == "charts"]
    assert len(chart_modules) >= 7
    below = ("dagster", "duckdb", "nba_pipeline.warehouse", "nba_pipeline.orchestration", "matplotlib.pyplot")
    assert [m.name for m in chart_modules if any(name.startswith(below) for name in imported_names(m))] == []


# coverage


def cells(figure: Figure, state: str, season: int = 2023) -> float:
    """Days drawn in the colour of a state, whose run may be one box."""
    boxes = [
        path.get_extents()
        for drawn in figure.findobj(PolyCollection)
        if drawn.get_gid() == f"{season}-{state}"
        for path in drawn.get_paths()
    ]
    return sum(box.width for box in boxes)


def test_coverage_has_a_cell_per_table_and_day_in_the_colour_of_its_state() -> None:
    figure = coverage()
    drawn = {state: cells(figure, state) for state in COLOURS}
    assert drawn == {"off": 2, "present": 3, "missing": 1, "extra": 1, "blocked": 1}
    assert len(set(COLOURS.values())) == 5


def test_coverage_names_tables_counts_and_the_finding() -> None:
    written = texts(coverage())
    assert "Coverage: 1 missing, 1 blocked, 1 extra, 3 table dates present" in written
    assert {"nbac_schedule", "games", "season 2023-24"} <= set(written)
    assert "2 table(s), 2024-01-15 to 2024-01-18; one row per table, one column per day (US Eastern)" in written


def test_coverage_without_faults_says_so() -> None:
    assert "Coverage: nothing missing, 2 table dates present" in texts(coverage_calendar(states(("games", "ppo"))))


def test_coverage_has_a_calendar_per_season() -> None:
    found = states(("games", "pp"))
    found.loc[1, "day"] = found["day"][1].replace(year=2022)
    written = texts(coverage_calendar(found))
    assert [text for text in written if text.startswith("season")] == ["season 2021-22", "season 2023-24"]


# NULL rates


def test_null_history_draws_the_column_with_nulls_and_its_ceilings() -> None:
    figure = nulls()
    lines = {line.get_gid(): line for line in figure.findobj(Line2D) if line.get_gid()}
    assert list(lines["rate-usage_rate"].get_ydata()) == [0.0, 0.03, 0.30, 0.0]
    assert list(lines["above-usage_rate"].get_ydata()) == [0.03, 0.30]
    assert lines["warns-usage_rate"].get_ydata()[0] == 0.01
    assert lines["error-usage_rate"].get_ydata()[0] == 0.05
    assert "rate-assists" not in lines
    assert "analytics.player_game_summary: 1 of 2 columns above a ceiling on 2 dates" in texts(figure)


def test_null_history_without_any_null_shows_columns_all_the_same() -> None:
    written = texts(nulls(usage_rate=[0, 0], assists=[0, 0]))
    assert "analytics.player_game_summary: no NULL rate of 2 column(s) above its ceiling on 2 dates" in written
    assert "usage_rate  (warns above 1.0%, error above 5.0%)" in written
    assert "assists  (warns at any)" in written


def test_the_rate_before_pools_the_days_of_the_window_without_the_day_itself() -> None:
    rates = counts(usage_rate=[10, 20, 30, 40])
    assert trailing_rate(rates, 90).tolist()[1:] == pytest.approx([0.10, 0.15, 0.20])
    assert np.isnan(trailing_rate(rates, 90)[0])
    assert trailing_rate(rates, 1).tolist()[1:] == pytest.approx([0.10, 0.20, 0.30])


# shots


def test_shot_chart_compares_each_zone_with_the_league() -> None:
    written = texts(CHARTS["shots"]())
    assert "A Player: best in the paint, 10.0 percentage points above the league" in written
    assert "Paint  60 of 100\n60.0%, league 50.0% (+10.0 pp)" in written
    assert "Mid-range  15 of 50\n30.0%, league 40.0% (-10.0 pp)" in written


def test_a_zone_with_few_attempts_has_figures_but_no_colour() -> None:
    figure = CHARTS["shots"]()
    colours = {patch.get_gid(): patch.get_facecolor()[:3] for patch in figure.findobj(Patch) if patch.get_gid()}
    assert colours["zone-three"] == (1.0, 1.0, 1.0)
    assert colours["zone-paint"][2] > colours["zone-paint"][0]  # above the league: blue
    assert colours["zone-mid_range"][2] < colours["zone-mid_range"][0]  # below: brown
    assert "Three  9 of 19\n47.4%, league 36.0% (+11.4 pp)" in texts(figure)


def test_shots_without_a_place_are_counted_out() -> None:
    assert any("2 shots with coordinates" in text for text in texts(CHARTS["shots"]()))


def test_the_court_is_to_scale() -> None:
    assert HALF_COURT - BASE_LINE == 47.0
    assert pytest.approx(14.2, abs=0.05) == CORNER_LENGTH - BASE_LINE  # feet of straight line from the base line
    assert CHARTS["shots"]().axes[0].get_aspect() == 1.0


# form


def test_means_of_form_are_over_the_games_played_before() -> None:
    found = games((10, None), (None, None), (20, None), (33, None))
    mean = trailing_mean(found, 5)
    assert np.isnan(mean[0])
    assert mean.tolist()[1:] == [10.0, 10.0, 15.0]
    assert trailing_mean(found, 1).tolist()[1:] == [10.0, 10.0, 20.0]


def test_form_counts_the_games_over_the_line() -> None:
    written = texts(form())
    assert "A Player: 20.0 points per game over the last 5, 20.0 over all" in written
    assert "season 2023-24; over the line in 1 of 2 games with one" in written
    assert {"points line", "did not play", "over the line", "not over", "points, no line"} <= set(written)


def test_form_without_lines_says_so() -> None:
    written = texts(player_form("A Player", "season 2023-24", games((10, None), (20, None))))
    assert "season 2023-24; no betting line stored" in written
    assert "points line" not in written


# defence


def test_defence_names_the_weakest_zone() -> None:
    written = texts(CHARTS["defence"]())
    assert "BOS defence: weakest against threes, 4.0 percentage points above the league" in written
    assert "Three\n40.0% allowed, league 36.0%" in written


def test_defence_zones_share_one_scale() -> None:
    heights = [np.ptp(axes.get_ylim()) for axes in CHARTS["defence"]().axes]
    assert heights == pytest.approx([heights[0]] * 3)


def test_an_inline_image_is_small_markdown() -> None:
    text = inline_image(nulls(), "NULL rates")
    assert text.startswith("![NULL rates](data:image/png;base64,")
    assert len(text) < 60_000
    assert text == inline_image(nulls(), "NULL rates")
