"""Errors of the raw layer: each names the table, what was found and what to do."""

from nba_pipeline.errors import PipelineError


class RawInputError(PipelineError):
    """Base of the errors that stop a raw table; nothing is written, stored rows stay."""


class MissingInputError(RawInputError):
    """A required input has not landed."""


class TooManyRejectsError(RawInputError):
    """So many records of a partition were refused that the defect is systematic."""


class ScheduleError(RawInputError):
    """The schedule contradicts itself, so nothing can be resolved against it."""


class UnusableFile(Exception):
    """A payload file cannot be used; an older file of the same unit is tried next.

    rule: `bad_file`, `error_body` or `missing_field` puts one record of the file into quarantine; an empty rule
    only counts the file (a capture of a game in progress is not broken).
    """

    def __init__(self, detail: str, rule: str = "bad_file") -> None:
        super().__init__(detail)
        self.detail = detail
        self.rule = rule
