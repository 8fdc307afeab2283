"""NBA player-points analytics warehouse as a Dagster asset graph.

`from nba_pipeline import read` reads a stored table as a frame. Importing the package alone loads nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nba_pipeline.reading import ReadError, read

__version__ = "0.1.0"
__all__ = ["ReadError", "__version__", "read"]


def __getattr__(name: str) -> object:
    """`read` and its error, loaded at first use: the catalog behind them imports Dagster."""
    if name not in ("ReadError", "read"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from nba_pipeline import reading

    return getattr(reading, name)
