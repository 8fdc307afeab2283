"""A landing zone in a bucket, through the storage protocol: the same files, the same refusals, the same rows."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from nba_pipeline.catalog import table_modules, tables
from nba_pipeline.landing import LandedFile, Landing, LandingError, UnreachableError
from nba_pipeline.landing.grammar import date_of_path
from nba_pipeline.orchestration.io_manager import MergeIOManager
from nba_pipeline.orchestration.resources import LandingResource, WarehouseResource
from nba_pipeline.sample import write_sample
from nba_pipeline.settings import load_settings
from nba_pipeline.warehouse.duckdb import DuckDBWarehouse
from nba_pipeline_tests.landing.storage_server import BUCKET, StorageServer

DAY = date(2025, 1, 15)
FEED = "nba_boxscore_live"
SAMPLE_GAME_DATES = 16
MOST_RAW_TABLES = 10  # of 13; the sample lands no gamebook and no injury report
ROOT = f"gs://{BUCKET}/nba/landing"


def instant(hour: int) -> datetime:
    return datetime(2025, 1, 16, hour, tzinfo=UTC)


@pytest.fixture
def landing(storage_server: StorageServer) -> Landing:
    return Landing(load_settings(landing=f"{ROOT}/").landing)


def test_a_landed_payload_is_listed_and_read_back(landing: Landing) -> None:
    put = landing.put(FEED, DAY, "0022400561", instant(9), b'{"game": 1}')
    files, bad_names = landing.files((FEED,), DAY, DAY)
    assert (put.outcome, [file.path for file in files], bad_names) == ("landed", [put.path], [])
    assert put.path == f"payloads/{FEED}/2025-01-15/0022400561__20250116T090000Z.json"
    assert landing.read(files[0]) == b'{"game": 1}'


def test_an_empty_bucket_has_no_files_and_no_archive(landing: Landing) -> None:
    landed = landing.landed((FEED,), DAY, DAY, "nbac_schedule", ("nba_game_id",))
    assert landed.files == ()
    assert landed.archive.empty


def test_the_same_bytes_again_are_unchanged_and_a_correction_is_a_further_file(landing: Landing) -> None:
    first = landing.put(FEED, DAY, "0022400561", instant(9), b"1")
    again = landing.put(FEED, DAY, "0022400561", instant(10), b"1")
    corrected = landing.put(FEED, DAY, "0022400561", instant(11), b"2")
    assert (again.outcome, again.path) == ("unchanged", first.path)
    assert [file.path for file in landing.files((FEED,), DAY, DAY)[0]] == [first.path, corrected.path]


def test_an_object_is_never_overwritten_and_the_server_is_told_so(
    landing: Landing, storage_server: StorageServer
) -> None:
    path = landing.put(FEED, DAY, "0022400561", instant(9), b"1").path
    with pytest.raises(LandingError, match=f"{path} exists; landed files are never overwritten"):
        landing.put(FEED, DAY, "0022400561", instant(9), b"2")
    assert landing.read(landing.files((FEED,), DAY, DAY)[0][0]) == b"1"
    uploads = [request for request in storage_server.requests if request.startswith("POST /upload")]
    assert len(uploads) == 2
    assert all("ifGenerationMatch=0" in request for request in uploads)


def test_what_another_process_lands_is_seen_at_once(landing: Landing) -> None:
    assert landing.files((FEED,), DAY, DAY)[0] == []
    Landing(landing.root).put(FEED, DAY, "0022400561", instant(9), b"1")
    assert len(landing.files((FEED,), DAY, DAY)[0]) == 1


def test_only_the_window_is_listed_and_bad_names_are_reported(landing: Landing, storage_server: StorageServer) -> None:
    for day in range(1, 21):
        landing.put(FEED, date(2025, 1, day), "all", instant(9), b"1")
    storage_server.hold(f"nba/landing/payloads/{FEED}/2025-01-15/notes.txt", b"x")
    for first, last in ((15, 16), (3, 16)):
        landed = landing.landed((FEED,), date(2025, 1, first), date(2025, 1, last))
        assert [file.date.day for file in landed.files] == list(range(first, last + 1))
        assert landed.bad_names == (f"payloads/{FEED}/2025-01-15/notes.txt",)


def test_a_large_payload_travels_compressed(landing: Landing, storage_server: StorageServer) -> None:
    put = landing.put(FEED, DAY, "a", instant(9), b"x" * 70_000)
    assert put.path.endswith(".json.gz")
    assert storage_server.storage.get_file(BUCKET, f"nba/landing/{put.path}") == gzip.compress(b"x" * 70_000, mtime=0)
    assert landing.read(landing.files((FEED,), DAY, DAY)[0][0]) == b"x" * 70_000


def test_a_bucket_that_does_not_exist_is_not_an_empty_landing_zone(storage_server: StorageServer) -> None:
    with pytest.raises(UnreachableError, match=r"there is no bucket .landing-zonk.\. Check"):
        Landing("gs://landing-zonk/nba").files((FEED,), DAY, DAY)


def test_refused_credentials_say_which_permissions_are_needed(
    landing: Landing, storage_server: StorageServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = _landed_file(landing)
    storage_server.refused = 401
    with pytest.raises(UnreachableError, match=r"refused by the test.*storage.objects.list"):
        landing.files((FEED,), DAY, DAY)
    with pytest.raises(UnreachableError, match=r"storage.objects.list"):
        landing.read(file)


def test_a_forbidden_bucket_is_refused_by_name(landing: Landing, storage_server: StorageServer) -> None:
    _landed_file(landing)
    storage_server.refused = 403
    with pytest.raises(LandingError, match=f"{ROOT} cannot be listed: Forbidden"):
        landing.files((FEED,), DAY, DAY)


def materialised(root: str, file: Path, first: date, last: date) -> DuckDBWarehouse:
    """The raw layer of a window, from the landing zone `root` into a warehouse of its own."""
    address = f"duckdb:///{file}"
    warehouse = WarehouseResource(url=address)
    resources = {
        "warehouse": warehouse,
        "landing": LandingResource(root=root),
        "warehouse_io": MergeIOManager(warehouse=warehouse),
    }
    assets = [module.asset for name, module in table_modules().items() if name.startswith("raw.")]
    tags = {"dagster/asset_partition_range_start": str(first), "dagster/asset_partition_range_end": str(last)}
    assert dg.materialize(assets, resources=resources, tags=tags).success
    return DuckDBWarehouse(file)


def test_the_raw_layer_of_a_bucket_equals_that_of_a_folder(storage_server: StorageServer, tmp_path: Path) -> None:
    folder = tmp_path / "landing"
    summary = write_sample(str(folder), game_dates=SAMPLE_GAME_DATES)
    window = (summary.last_date - timedelta(days=3), summary.last_date)
    for path in (path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        day = date_of_path(name)
        if day is None or "nba_schedule" in name or window[0] <= day <= window[1]:
            storage_server.hold(f"nba/landing/{name}", path.read_bytes())
    local = materialised(str(folder), tmp_path / "local.duckdb", *window)
    bucket = materialised(ROOT, tmp_path / "bucket.duckdb", *window)
    filled = 0
    for table in (table for table in tables().values() if table.layer == "raw"):
        expected = local.read(table, columns=[*table.column_names, "row_hash"])
        assert bucket.read(table, columns=[*table.column_names, "row_hash"]).equals(expected), str(table)
        filled += expected.num_rows > 0
    assert filled >= MOST_RAW_TABLES


def _landed_file(landing: Landing) -> LandedFile:
    landing.put(FEED, DAY, "0022400561", instant(9), b"1")
    return landing.files((FEED,), DAY, DAY)[0][0]
