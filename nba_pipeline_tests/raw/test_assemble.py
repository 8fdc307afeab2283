"""The pipeline of every raw table: files, forms, games, conflicts, limits, dates without rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from nba_pipeline.landing import LandedFile, Landing
from nba_pipeline.raw.assemble import assemble
from nba_pipeline.raw.errors import MissingInputError, TooManyRejectsError, UnusableFile
from nba_pipeline.raw.forms import Form, Record, decode_json
from nba_pipeline.raw.sieve import Sieve
from nba_pipeline.schema import Column, Table, TableRows
from nba_pipeline.schema.fields import GAME_DATE, GAME_ID, NBA_GAME_ID, SEASON_YEAR, TEAM_ABBR
from nba_pipeline_tests.raw.box_samples import DAY, dates, game, schedule
from nba_pipeline_tests.raw.landing_samples import land

FEED = "nba_events"
TABLE = Table(
    layer="raw",
    name="events",
    grain="one row per event",
    columns=(
        GAME_DATE,
        GAME_ID,
        NBA_GAME_ID,
        SEASON_YEAR,
        TEAM_ABBR,
        Column("number", "INT64", "Number.", unit="count", source="number", required=True),
        Column("value", "INT64", "Value.", unit="count", source="value"),
        Column("source_form", "STRING", "Form.", unit="category", source="path", required=True),
    ),
    primary_key=("game_date", "nba_game_id", "number"),
    partition_column="game_date",
    optional=True,
)
REQUIRED = replace(TABLE, optional=False)
SEASON = schedule(
    game(1, "BOS", "NYK"),
    game(2, "CHI", "MIA"),
    game(3, "BOS", "CHI", "2024-01-17"),
    game(9, "BOS", "MIA", "2024-04-01"),
)


def read(payload: bytes, file: LandedFile) -> list[Record]:
    body = decode_json(payload, "events")
    if body.get("unfinished"):  # type: ignore[union-attr]
        raise UnusableFile("still being played", rule="")
    return [{**event, "_position": f"/events/{n}"} for n, event in enumerate(body["events"])]  # type: ignore[index]


def columns(sieve: Sieve, table: Table = TABLE) -> None:
    sieve.read(table, {"number": "number", "value": "value"})


PAYLOAD = Form(FEED, columns, reader=read)
ARCHIVE = Form("archive", columns)


def event(number: object, value: object = 1, team: str = "NYK") -> Record:
    return {"number": number, "value": value, "team": team}


def put(root: Path, unit: str, *events: Record, at: str = "20240116T090000Z", day: str = DAY, **more: object) -> str:
    return land({"events": list(events), **more}, FEED, day, unit, at, root)


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., TableRows]:
    def assemble_events(
        *days: str,
        table: Table = TABLE,
        forms: tuple[Form, ...] = (PAYLOAD,),
        archive: pd.DataFrame | None = None,
        **kw: object,
    ) -> TableRows:
        wanted = dates(*days)
        landed = Landing(str(tmp_path)).landed((FEED,), wanted[0].date(), wanted[-1].date())
        if archive is not None:
            landed = replace(landed, archive=archive)
        return assemble(table, forms, landed, wanted, schedule=SEASON, **kw)  # type: ignore[arg-type]

    return assemble_events


def archive_rows(*rows: Record, day: str = DAY) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), dtype="object")
    frame["game_date"] = pd.Timestamp(day).as_unit("us")
    return frame.assign(source_file="archive/events/2023-24.parquet", row_number=range(len(frame)))


def rules(made: TableRows) -> list[str]:
    return made.rejects["rule"].tolist()


def test_records_become_typed_rows_of_their_game(run: Callable[..., TableRows], tmp_path: Path) -> None:
    put(tmp_path, "g1", event(1), event("2", value=None, team="BOS"))
    made = run()
    assert made.rows["number"].tolist() == [1, 2]
    assert made.rows["nba_game_id"].tolist() == ["0022300001"] * 2
    assert made.rows["source_form"].tolist() == [FEED] * 2
    assert made.rows.dtypes["number"] == "int64"
    assert made.rejects.empty
    assert made.unread == frozenset()


def test_the_newest_usable_file_of_a_unit_counts(run: Callable[..., TableRows], tmp_path: Path) -> None:
    put(tmp_path, "g1", event(1, 10), event(2, 10))
    put(tmp_path, "g1", event(1, 20), at="20240116T100000Z")
    assert run().rows["value"].tolist() == [20]


@pytest.mark.parametrize("newer", ['{"events": []}', '{"events": [{"num', "", '{"unfinished": true, "events": []}'])
def test_an_empty_or_broken_newer_file_never_replaces_an_older_one(
    run: Callable[..., TableRows], tmp_path: Path, newer: str
) -> None:
    put(tmp_path, "g1", event(1, 10))
    land(newer, FEED, DAY, "g1", "20240116T100000Z", tmp_path)
    assert run().rows["value"].tolist() == [10]


def test_every_file_of_an_instant_feed_counts(run: Callable[..., TableRows], tmp_path: Path) -> None:
    put(tmp_path, "g1", event(1))
    put(tmp_path, "g1", event(2), at="20240116T100000Z")
    assert run(forms=(replace(PAYLOAD, files="every"),)).rows["number"].tolist() == [1, 2]


def test_all_pages_of_one_fetch_count_together(run: Callable[..., TableRows], tmp_path: Path) -> None:
    put(tmp_path, "all-p001", event(1))
    put(tmp_path, "all-p002", event(2))
    put(tmp_path, "all-p001", event(7), at="20240116T100000Z")
    put(tmp_path, "all-p003", event(8), at="20240116T100000Z")
    assert run(forms=(replace(PAYLOAD, files="pages"),)).rows["number"].tolist() == [1, 2]


def test_a_corrupt_file_is_quarantined_and_the_others_are_read(run: Callable[..., TableRows], tmp_path: Path) -> None:
    put(tmp_path, "g1", event(1))
    path = land('{"events": [', FEED, DAY, "g2", "20240116T090000Z", tmp_path)
    made = run()
    assert len(made.rows) == 1
    (record,) = made.rejects.to_dict("records")
    assert (record["action"], record["rule"], record["source_file"]) == ("reject_file", "bad_file", path)
    assert record["partition_date"] == date(2024, 1, 15)
    assert record["position"] is None


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ('{"message": "Invalid API key"}', "error_body"),
        ('{"other": 1}', "bad_file"),
        ('{"events": 5}', "bad_file"),
        ('{"events": ["x"]}', "bad_file"),
    ],
)
def test_bodies_of_another_shape_are_quarantined(
    run: Callable[..., TableRows], tmp_path: Path, body: str, rule: str
) -> None:
    land(body, FEED, DAY, "g2", "20240116T090000Z", tmp_path)
    assert rules(run()) == [rule]


def test_a_file_name_outside_the_grammar_is_quarantined(run: Callable[..., TableRows], tmp_path: Path) -> None:
    put(tmp_path, "g1", event(1))
    (tmp_path / "payloads" / FEED / DAY / "g1-final.json").write_text("{}")
    made = run()
    assert rules(made) == ["bad_file_name"]
    assert len(made.rows) == 1


def test_a_bad_record_is_quarantined_with_its_place_and_value(run: Callable[..., TableRows], tmp_path: Path) -> None:
    path = put(tmp_path, "g1", event(1), event(2, "many"))
    made = run()
    (record,) = made.rejects.to_dict("records")
    assert made.rows["number"].tolist() == [1]
    assert (record["rule"], record["source_file"], record["position"]) == ("bad_type", path, "/events/1")
    assert (record["column_name"], record["original_value"]) == ("value", "many")
    assert json.loads(record["row_text"]) == event(2, "many")


def test_an_absent_required_value_is_a_missing_field(run: Callable[..., TableRows], tmp_path: Path) -> None:
    put(tmp_path, "g1", event(1), {"team": "NYK"})
    assert rules(run()) == ["missing_field"]


def test_unknown_teams_and_structures_in_place_of_teams_are_quarantined(
    run: Callable[..., TableRows], tmp_path: Path
) -> None:
    put(tmp_path, "g1", event(1), event(2, team="XXX"), {"number": 3, "team": {"a": 1}}, {"number": 4})
    made = run()
    assert rules(made) == ["unknown_team"] * 3
    assert made.rows["number"].tolist() == [1]


def test_exclusions_are_counted_per_date(run: Callable[..., TableRows], tmp_path: Path) -> None:
    put(tmp_path, "g1", event(1), event(2, team="EST"))
    made = run()
    assert made.counts["not_nba_team"] == {date(2024, 1, 15): 1}
    assert made.rejects.empty


def test_forms_are_never_mixed_within_a_game(run: Callable[..., TableRows], tmp_path: Path) -> None:
    put(tmp_path, "g1", event(1, 10))
    archive = archive_rows(event(1, 99), event(2, 99), event(1, 50, team="MIA"))
    made = run(forms=(PAYLOAD, ARCHIVE), archive=archive)
    found = made.rows.sort_values("value")
    assert found["value"].tolist() == [10, 50]
    assert found["source_form"].tolist() == [FEED, "archive"]
    assert made.rejects.empty


def test_append_tables_keep_the_rows_of_all_forms(run: Callable[..., TableRows], tmp_path: Path) -> None:
    put(tmp_path, "g1", event(1, 10))
    appended = replace(TABLE, write_mode="append")
    made = run(table=appended, forms=(PAYLOAD, ARCHIVE), archive=archive_rows(event(2, 99)))
    assert sorted(made.rows["value"]) == [10, 99]


def test_archive_positions_are_row_numbers(run: Callable[..., TableRows]) -> None:
    made = run(forms=(ARCHIVE,), archive=archive_rows(event(1), event(2, 2.5), event(3)))
    assert made.rejects["position"].tolist() == ["1"]
    assert made.rejects["source_file"].tolist() == ["archive/events/2023-24.parquet"]


def test_the_later_record_of_a_key_wins_and_equal_copies_are_counted(
    run: Callable[..., TableRows], tmp_path: Path
) -> None:
    put(tmp_path, "g1", event(1, 10), event(2, 5), event(2, 5))
    put(tmp_path, "g1-late", event(1, 20), at="20240116T100000Z")
    made = run()
    assert made.rows.sort_values("number")["value"].tolist() == [20, 5]
    assert rules(made) == ["duplicate_key"]
    assert json.loads(made.rejects["row_text"][0])["value"] == 10
    assert made.counts["identical_copies"] == {date(2024, 1, 15): 1}


def test_two_bad_records_of_sixty_are_tolerated(run: Callable[..., TableRows], tmp_path: Path) -> None:
    put(tmp_path, "g1", *(event(n) for n in range(58)), event(58, "x"), event(59, "x"))
    made = run()
    assert (len(made.rows), len(made.rejects)) == (58, 2)


def test_five_bad_records_of_sixty_stop_the_write(run: Callable[..., TableRows], tmp_path: Path) -> None:
    put(tmp_path, "g1", *(event(n) for n in range(55)), *(event(n, "x") for n in range(55, 60)))
    with pytest.raises(
        TooManyRejectsError, match=r"raw.events: 5 of 60 records of 2024-01-15 .*bad_type 5.*/events/55"
    ):
        run()


def test_key_conflicts_files_and_exclusions_do_not_count_towards_the_limit(
    run: Callable[..., TableRows], tmp_path: Path
) -> None:
    put(tmp_path, "g1", *(event(1, n) for n in range(6)), *(event(n, team="EST") for n in range(6)))
    for unit in range(5):
        land("{", FEED, DAY, f"x{unit}", "20240116T090000Z", tmp_path)
    made = run()
    assert len(made.rows) == 1
    assert sorted(set(rules(made))) == ["bad_file", "duplicate_key"]


def test_an_optional_table_without_input_leaves_stored_rows_alone(run: Callable[..., TableRows]) -> None:
    made = run("2024-01-15", "2024-01-16", "2024-01-17")
    assert made.rows.empty
    assert made.unread == {date(2024, 1, 15), date(2024, 1, 17)}
    assert made.skip_reasons == {
        date(2024, 1, 15): "source_has_no_rows",
        date(2024, 1, 16): "no_games",
        date(2024, 1, 17): "source_has_no_rows",
    }


def test_an_empty_payload_is_an_answer_and_not_a_missing_file(run: Callable[..., TableRows], tmp_path: Path) -> None:
    put(tmp_path, "g1")
    made = run()
    assert made.unread == frozenset()
    assert made.skip_reasons == {date(2024, 1, 15): "source_has_no_rows"}
    assert made.counts["empty_payloads"] == {date(2024, 1, 15): 1}


def test_a_date_with_only_a_broken_file_is_quarantined_and_unread(
    run: Callable[..., TableRows], tmp_path: Path
) -> None:
    land("{", FEED, DAY, "g1", "20240116T090000Z", tmp_path)
    made = run()
    assert made.unread == {date(2024, 1, 15)}
    assert made.rejects["partition_date"].tolist() == [date(2024, 1, 15)]


def test_a_required_table_without_input_names_the_dates(run: Callable[..., TableRows], tmp_path: Path) -> None:
    put(tmp_path, "g1", event(1))
    path = land("{", FEED, "2024-01-17", "g3", "20240118T090000Z", tmp_path)
    with pytest.raises(MissingInputError, match=rf"raw.events: games but no usable input for 2024-01-17.*{path}"):
        run("2024-01-15", "2024-01-17", table=REQUIRED)


def test_a_required_table_is_satisfied_by_a_date_without_games(run: Callable[..., TableRows]) -> None:
    assert run("2024-01-16", table=REQUIRED).skip_reasons == {date(2024, 1, 16): "no_games"}


def test_a_season_without_schedule_is_an_error_that_says_so(run: Callable[..., TableRows]) -> None:
    with pytest.raises(MissingInputError, match=r"no schedule for season\(s\) \[2025\], needed for 2026-01-15"):
        run("2026-01-15")


def test_records_of_games_that_are_not_final_are_excluded_from_result_tables(
    run: Callable[..., TableRows], tmp_path: Path
) -> None:
    put(tmp_path, "g1", event(1), event(2, team="MIA"))
    season = SEASON.assign(is_final=SEASON["nba_game_id"] != "0022300002")
    landed = Landing(str(tmp_path)).landed((FEED,), date(2024, 1, 15), date(2024, 1, 15))
    made = assemble(TABLE, (PAYLOAD,), landed, dates(), schedule=season, finals_only=True)
    assert made.rows["number"].tolist() == [1]
    assert made.counts["not_final"] == {date(2024, 1, 15): 1}


def test_settled_rows_are_counted_under_the_name_of_their_rule(run: Callable[..., TableRows], tmp_path: Path) -> None:
    put(tmp_path, "g1", event(1), event(2))
    made = run(settle={"second_ones": lambda built: (built["number"] == 2).to_numpy()})
    assert made.rows["number"].tolist() == [1]
    assert made.counts["second_ones"] == {date(2024, 1, 15): 1}


def test_dates_between_the_requested_ones_are_not_built(run: Callable[..., TableRows], tmp_path: Path) -> None:
    put(tmp_path, "g1", event(1))
    put(tmp_path, "g3", event(2, team="CHI"), day="2024-01-17")
    made = run("2024-01-15", "2024-02-01")
    assert made.rows["number"].tolist() == [1]


def test_running_again_gives_the_same_rows(run: Callable[..., TableRows], tmp_path: Path) -> None:
    put(tmp_path, "g1", event(1), event(2, team="BOS"))
    pd.testing.assert_frame_equal(run().rows, run().rows)


def test_snapshot_tables_need_no_schedule(tmp_path: Path) -> None:
    day = Column("snapshot_date", "DATE", "Day.", unit="date", source="path", required=True)
    table = replace(
        TABLE,
        columns=(day, *TABLE.columns[5:]),
        primary_key=("snapshot_date", "number"),
        partition_column="snapshot_date",
    )

    def snapshot(sieve: Sieve) -> None:
        columns(sieve, table)
        sieve.rows["snapshot_date"] = sieve.source["_date"]

    put(tmp_path, "all", event(1))
    landed = Landing(str(tmp_path)).landed((FEED,), date(2024, 1, 15), date(2024, 1, 16))
    form = Form(FEED, partial(snapshot), reader=read)
    made = assemble(table, (form,), landed, dates("2024-01-15", "2024-01-16"))
    assert made.rows["number"].tolist() == [1]
    assert made.unread == {date(2024, 1, 16)}
