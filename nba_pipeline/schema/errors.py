"""Error of a declaration: the table or column, what is wrong with it, what to do."""

from nba_pipeline.errors import PipelineError


class SchemaError(PipelineError):
    """A table or column is declared in a way that cannot be built. Raised when definitions load."""
