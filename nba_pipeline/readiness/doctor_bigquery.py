"""A BigQuery warehouse examined: credentials, datasets, a probe in the staging dataset, clock, leftovers.

Does NOT belong here: tables and columns (doctor.py), creating anything that stays.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from google.cloud import bigquery

from nba_pipeline.readiness.doctor_findings import Finding
from nba_pipeline.warehouse.bigquery import BigQueryWarehouse
from nba_pipeline.warehouse.bigquery_jobs import CALL_SECONDS, NO_RETRY, Purpose, query_work
from nba_pipeline.warehouse.bigquery_staging import MANY_SWEPT, STAGING_DATASET, STAGING_HOURS

MAX_SKEW_SECONDS = 60.0
PROBE_HOURS = 1


def credentials(warehouse: BigQueryWarehouse) -> Iterator[Finding]:
    """That a client can be made and that the project lets it look."""
    address = warehouse.address
    client = warehouse.jobs.client
    datasets = warehouse.jobs.call(
        address.project,
        f"list datasets of {address.project}",
        lambda: list(client.list_datasets(retry=NO_RETRY, timeout=CALL_SECONDS)),
    )
    who = f"a server on this machine, {address.endpoint}" if address.endpoint else "application default credentials"
    yield Finding("credentials", "ok", f"{who}; {len(datasets)} datasets visible in the project")


def datasets(warehouse: BigQueryWarehouse, declared: Collection[str]) -> Iterator[Finding]:
    """Every declared dataset and the staging one: there, and all in one place."""
    tables = warehouse.tables
    places: dict[str, str] = {}
    missing = []
    present = {
        item.dataset_id
        for item in warehouse.jobs.call(
            "datasets", "list datasets", lambda: list(tables.client.list_datasets(retry=NO_RETRY, timeout=CALL_SECONDS))
        )
    }
    for name in [warehouse.address.dataset(one) for one in [*declared, STAGING_DATASET]]:
        if name not in present:
            missing.append(name)
            continue
        reference = bigquery.DatasetReference(warehouse.address.project, name)
        found = warehouse.jobs.call(
            name,
            f"get dataset {name}",
            partial(tables.client.get_dataset, reference, retry=NO_RETRY, timeout=CALL_SECONDS),
        )
        places[name] = str(found.location or "")
    yield _locations(places, warehouse.address.location)
    if missing:
        advice = "The first write creates them if the account has bigquery.datasets.create; otherwise create them."
        yield Finding("datasets", "warn", f"not there yet: {', '.join(missing)}", advice)
    else:
        yield Finding("datasets", "ok", f"all {len(places)} are there")


def _locations(places: dict[str, str], wanted: str) -> Finding:
    found = sorted({place for place in places.values() if place})
    if len(found) > 1 or (wanted and found and [wanted.lower()] != [place.lower() for place in found]):
        listed = ", ".join(f"{name} in {place}" for name, place in places.items())
        advice = "BigQuery joins no tables across locations: keep one, and name it as location= in NBA_WAREHOUSE."
        return Finding("location", "fault", f"{listed}; the address says {wanted or 'nothing'}", advice)
    return Finding("location", "ok", found[0] if found else wanted or "that of the project")


def probe(warehouse: BigQueryWarehouse) -> Iterator[Finding]:
    """Create a table in the staging dataset, insert and read a row, drop it; and compare the clocks meanwhile."""
    tables, jobs = warehouse.tables, warehouse.jobs
    name = f"staging_doctor_probe_doctor_{secrets.token_hex(4)}"
    reference = tables.in_dataset(STAGING_DATASET, name)
    resource = bigquery.Table(reference, schema=[bigquery.SchemaField("answer", "INT64", mode="REQUIRED")])
    resource.expires = datetime.now(UTC) + timedelta(hours=PROBE_HOURS)
    tables.create(resource)
    stored = f"`{reference.project}.{reference.dataset_id}.{reference.table_id}`"
    try:
        insert = f"insert into {stored} (answer) values (1)"
        jobs.run(query_work(jobs.client, f"{name}_insert", name, insert, Purpose("doctor", name)))
        started = datetime.now(UTC)
        select = f"select answer, current_timestamp() as server_clock from {stored}"
        work = query_work(jobs.client, f"{name}_read", name, select, Purpose("doctor", name))
        row = jobs.rows(jobs.run(work), name, select).to_pylist()[0]
        ended = datetime.now(UTC)
    finally:
        jobs.call(
            name,
            f"delete table {reference}",
            lambda: tables.client.delete_table(reference, retry=NO_RETRY, timeout=CALL_SECONDS, not_found_ok=True),
        )
    text = f"created, filled, read and dropped a table in {reference.dataset_id}"
    yield Finding("permissions", "ok", text)
    yield _clock(row["server_clock"], started, ended)


def _clock(server: datetime, started: datetime, ended: datetime) -> Finding:
    """The server read its clock between the two instants of this machine; further away is skew."""
    early, late = (started - server).total_seconds(), (server - ended).total_seconds()
    skew = max(early, late, 0.0)
    if skew > MAX_SKEW_SECONDS:
        advice = "Set this machine's clock: as-of rules, staging expiry and due dates compare instants with it."
        return Finding("clock", "fault", f"{skew:,.0f} s away from BigQuery's", advice)
    return Finding("clock", "ok", f"within {max(skew, (ended - started).total_seconds()):.1f} s of BigQuery's")


def leftovers(warehouse: BigQueryWarehouse, now: datetime) -> Iterator[Finding]:
    """Staging tables that outlived their expiry."""
    staged = warehouse.staging_tables()
    old = [one for one in staged if one.created < now - timedelta(hours=STAGING_HOURS)]
    text = f"{len(staged)} staging tables, {len(old)} of them older than {STAGING_HOURS} h"
    if not old:
        yield Finding("staging", "ok", text)
        return
    named = ", ".join(sorted({one.table for one in old}))
    advice = "They are swept by the schedule; look at the failed writes of these tables."
    if len(old) > MANY_SWEPT:
        advice = "Writes fail without anybody looking: read the failed runs of these tables, then let the sweep run."
    yield Finding("staging", "warn", f"{text}: {named}", advice)
