"""The warehouse resource: whose client it uses, and that jobs are labelled with the run."""

import contextlib
from collections.abc import Iterator

import dagster as dg
import google.auth
import pytest
from dagster_gcp import BigQueryResource
from google.auth.exceptions import DefaultCredentialsError

from nba_pipeline.errors import SettingsError
from nba_pipeline.orchestration import resources
from nba_pipeline.orchestration.resources import WarehouseResource
from nba_pipeline.warehouse.bigquery import BigQueryWarehouse

LOCAL = "bigquery://nba-project?endpoint=http://127.0.0.1:1&storage_endpoint=127.0.0.1:1"


@pytest.fixture(autouse=True)
def _no_client_of_another_test() -> Iterator[None]:
    resources._client.cache_clear()
    yield
    resources._client.cache_clear()


def opened(url: str) -> BigQueryWarehouse:
    warehouse = WarehouseResource(url=url).open()
    assert isinstance(warehouse, BigQueryWarehouse)
    return warehouse


def test_service_of_google_is_reached_by_the_client_of_the_bigquery_resource(monkeypatch: pytest.MonkeyPatch) -> None:
    client = object()

    @contextlib.contextmanager
    def get_client(self: BigQueryResource) -> Iterator[object]:
        assert (self.project, self.location) == ("nba-project", "US")
        yield client

    monkeypatch.setattr(BigQueryResource, "get_client", get_client)
    assert opened("bigquery://nba-project?location=US").given_client is client


def test_local_server_is_reached_without_that_resource() -> None:
    warehouse = opened(LOCAL)
    assert warehouse.given_client is None
    assert warehouse.jobs.client.project == "nba-project"


def test_missing_credentials_are_told_with_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object, **__: object) -> None:
        raise DefaultCredentialsError("none here")  # type: ignore[no-untyped-call]

    monkeypatch.setattr(google.auth, "default", nothing)
    with pytest.raises(SettingsError, match="gcloud auth application-default login"):
        opened("bigquery://nba-project")


def test_jobs_of_a_run_carry_its_id() -> None:
    seen = []

    @dg.asset
    def an_asset(warehouse: WarehouseResource) -> None:
        opened = warehouse.open()
        assert isinstance(opened, BigQueryWarehouse)
        seen.append(opened.run_id)

    run = dg.materialize([an_asset], resources={"warehouse": WarehouseResource(url=LOCAL)})
    assert seen == [run.run_id]
