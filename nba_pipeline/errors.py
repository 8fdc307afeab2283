"""The errors that a person can act on: a command prints their sentence and exits with 3.

Every other exception is a fault of the program and keeps its traceback. Does NOT belong here: errors of one package,
which stand beside the code that raises them and derive from PipelineError.
"""

from __future__ import annotations


class PipelineError(Exception):
    """Base of the errors whose message says what was found and what to do."""


class SettingsError(PipelineError):
    """A setting that cannot be used: which one, what it says, what it should say."""
