"""What real BigQuery does with `require_partition_filter`, which the protocol server gets wrong for a MERGE.

The server refuses every MERGE into such a table, also one whose ON clause names the partitions, and accepts any
query whose WHERE names the column in whatever way. So the proxy in front of it keeps the option to itself: the server
stores the table without it, and statements that read the table without literal dates are refused here.
Does NOT belong here: passing requests on (fault_proxy.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from nba_pipeline_tests.bigquery.faults import JobFails
from nba_pipeline_tests.bigquery.lint import has_literal_dates, scans
from nba_pipeline_tests.bigquery.wire import METADATA, Request

OPTION = "requirePartitionFilter"


@dataclass
class FilteredTables:
    """Partition column of every table that was created with the option, by `dataset.table`."""

    columns: dict[str, str] = field(default_factory=dict)

    def without_option(self, request: Request, body: bytes) -> bytes:
        """The body to pass on; a table created with the option is noted and created without it."""
        if request.kind != METADATA or request.method != "POST" or OPTION.encode() not in body:
            return body
        resource = json.loads(body)
        if resource.pop(OPTION, False):
            reference = resource["tableReference"]
            column = resource["timePartitioning"]["field"]
            self.columns[f"{reference['datasetId']}.{reference['tableId']}"] = column
        return json.dumps(resource).encode()

    def with_option(self, request: Request, content: bytes) -> bytes:
        """The answer to pass back: a table that was created with the option has it."""
        if request.kind != METADATA or not content.startswith(b"{") or b"tableReference" not in content:
            return content
        resource = json.loads(content)
        reference: Mapping[str, str] = resource.get("tableReference", {})
        if f"{reference.get('datasetId')}.{reference.get('tableId')}" in self.columns:
            resource[OPTION] = True
        return json.dumps(resource).encode()

    def refusal(self, request: Request) -> JobFails | None:
        """The error of a statement that reads such a table without literal dates."""
        if not any(name.partition(".")[2] in request.statement for name in self.columns):
            return None  # parsing takes longer than most statements
        try:
            trees = sqlglot.parse(request.statement, dialect="bigquery")
        except SqlglotError:
            return None  # the server will say what is wrong with it
        for tree in trees:
            for table, alias, condition in scans(tree) if isinstance(tree, exp.Expression) else []:
                column = self.columns.get(f"{table.db}.{table.name}")
                if column and not has_literal_dates(alias, column, condition, tree):
                    return _refused(table, column)
        return None


def _refused(table: exp.Table, column: str) -> JobFails:
    return JobFails(
        "invalidQuery",
        f"Cannot query over table '{table.db}.{table.name}' without a filter over column(s) '{column}' "
        "that can be used for partition elimination",
    )
