"""The data dictionary says of every column what the declaration says, and nothing else."""

from __future__ import annotations

from nba_pipeline.schema import Column, Condition, Domain, Invariant, NullCeiling, Reference, Table
from nba_pipeline.schema.dictionary import NOTE, index, page

KEY = Column("game_date", "DATE", "Date of the game.", unit="date", source="schedule", required=True)
RATE = Column(
    "usage_rate",
    "FLOAT64",
    "Share of plays | used.",
    unit="fraction",
    source="computed",
    nulls=NullCeiling(season=0.01, date=0.05, population=(Condition("is_active", "=", True),)),
    minimum=0,
    maximum=0.6,
    range_when=(Condition("minutes", ">=", 5.0),),
    domain=Domain(0, 1, "null_cell"),
)
ZONE = Column("zone", "STRING", "Where.", unit="category", source="shots", allowed=("paint", "three"))
TABLE = Table(
    layer="analytics",
    name="toys",
    grain="one row per toy",
    columns=(
        KEY,
        Column("is_active", "BOOL", "Played.", unit="flag", source="box", required=True),
        Column("minutes", "FLOAT64", "Minutes.", unit="minutes", source="box", minimum=0),
        RATE,
        ZONE,
    ),
    primary_key=("game_date",),
    partition_column="game_date",
    invariants=(Invariant("TO-1", "minutes >= 0", "block", "Time does not run backwards."),),
    references=(Reference(("game_date",), "reference.games", ("game_date",)),),
)
PAGE = page(TABLE, {"reference.games": ("game_date", "game_id"), "reference.teams": ()}, ["precompute.later"])


def line(start: str) -> str:
    (found,) = (text for text in PAGE.splitlines() if text.startswith(f"| {start} "))
    return found


def test_column_is_told_with_type_unit_meaning_source_and_limits() -> None:
    assert line("`game_date`") == "| `game_date` | DATE | date | Date of the game. | schedule | never |  |"
    assert line("`usage_rate`") == (
        "| `usage_rate` | FLOAT64 | fraction | Share of plays \\| used. | computed "
        "| at most 0.01 of a season, 0.05 of a date where `is_active = true` "
        "| expected 0 to 0.6 where `minutes >= 5.0`; outside 0 to 1 the cell is emptied |"
    )
    assert line("`zone`").endswith("| possible | one of `paint`, `three` |")
    assert line("`minutes`").endswith("| possible | expected at least 0 |")


def test_columns_of_the_writer_are_told_too() -> None:
    assert line("`row_hash`")
    assert line("`processed_at`")


def test_page_says_what_the_table_is_made_from_and_who_reads_it() -> None:
    assert PAGE.startswith(f"# nba_analytics.toys\n\n{NOTE}\n\nOne row per toy.\n")
    assert "[reference.games](reference.games.md), [reference.teams](reference.teams.md)" in line("Made from")
    assert line("Read by") == "| Read by | [precompute.later](precompute.later.md) |"
    assert line("[reference.games](reference.games.md)").endswith("| `game_date`, `game_id` |")
    assert not any(text.startswith("| [reference.teams]") for text in PAGE.splitlines())


def test_rules_of_rows_are_told_with_their_level() -> None:
    assert line("TO-1") == "| TO-1 | block | `minutes >= 0` | Time does not run backwards. |"


def test_index_lists_the_tables_of_each_layer_that_has_one() -> None:
    told = index([TABLE])
    assert "## analytics" in told
    assert "| [analytics.toys](analytics.toys.md) | 5 | one row per toy |" in told
    assert "## raw" not in told
