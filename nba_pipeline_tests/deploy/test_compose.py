"""The production files fit together: compose with image, instance with compose, nothing secret in any of them."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from dagster._core.instance import InstanceRef
from dagster._core.instance.config import dagster_instance_config

from nba_pipeline.catalog import table_modules
from nba_pipeline.orchestration.postgres_event_log import BatchingPostgresEventLogStorage
from nba_pipeline.settings import DAGSTER_SWITCHES
from nba_pipeline_tests.source_tree import ROOT

DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "docker-compose.yml").read_text(encoding="utf-8"))
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
VALUES = {
    "POSTGRES_HOST": "127.0.0.1", "POSTGRES_PORT": "5432", "POSTGRES_DB": "dagster", "POSTGRES_USER": "dagster",
    "POSTGRES_PASSWORD": "made-up", "NBA_WAREHOUSE": "duckdb:////data/warehouse.duckdb",
}  # fmt: skip


def example_values() -> dict[str, str]:
    """Variable -> value of the example file; blank where a person has to fill in."""
    lines = (DEPLOY / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def strings(node: Any) -> Iterator[str]:
    """Every text in a YAML document."""
    if isinstance(node, dict):
        for value in node.values():
            yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)
    elif isinstance(node, str):
        yield node


def compose_command() -> list[str] | None:
    """The plugin of docker, or the program of its own that came before it (1.27 or newer)."""
    docker, program = shutil.which("docker"), shutil.which("docker-compose")
    if docker and not subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        return [docker, "compose"]
    return [program] if program else None


def test_docker_accepts_the_compose_file(tmp_path: Path) -> None:
    compose = compose_command()
    if compose is None:
        pytest.skip("docker compose is not installed: the compose file was read as YAML only")
    values = tmp_path / "env"
    values.write_text("".join(f"{name}={value}\n" for name, value in {**example_values(), **VALUES}.items()))
    command = [*compose, "--env-file", str(values), "-f", str(DEPLOY / "docker-compose.yml"), "config"]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    assert set(yaml.safe_load(finished.stdout)["services"]) == set(COMPOSE["services"])


def test_the_four_services_wait_for_what_they_need() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"postgres", "code", "webserver", "daemon"}
    for name, needed in (("code", "postgres"), ("webserver", "code"), ("daemon", "code")):
        assert services[name]["depends_on"] == {needed: {"condition": "service_healthy"}}
        assert "healthcheck" in services[needed]


def test_only_the_pages_are_published_and_to_this_machine_alone() -> None:
    published = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}
    assert published == {"webserver": ["127.0.0.1:${NBA_PORT:-3000}:3000"]}


def test_every_variable_of_the_compose_file_is_in_the_example() -> None:
    used = {name for text in strings(COMPOSE) for name in re.findall(r"\$\{(\w+)", text)}
    assert used | {"COMPOSE_PROJECT_NAME"} == set(example_values())


def test_the_example_holds_no_secret() -> None:
    filled = {name: value for name, value in example_values().items() if value}
    assert filled == {
        "COMPOSE_PROJECT_NAME": "nba-pipeline",
        "POSTGRES_DB": "dagster",
        "POSTGRES_USER": "dagster",
        "NBA_PORT": "3000",
    }


def test_files_the_image_copies_exist_and_it_sets_dagsters_switches() -> None:
    copied = [
        name for line in re.findall(r"^COPY (?:--\S+ )?(.+) \S+$", DOCKERFILE, re.MULTILINE) for name in line.split()
    ]
    assert len(copied) >= 6
    assert [name for name in copied if not (ROOT / name).exists()] == []
    for name, value in DAGSTER_SWITCHES.items():
        assert f"{name}={value}" in DOCKERFILE


def test_dagster_accepts_the_instance_and_keeps_its_history_in_postgres(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in VALUES.items():
        monkeypatch.setenv(name, value)
    dagster_instance_config(str(DEPLOY))  # raises on an unknown key
    reference = InstanceRef.from_dir(str(DEPLOY))
    assert reference.event_storage_data.class_name == BatchingPostgresEventLogStorage.__name__
    for storage in (reference.run_storage_data, reference.event_storage_data, reference.schedule_storage_data):
        assert "scheme: postgresql+psycopg2" in storage.config_yaml
    assert "made-up" not in (DEPLOY / "dagster.yaml").read_text(encoding="utf-8")


def test_every_variable_of_the_instance_is_set_by_the_compose_file() -> None:
    wanted = set(re.findall(r"env: (\w+)", (DEPLOY / "dagster.yaml").read_text(encoding="utf-8")))
    assert wanted
    assert wanted - set(COMPOSE["x-nba"]["environment"]) == set()


def test_every_table_has_a_pool_of_one_slot() -> None:
    settings = yaml.safe_load((DEPLOY / "dagster.yaml").read_text(encoding="utf-8"))
    assert settings["concurrency"]["pools"] == {"default_limit": 1, "granularity": "op"}
    pools = {name: module.asset.op.pool for name, module in table_modules().items()}
    assert all(pools.values())
    assert len(set(pools.values())) == len(pools)


def test_the_workspace_names_the_code_server_of_the_compose_file() -> None:
    (location,) = yaml.safe_load((DEPLOY / "workspace.yaml").read_text(encoding="utf-8"))["load_from"]
    server = location["grpc_server"]
    command = COMPOSE["services"][server["host"]]["command"]
    assert command[command.index("-p") + 1] == str(server["port"])
    assert command[-1] == "nba_pipeline.definitions"
    assert server["location_name"] == "nba_pipeline"
