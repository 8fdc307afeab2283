"""What an operator does on Dagster's pages, in a real browser; the tests are one visit and run in this order."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from nba_pipeline_tests.browser.conftest import CORRECT, SPOILT_DAY, spoilt_file
from nba_pipeline_tests.browser.pages import Pages

pytestmark = pytest.mark.slow

PLAYERS = "/assets/raw/nbac_player_boxscores"
RUN_MILLISECONDS = 240_000


def select_partitions(page: Page, keys: str) -> None:
    """Fill the dialog that asks for partitions."""
    page.get_by_text("Show all partitions").click()
    box = page.locator("input[type=text]").last
    box.fill(keys)
    box.press("Enter")


def test_the_lineage_shows_the_four_layers_before_anything_ran(pages: Pages) -> None:
    page = pages.open("/asset-groups")
    for layer in ("raw", "reference", "analytics", "precompute"):
        expect(page.get_by_text(layer, exact=True).first).to_be_visible()
    pages.keep("1_lineage")


def test_a_table_says_what_every_column_means_before_it_was_ever_written(pages: Pages) -> None:
    page = pages.open("/assets/precompute/ml_feature_store")
    expect(page.get_by_text("points_avg_last_5").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"Unit: .* Source: ")).first).to_be_visible()
    pages.keep("2_columns")


def test_a_range_of_the_raw_group_is_launched_from_the_page_and_finishes(pages: Pages) -> None:
    page = pages.open("/locations/nba_pipeline/asset-groups/raw/lineage")
    page.get_by_role("button", name="Materialize all").click()
    select_partitions(page, "[2024-10-22...2024-11-11]")
    expect(page.get_by_text("21 partitions").first).to_be_visible()
    pages.keep("3_launch_a_range")
    page.get_by_role("button", name="Launch backfill").click()
    expect(page.get_by_text("Created backfill").first).to_be_visible()
    page = pages.open("/runs")
    expect(page.get_by_text(re.compile("^(Success|Failure)$")).first).to_be_visible(timeout=RUN_MILLISECONDS)
    pages.keep("4_backfill_finished")


def test_the_partitions_of_a_table_are_green_where_they_were_written(pages: Pages) -> None:
    page = pages.open(f"{PLAYERS}?view=partitions")
    expect(page.get_by_text("Materialized (21)")).to_be_visible()
    expect(page.get_by_text("Failed (0)")).to_be_visible()
    pages.keep("5_partitions")


def test_a_check_shows_its_red_day_among_green_ones_and_says_what_is_wrong(pages: Pages) -> None:
    page = pages.open(f"{PLAYERS}?view=checks")
    page.get_by_text("row_count_vs_schedule").first.click()
    expect(page.get_by_text(f"1 of 21 partitions: {SPOILT_DAY}", exact=False).first).to_be_visible()
    page.get_by_text("Execution history").click()
    red = page.get_by_role("row").filter(has_text=SPOILT_DAY).filter(has_text="fewer than 5")
    green = page.get_by_role("row").filter(has_text="2024-11-10")
    expect(red.get_by_text("Failed").first).to_be_visible()
    expect(green.get_by_text("Passed").first).to_be_visible()
    pages.keep("6_check_history")


def test_a_check_plots_its_figures_over_the_days(pages: Pages) -> None:
    page = pages.open(f"{PLAYERS}?view=checks")
    page.get_by_text("row_count_vs_schedule").first.click()
    expect(page.get_by_text("Plots").first).to_be_visible()
    expect(page.get_by_text("expected", exact=True).first).to_be_visible()
    expect(page.locator("canvas").first).to_be_visible()
    pages.keep("7_check_plots")


def test_a_materialisation_shows_the_counts_of_its_write(pages: Pages) -> None:
    page = pages.open(f"{PLAYERS}?view=events")
    for name in ("rows_inserted", "rows_unchanged", "seconds_merge"):
        expect(page.get_by_text(name, exact=True).first).to_be_visible()
    pages.keep("8_events")


def test_a_landed_correction_turns_the_red_day_green(pages: Pages, landing: Path) -> None:
    game, _, _ = spoilt_file(landing).name.partition("__")
    shutil.copy(landing.parent / CORRECT, spoilt_file(landing).with_name(f"{game}__20241112T150000Z.json"))
    page = pages.open(PLAYERS)
    page.get_by_role("button", name="Materialize").first.click()
    select_partitions(page, SPOILT_DAY)
    page.get_by_role("button", name=re.compile("^Launch")).last.click()
    expect(page.get_by_text(re.compile("Launched run|Created backfill")).first).to_be_visible()
    page = pages.open(f"{PLAYERS}?view=checks")
    page.get_by_text("row_count_vs_schedule").first.click()
    page.get_by_text("Execution history").click()
    newest = page.get_by_role("row").filter(has_text=re.compile(r"Passed|Failed")).filter(has_text=SPOILT_DAY).first
    expect(newest.get_by_text("Passed")).to_be_visible(timeout=RUN_MILLISECONDS)
    pages.keep("9_corrected")
