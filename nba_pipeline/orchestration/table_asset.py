"""A declared table and a pure transform become one partitioned, checked asset.

The module of a table ends with `asset = table_asset(TABLE, transform, inputs={...})`. Names are compared when the
module is imported, so a misspelt input fails before anything runs. Does NOT belong here: writing, check SQL.
"""

import inspect
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import dagster as dg
import pandas as pd

from nba_pipeline.landing import Landed
from nba_pipeline.orchestration.checks import check_specs, evaluate_checks
from nba_pipeline.orchestration.code_version import code_version
from nba_pipeline.orchestration.column_schema import column_schema
from nba_pipeline.orchestration.conditions import Condition, look_back, same_day
from nba_pipeline.orchestration.deadlines import freshness_policy
from nba_pipeline.orchestration.inputs import WINDOW_EDGES, Input, LandedInput, ScheduleInput, TableInput
from nba_pipeline.orchestration.landing_inputs import SCHEDULE_MODULE, read_landed, read_schedule
from nba_pipeline.orchestration.partition_events import NO_AUTOMATIC_EVENT
from nba_pipeline.orchestration.partitions import DAILY, partition_dates
from nba_pipeline.orchestration.requests import WriteRequest
from nba_pipeline.orchestration.source_instants import newest_files, newest_observations, newest_of
from nba_pipeline.schema import SchemaError, Table, TableRows

Transform = Callable[..., pd.DataFrame | TableRows]
FEEDS = "feeds"  # metadata: the landed files a table is made from
FILE_INPUTS = "file_inputs"  # metadata: which parameter of the transform gets which of them


def asset_key(table: Table) -> dg.AssetKey:
    return dg.AssetKey([table.layer, table.name])


def table_asset(
    table: Table, transform: Transform, inputs: Mapping[str, Input], after: Sequence[Table] = ()
) -> dg.AssetsDefinition:
    """The asset of a table.

    transform takes the frames named in `inputs` and, if it names it, `dates` (midnights, ascending): the partitions
    to compute. `after` adds an ordering dependency on the same partition without reading. Raises SchemaError when
    the transform's parameters and `inputs` disagree.
    """
    takes_dates = _check_parameters(table, transform, inputs)
    table_inputs = {name: spec for name, spec in inputs.items() if isinstance(spec, TableInput)}
    other_inputs = {name: spec for name, spec in inputs.items() if not isinstance(spec, TableInput)}

    @dg.asset(
        key=asset_key(table),
        group_name=table.layer,
        description=_description(table),
        ins={name: _asset_in(spec) for name, spec in table_inputs.items()},
        deps=[_ordering_dep(upstream) for upstream in after],
        partitions_def=DAILY if table.partition_column else None,
        backfill_policy=dg.BackfillPolicy.single_run() if table.partition_column else None,
        automation_condition=_automation_condition(table, inputs, after),
        freshness_policy=freshness_policy(table, _feeds(inputs)),
        pool=table.qualified_name.replace(".", "/"),  # one writer per table, whatever the warehouse
        io_manager_key="warehouse_io",
        required_resource_keys={"warehouse", "landing"},
        check_specs=check_specs(table, asset_key(table)),
        code_version=_code_version(transform, inputs),
        kinds={"pandas", "table"},
        metadata={
            "dagster/column_schema": column_schema(table),
            "dagster/table_name": table.qualified_name,
            "write_mode": table.write_mode,
            "primary_key": ", ".join(table.primary_key),
            FEEDS: ", ".join(_feeds(inputs)),
            **({"partition_expr": table.partition_column} if table.partition_column else {}),
            **({FILE_INPUTS: dg.MetadataValue.json(_described(other_inputs))} if other_inputs else {}),
        },
    )
    def _asset(context: dg.AssetExecutionContext, **frames: pd.DataFrame) -> Iterator[Any]:
        started = time.monotonic()
        dates = _dates(context, table)
        arguments: dict[str, Any] = dict(frames)
        for name, spec in other_inputs.items():
            arguments[name] = _read_files(context, spec, dates)
        if takes_dates:
            arguments["dates"] = dates
        made = transform(**arguments)
        rows = made if isinstance(made, TableRows) else TableRows(made)
        seconds = time.monotonic() - started
        landed = [argument for argument in arguments.values() if isinstance(argument, Landed)]
        instants = newest_of(newest_files(landed, dates), newest_observations(table, rows.rows))
        request = WriteRequest(table, rows, dates, seconds, tuple(table_inputs.values()), instants)
        del frames, arguments, landed, made, rows
        yield dg.Output(request, metadata=dict(NO_AUTOMATIC_EVENT))
        yield from evaluate_checks(context, table, dates)

    return _asset


def file_inputs(asset: dg.AssetsDefinition) -> dict[str, LandedInput | None]:
    """Parameter of the transform -> the files it is given, as declared; None for the schedule of the season."""
    described = asset.metadata_by_key[asset.key].get(FILE_INPUTS)
    specs: Any = described.value if isinstance(described, dg.JsonMetadataValue) else {}
    return {
        name: LandedInput(tuple(spec["feeds"]), spec["archive"], tuple(spec["archive_columns"])) if spec else None
        for name, spec in specs.items()
    }


def _described(inputs: Mapping[str, Input]) -> dict[str, Any]:
    """What Dagster keeps, and its pages show, of the files an asset reads; `file_inputs` reads it back."""
    return {name: asdict(spec) if isinstance(spec, LandedInput) else {} for name, spec in inputs.items()}


def _check_parameters(table: Table, transform: Transform, inputs: Mapping[str, Input]) -> bool:
    parameters = list(inspect.signature(transform).parameters)
    takes_dates = "dates" in parameters
    named = sorted(name for name in parameters if name != "dates")
    if named != sorted(inputs):
        raise SchemaError(f"{table}: transform takes {named} but inputs declares {sorted(inputs)}. Make the two agree.")
    return takes_dates


def _automation_condition(table: Table, inputs: Mapping[str, Input], after: Sequence[Table]) -> Condition | None:
    """`look_back` for a table that reads a window, else `same_day`; none where no partitioned table is read.

    A table without partitions is made by the daily closing run, one that is made from files alone by the landing
    sensor.
    """
    read = [spec for spec in inputs.values() if isinstance(spec, TableInput)]
    upstream = [*(spec.table for spec in read), *after]
    if not table.partition_column or not any(above.partition_column for above in upstream):
        return None
    whole = sorted({asset_key(above) for above in upstream if not above.partition_column})
    from_files = any(not isinstance(spec, TableInput) for spec in inputs.values())
    return (look_back if _looks_back(inputs) else same_day)(whole, from_files=from_files)


def _looks_back(inputs: Mapping[str, Input]) -> bool:
    return any(isinstance(spec, TableInput) and spec.edge in WINDOW_EDGES for spec in inputs.values())


def _feeds(inputs: Mapping[str, Input]) -> list[str]:
    return [feed for spec in inputs.values() if isinstance(spec, LandedInput) for feed in spec.feeds]


def _asset_in(spec: TableInput) -> dg.AssetIn:
    return dg.AssetIn(
        key=asset_key(spec.table),
        partition_mapping=spec.partition_mapping(),
        metadata=spec.metadata(),
    )


def _ordering_dep(upstream: Table) -> dg.AssetDep:
    return dg.AssetDep(asset_key(upstream), partition_mapping=dg.TimeWindowPartitionMapping())


def _description(table: Table) -> str:
    """Grain first, then what the table's own words add."""
    return f"{table.grain[0].upper()}{table.grain[1:]}.\n\n{table.description}".strip()


def _code_version(transform: Transform, inputs: Mapping[str, Input]) -> str:
    """That of the transform's module; tables resolved against the season schedule also depend on its parser."""
    own = code_version(transform.__module__)
    if not any(isinstance(spec, ScheduleInput) for spec in inputs.values()):
        return own
    return f"{own}-{code_version(SCHEDULE_MODULE)}"


def _dates(context: dg.AssetExecutionContext, table: Table) -> pd.DatetimeIndex:
    """Partition dates of the run; no dates for a table without partitions."""
    if not table.partition_column:
        return pd.DatetimeIndex([], dtype="datetime64[us]")
    keys = context.partition_key_range
    return partition_dates(pd.Timestamp(keys.start).date(), pd.Timestamp(keys.end).date())


def _read_files(
    context: dg.AssetExecutionContext, spec: LandedInput | ScheduleInput, dates: pd.DatetimeIndex
) -> object:
    landing = context.resources.landing.open()
    return read_schedule(landing, dates) if isinstance(spec, ScheduleInput) else read_landed(landing, spec, dates)
