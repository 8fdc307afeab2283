"""A season of three games and small landing roots for the tests of the event and odds tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from nba_pipeline.landing import Landing
from nba_pipeline.schema import TableRows
from nba_pipeline_tests.raw.box_samples import dates, game, schedule

DAY = "2024-01-15"
TIP_OFF = pd.Timestamp("2024-01-16T00:30:00Z")  # 19:30 ET
SEASON = schedule(
    game(1, "BOS", "NYK", "2023-10-24"),
    game(500, "BOS", "NYK", DAY, tip_off_at=TIP_OFF, home_score=5, away_score=3),
    game(501, "ATL", "GSW", DAY, tip_off_at=TIP_OFF),
    game(900, "BOS", "MIA", "2024-04-01"),
)
NYK_BOS, GSW_ATL = "0022300500", "0022300501"


def write_archive(
    root: Path, folder: str, rows: Sequence[dict[str, object]], *, schema: pa.Schema | None = None
) -> None:
    """One season file of the archive; `game_date` is given as text."""
    listed = [{**row, "game_date": pd.Timestamp(str(row.get("game_date", DAY))).date()} for row in rows]
    target = root / "archive" / folder / "2023-24.parquet"
    target.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(listed, schema=schema), target)


def run(module: ModuleType, root: Path, *days: str, season: pd.DataFrame = SEASON) -> TableRows:
    """The table's transform over what landed below `root` for the days (default: the one day of the samples)."""
    window = dates(*(days or (DAY,)))
    landed = Landing(str(root)).landed(
        (module.FEED,),
        window[0].date(),
        window[-1].date(),
        archive=module.ARCHIVE,
        archive_columns=module.ARCHIVE_COLUMNS,
    )
    return module.transform(landed, season, window)


def rules(made: TableRows) -> list[str]:
    """Rules of the refused records, sorted."""
    return sorted(made.rejects["rule"])


def total(made: TableRows, name: str) -> int:
    """A count over all dates."""
    return sum(made.counts.get(name, {}).values())
