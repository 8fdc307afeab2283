"""The machine a command runs on: versions, the Dagster instance, the landing zone, room on the disk.

Does NOT belong here: the warehouse.
"""

from __future__ import annotations

import platform
import re
import shutil
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import dagster as dg
from packaging.requirements import Requirement
from sqlalchemy.exc import SQLAlchemyError

from nba_pipeline.landing import Landing
from nba_pipeline.orchestration.instance import open_instance
from nba_pipeline.readiness.doctor_findings import Finding
from nba_pipeline.settings import Settings

DISTRIBUTION = "nba-pipeline"
LOCK_FILE = Path(__file__).resolve().parents[2] / "requirements.lock"
SHOWN = ("dagster", "duckdb", "pandas", "google-cloud-bigquery")
FEW_BYTES = 1024**3  # free on the disk of the instance; a season's events take about a tenth of it
_PINNED = re.compile(r"^(?P<name>[A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)", re.MULTILINE)


def versions(lock: Path = LOCK_FILE) -> Iterator[Finding]:
    """Installed packages against the declared ranges, then against the lock of a checkout."""
    shown = [f"{name} {version(name)}" for name in SHOWN]
    text = ", ".join([f"python {platform.python_version()}", *shown])
    outside = [
        f"{needed.name} {version(needed.name)} is not {needed.specifier}"
        for needed in map(Requirement, requires(DISTRIBUTION) or ())
        if needed.marker is None and not needed.specifier.contains(version(needed.name), prereleases=True)
    ]
    if outside:
        advice = "Install the declared versions: make setup."
        yield Finding("versions", "fault", f"{text}; {'; '.join(outside)}", advice)
        return
    if not lock.exists():
        yield Finding("versions", "ok", f"{text}; no requirements.lock beside the package to compare with")
        return
    other = _unlike(lock.read_text(encoding="utf-8"))
    if other:
        advice = "Results were tested with the locked versions: make setup, or renew the lock on purpose: make lock."
        yield Finding("versions", "warn", f"{text}; not as locked: {', '.join(other)}", advice)
        return
    yield Finding("versions", "ok", f"{text}; as locked")


def _unlike(lock: str) -> list[str]:
    """`name installed (lock locked)` of every installed package with another version than its pin."""
    other = []
    for pin in _PINNED.finditer(lock):
        try:
            installed = version(pin["name"])
        except PackageNotFoundError:
            continue
        if installed != pin["version"]:
            other.append(f"{pin['name']} {installed} (lock {pin['version']})")
    return other


def instance(settings: Settings) -> Iterator[Finding]:
    """DAGSTER_HOME: there, this project's own, its storage answers. An absent one is not created by looking."""
    home = settings.dagster_home
    if not (home / "dagster.yaml").exists():
        advice = "The first command that needs it creates it; or run nba-pipeline instance."
        yield Finding("DAGSTER_HOME", "warn", f"{home} holds no dagster.yaml yet", advice)
        return
    try:
        with open_instance(home) as opened:
            runs = opened.get_runs_count()
            busy = opened.get_run_ids(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
            kind = type(opened.event_log_storage).__name__
    except (dg.DagsterError, SQLAlchemyError, OSError) as error:
        text = f"{home}: the instance cannot be opened: {type(error).__name__}: {' '.join(str(error).split())[:300]}"
        yield Finding("DAGSTER_HOME", "fault", text, "Correct dagster.yaml, or start the database that it names.")
        return
    yield Finding("DAGSTER_HOME", "ok", f"{home}: {runs} runs, {len(busy)} in progress, events in {kind}")
    free = shutil.disk_usage(home).free
    if free < FEW_BYTES:
        text = f"{free / 1024**2:,.0f} MiB free on the disk of {home}"
        yield Finding("disk", "fault", text, "Free at least 1 GiB: a full disk ends runs half-way.")


def landing(settings: Settings) -> Iterator[Finding]:
    """The landing zone: can be listed, holds something."""
    feeds, archives = Landing(settings.landing).contents()
    if feeds or archives:
        yield Finding("landing", "ok", f"{settings.landing}: {len(feeds)} feeds, {len(archives)} archive folders")
        return
    advice = "Point NBA_LANDING to the landed files, or land some."
    yield Finding("landing", "warn", f"{settings.landing} is empty or absent", advice)
