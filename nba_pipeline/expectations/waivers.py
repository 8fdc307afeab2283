"""Findings of checks that are let pass for a while: `waivers.yaml` beside this module, part of the repository.

A waiver names one table, check and partition, says why, and runs out after at most 14 days. Written in the repository
and not in an instance, so that it is reviewed, dated, and fails the tests once it has run out. Does NOT belong here:
what a waived finding becomes (orchestration.checks.waiving), games without data (accepted_gaps).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import yaml

from nba_pipeline.errors import PipelineError

FILE = Path(__file__).with_name("waivers.yaml")
LONGEST_DAYS = 14  # from today to the day a waiver runs out
WHOLE = "whole"  # partition of a finding that is about no date
FIELDS = ("table", "check", "partition", "reason", "expires")


class WaiverError(PipelineError):
    """waivers.yaml cannot be used: which entry, what it says, what it should say."""


@dataclass(frozen=True)
class Waiver:
    """One finding that counts as a warning up to and including the day `expires`. partition None: the whole table."""

    table: str
    check: str
    partition: date | None
    reason: str
    expires: date

    def __str__(self) -> str:
        return f"{self.table} {self.check} {self.partition or WHOLE}, until {self.expires}: {self.reason}"


def all_waivers(today: date | None = None) -> tuple[Waiver, ...]:
    """Every entry of the file, run out or not.

    Raises WaiverError for an entry with other fields, without a reason, or longer than allowed.
    """
    entries = read_entries(FILE, "waivers", WaiverError)
    return tuple(_waiver(number, entry, today or date.today()) for number, entry in enumerate(entries, 1))


def active_waivers(today: date | None = None) -> tuple[Waiver, ...]:
    """The waivers that count today."""
    now = today or date.today()
    return tuple(waiver for waiver in all_waivers(now) if waiver.expires >= now)


def expired_waivers(today: date | None = None) -> tuple[Waiver, ...]:
    """The waivers that have run out and are still in the file."""
    now = today or date.today()
    return tuple(waiver for waiver in all_waivers(now) if waiver.expires < now)


def waiver_of(table: str, check: str, partition: date | None) -> Waiver | None:
    """The waiver that counts today for a finding, if there is one."""
    named = (table, check, partition)
    return next((w for w in active_waivers() if (w.table, w.check, w.partition) == named), None)


def read_entries(file: Path, name: str, error: type[PipelineError]) -> list[Mapping[str, object]]:
    """The list `name` of a YAML file; raises `error` unless it is the only thing there and made of mappings."""
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as fault:
        raise error(f"{file.name}: not readable as YAML: {' '.join(str(fault).split())}") from fault
    entries = document.get(name) if isinstance(document, dict) and set(document) == {name} else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise error(f"{file.name}: expected one list `{name}:` of entries, as its head shows.")
    return entries


def _waiver(number: int, entry: Mapping[str, object], today: date) -> Waiver:
    place = f"{FILE.name}, entry {number}"
    if set(entry) != set(FIELDS):
        raise WaiverError(f"{place}: has the fields {sorted(map(str, entry))}, needs {sorted(FIELDS)}.")
    partition, expires = entry["partition"], entry["expires"]
    if partition != WHOLE and not isinstance(partition, date):
        raise WaiverError(f"{place}: partition {partition!r} is neither a date nor {WHOLE!r}.")
    if not isinstance(expires, date):
        raise WaiverError(f"{place}: expires {expires!r} is not a date.")
    texts = {name: str(entry[name] or "").strip() for name in ("table", "check", "reason")}
    blank = sorted(name for name, text in texts.items() if not text)
    if blank:
        raise WaiverError(f"{place}: {', '.join(blank)} must not be blank.")
    if expires > today + timedelta(days=LONGEST_DAYS):
        raise WaiverError(f"{place}: expires {expires} is more than {LONGEST_DAYS} days away; choose an earlier day.")
    day = partition if isinstance(partition, date) else None
    return Waiver(texts["table"], texts["check"], day, texts["reason"], expires)
