"""No credential, token or project id: not in the files of the project, not in what a run on BigQuery leaves behind."""

from __future__ import annotations

import logging
import re
import subprocess
from datetime import date
from pathlib import Path

import dagster as dg
import pytest
from dagster._serdes import serialize_value

from nba_pipeline import catalog
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.orchestration.io_manager import MergeIOManager
from nba_pipeline.orchestration.resources import LandingResource, WarehouseResource
from nba_pipeline.warehouse import open_warehouse
from nba_pipeline_tests.bigquery.server import PROJECT
from nba_pipeline_tests.orchestration.toy import SCORES, TOTALS, frame, rows_for, toy_assets
from nba_pipeline_tests.source_tree import ROOT

# Written in two parts, so that this file does not contain what it looks for.
SECRETS = {
    "private key": re.compile("PRIVATE" + r" KEY-{3,}"),
    "access token of Google": re.compile("ya" + r"29\.[\w-]{10,}"),
    "key of Google's interfaces": re.compile("AI" + r"za[\w-]{30,}"),
    "key file of a service account": re.compile(
        "client" + r"_email\W{1,4}[\w.-]+@|" + "private" + r"_key_id\W{1,4}\w{20,}"
    ),
    "refresh token": re.compile("refresh" + r"_token\W{1,4}[\w/.-]{20,}"),
    "address of a Slack hook": re.compile("hooks.slack" + r"\.com/services/T\w+/B\w+/\w+"),
    "token of GitHub": re.compile("gh" + r"[pousr]_\w{30,}"),
    "token of Slack": re.compile("xox" + r"[abpr]-\w{10,}"),
    "password in an address": re.compile(r"\w+://[\w.-]+:[^\s@/{$<:]{3,}@[\w.-]+"),
}
PROJECT_ID = re.compile(r"bigquery" + r"://([a-z][a-z0-9-]{4,28}[a-z0-9])\b")
EXAMPLE_PROJECTS = {"project", "my-project", "nba-project", PROJECT}


def project_files() -> list[Path]:
    """Every file that is, or would be, under version control; generated ones and the environment are not."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("no git repository: nothing says which files belong to the project")
    return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def findings(text: str) -> list[str]:
    """What is found in a text, by kind; never the secret itself."""
    kinds = [kind for kind, pattern in SECRETS.items() if pattern.search(text)]
    foreign = {project for project in PROJECT_ID.findall(text) if project not in EXAMPLE_PROJECTS}
    return [*kinds, *(f"project {project}" for project in sorted(foreign))]


def test_no_file_of_the_project_holds_a_secret_or_a_project_id() -> None:
    found = {}
    for path in project_files():
        kinds = findings(path.read_bytes().decode("utf-8", errors="replace"))
        if kinds:
            found[path.relative_to(ROOT).as_posix()] = kinds
    assert found == {}


def test_no_key_file_or_environment_file_belongs_to_the_project() -> None:
    names = [path.relative_to(ROOT).as_posix() for path in project_files()]
    assert len(names) > 300
    assert [name for name in names if re.search(r"(^|/)\.env$|\.pem$|\.p12$|credentials.*\.json$", name)] == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("-----BEGIN PRIVATE" + " KEY-----", "private key"),
        ("Bearer ya" + "29.a0AfH6SMBx1234567890", "access token of Google"),
        ("key=AI" + "za" + "b" * 35, "key of Google's interfaces"),
        ('"client' + '_email": "loader@somewhere.iam"', "key file of a service account"),
        ('"refresh' + '_token": "1//0g' + "c" * 30 + '"', "refresh token"),
        ("https://hooks.slack" + ".com/services/T0/B0/abc", "address of a Slack hook"),
        ("postgresql://dagster:hunter2" + "@db.example/x", "password in an address"),
        ("bigquery" + "://acme-warehouse-123?location=US", "project acme-warehouse-123"),
    ],
)
def test_what_is_looked_for_is_found(text: str, kind: str) -> None:
    assert findings(text) == [kind]


@pytest.mark.bigquery
def test_a_run_on_bigquery_leaves_no_project_id_and_no_secret_behind(
    tmp_path: Path,
    bigquery_address: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(catalog, "tables", lambda: {str(SCORES): SCORES, str(TOTALS): TOTALS})
    first, last = date(2021, 10, 19), date(2021, 10, 20)
    rows = frame(("2021-10-19", "BOS", 100, 0.5), ("2021-10-20", "BOS", 80, None))
    warehouse = WarehouseResource(url=bigquery_address)
    resources = {
        "warehouse": warehouse,
        "landing": LandingResource(root=str(tmp_path / "landing")),
        "warehouse_io": MergeIOManager(warehouse=warehouse),
    }
    tags = {"dagster/asset_partition_range_start": str(first), "dagster/asset_partition_range_end": str(last)}
    caplog.set_level(logging.DEBUG)
    with open_instance(tmp_path / "home") as instance:
        result = dg.materialize(toy_assets(rows_for(rows)), resources=resources, instance=instance, tags=tags)
        history = [serialize_value(entry) for entry in instance.all_logs(result.run_id)]
        history += [serialize_value(run) for run in instance.get_runs()]
    assert result.success
    assert open_warehouse(bigquery_address).read(SCORES).num_rows == 2
    said = capfd.readouterr()
    own = [record.getMessage() for record in caplog.records if record.name.startswith(("dagster", "nba_pipeline"))]
    left = "\n".join([*history, said.out, said.err, *own])
    assert len(history) > 20
    assert findings(left) == []
    assert sorted({line.strip() for line in re.findall(rf".{{0,60}}{PROJECT}.{{0,40}}", left)}) == []
