"""The whole installation examined: machine, Dagster instance, landing zone, warehouse, every stored table.

Nothing is changed: the probes take back what they write; on BigQuery they create the staging dataset if it is absent.
Does NOT belong here: printing, repairing.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from nba_pipeline.readiness import doctor_duckdb, doctor_machine
from nba_pipeline.readiness.doctor_findings import Finding, looked_at
from nba_pipeline.readiness.migrate import missing_columns
from nba_pipeline.schema import Table
from nba_pipeline.settings import Settings
from nba_pipeline.warehouse import Warehouse, open_warehouse


def examine(settings: Settings, tables: Sequence[Table]) -> list[Finding]:
    """Every finding, in the order in which one would put things right."""
    findings = looked_at("versions", doctor_machine.versions)
    findings += looked_at("DAGSTER_HOME", lambda: doctor_machine.instance(settings))
    findings += looked_at("landing", lambda: doctor_machine.landing(settings))
    warehouse = open_warehouse(settings.warehouse)
    if settings.engine == "duckdb":
        own = looked_at("warehouse", lambda: doctor_duckdb.examine(settings.duckdb_path))
    else:
        own = _bigquery(warehouse, tables)
    if any(finding.level in ("fault", "unknown") for finding in own):
        unseen = Finding("tables", "unknown", "not looked at", "Put the warehouse in order first.")
        return [*findings, *own, unseen]
    return [*findings, *own, *looked_at("tables", lambda: drifted(warehouse, tables))]


def _bigquery(warehouse: Warehouse, tables: Iterable[Table]) -> list[Finding]:
    """The looks at BigQuery, up to the first that finds a fault: the later ones would only repeat it."""
    backend = importlib.import_module("nba_pipeline.readiness.doctor_bigquery")  # its libraries take a second to load
    declared = sorted({table.dataset for table in tables})
    findings: list[Finding] = []
    for subject, look in (
        ("credentials", lambda: backend.credentials(warehouse)),
        ("datasets", lambda: backend.datasets(warehouse, declared)),
        ("permissions", lambda: backend.probe(warehouse)),
        ("staging", lambda: backend.leftovers(warehouse, datetime.now(UTC))),
    ):
        findings += looked_at(subject, look)
        if findings[-1].level == "fault":
            break
    return findings


def drifted(warehouse: Warehouse, tables: Iterable[Table]) -> Iterator[Finding]:
    """A finding for every table that is stored otherwise than declared, and one for all others."""
    stored = alike = 0
    with warehouse.reading() as reader:
        for table in tables:
            if reader.stored_columns(table) is None:
                continue
            stored += 1
            faults = reader.drift(table)
            alike += not faults
            if faults:
                yield _drift_finding(table, faults)
    if stored:
        yield Finding("tables", "ok", f"{alike} of {stored} stored tables are as declared")
    else:
        yield Finding("tables", "warn", "no table is stored yet", "Back-fill: nba-pipeline backfill.")


def _drift_finding(table: Table, faults: Sequence[str]) -> Finding:
    advice = "Run nba-pipeline migrate: it adds the missing columns."
    if missing_columns(table, faults)[1]:
        advice = "No migration does that: copy the rows into a table of the declared form, or drop it and back-fill."
    return Finding(f"table {table}", "fault", "; ".join(faults), advice)
