"""NBA player-points analytics warehouse as a Dagster asset graph."""

__version__ = "0.1.0"
