"""Reconciliation of the summaries of a game with each other and with the schedule: rules R1 to R8.

A rule that reads two tables rides with the later one of the graph, so player against team sums ride with
team_offense_game_summary. Its blocking parts are in `invariants` of that table, all of it in `reconciliation`.
Does NOT belong here: the SQL (team_game_sql), the copies of the defence table (copied_columns).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from nba_pipeline.orchestration.checks import thresholds as limit
from nba_pipeline.orchestration.checks.sql import Row
from nba_pipeline.orchestration.checks.team_game_sql import SUMMED, ZONES, team_games_sql
from nba_pipeline.orchestration.checks.verdicts import Days, Problem, Severity, Verdict, judged
from nba_pipeline.schema import Table
from nba_pipeline.warehouse import Warehouse

RECONCILED_TABLE = "analytics.team_offense_game_summary"
NAMED_FINDINGS = 5


@dataclass(frozen=True)
class Finding:
    """One team game that breaks a rule (a date where the rule is on a date): by how much, and how grave it is."""

    rule: str
    partition: date
    game_id: str
    team_abbr: str
    severity: Severity
    text: str


def findings(warehouse: Warehouse, days: Days) -> list[Finding]:
    """Everything of the window that breaks R1 to R8, in the order of rule, date and team."""
    first, last = (days[0], days[-1]) if days else (None, None)
    if first is None or last is None:
        return []
    rows = warehouse.query(team_games_sql(first, last)).to_pylist()
    found = [finding for row in rows for finding in _judge(row)] + _zone_rows(rows)
    return sorted(found, key=lambda f: (f.rule, f.partition, f.team_abbr))


def verdicts(found: Sequence[Finding], days: Days, *, only_blocking: bool = False) -> list[Verdict]:
    """One verdict per partition with the number of findings per rule, the gravest ones named."""
    by_day: dict[date, list[Finding]] = {}
    for finding in found:
        if finding.severity == "block" or not only_blocking:
            by_day.setdefault(finding.partition, []).append(finding)
    return [_day_verdict(day, by_day.get(day, []) if day else []) for day in days]


def reconciliation(warehouse: Warehouse, table: Table, days: Days) -> list[Verdict]:
    """All findings of the days, as a check."""
    return verdicts(findings(warehouse, days), days)


def blocking_reconciliation(warehouse: Warehouse, table: Table, days: Days) -> list[Verdict]:
    """The findings that hold a date back, as a check."""
    return verdicts(findings(warehouse, days), days, only_blocking=True)


def _day_verdict(day: date | None, found: Sequence[Finding]) -> Verdict:
    grave_first = sorted(found, key=lambda f: ("block", "error", "warn").index(f.severity))
    observed: dict[str, int] = {}
    for finding in found:
        observed[finding.rule] = observed.get(finding.rule, 0) + 1
    problems: list[Problem] = []
    for number, finding in enumerate(grave_first):
        where = " ".join(part for part in (finding.rule, finding.game_id, finding.team_abbr) if part)
        problems.append((finding.severity, f"{where}: {finding.text}" if number < NAMED_FINDINGS else ""))
    return judged(day, problems, observed)


def _judge(row: Row) -> list[Finding]:
    day, game, team = row["game_date"], str(row["game_id"]), str(row["team_abbr"])
    if not isinstance(day, date):
        raise TypeError(f"reconciliation: game_date is {type(day).__name__}, a date was expected")
    judged_rules = [(rule, *judge(row)) for rule, judge in _RULES.items()]
    return [Finding(rule, day, game, team, level, text) for rule, level, text in judged_rules if level != "pass"]


def _number(row: Row, name: str) -> float | None:
    value = row[name]
    return None if value is None else float(str(value))


def _points(row: Row) -> Problem:
    off = _number(row, "off_points")
    if off is None:
        return "block", "the team has no player rows"
    return _graded(off, 0, block=limit.POINTS_OFF_BLOCK), f"team minus player points {off:g}"


def _score(row: Row) -> Problem:
    off = _number(row, "off_score")
    if off is None:
        return "block", "the schedule has no score of this team"
    return ("block" if off else "pass"), f"team points minus schedule score {off:g}"


def _box_sums(row: Row) -> Problem:
    off = {name: _number(row, f"off_{name}") for name in SUMMED}
    unknown = [name for name, value in off.items() if value is None]
    if unknown and row["player_rows"]:
        return "error", f"no player has {', '.join(unknown)}"
    largest = max(abs(value or 0.0) for value in off.values())
    text = ", ".join(f"{name} {value:g}" for name, value in off.items() if value)
    return _graded(largest, 0, error=limit.BOX_SUM_OFF_ERROR), f"team minus player sums: {text}"


def _turnovers(row: Row) -> Problem:
    off, extra = _number(row, "off_turnovers"), _number(row, "team_turnovers")
    low, high = limit.TEAM_TURNOVERS
    outside = off != 0 or extra is None or not low <= extra <= high
    return ("warn" if outside else "pass"), f"player turnovers off by {off}, team turnovers {extra}"


def _minutes(row: Row) -> Problem:
    off = _number(row, "off_minutes")
    if off is None:
        return "error", "no player has minutes"
    rounded = not row["has_seconds"]
    usual = limit.ROUNDED_MINUTES_OFF_WARN if rounded else limit.MINUTES_OFF_WARN
    return _graded(off, usual, error=limit.MINUTES_OFF_ERROR), f"player minus team minutes {off:g}"


def _team_zones(row: Row) -> Problem:
    off = _number(row, "off_zone_attempts")
    if off is None:
        return "pass", ""
    return _graded(off, limit.ZONE_TEAM_OFF_WARN), f"zone attempts minus field goal attempts {off:g}"


def _usage(row: Row) -> Problem:
    mean = _number(row, "usage_mean")
    if mean is None:
        return "pass", ""
    off = mean - limit.USAGE_MEAN
    return (
        _graded(off, limit.USAGE_MEAN_OFF_WARN, error=limit.USAGE_MEAN_OFF_ERROR),
        f"minute-weighted mean usage {mean:.4f}",
    )


def _pair(row: Row) -> Problem:
    """Two rows per game: margins opposite, one winner, one home team."""
    if row["opponent_found"] is None:
        return "block", "the opponent has no row"
    return ("pass" if row["mirrored"] else "block"), "margin, winner or home team do not mirror the opponent's"


def _game_facts(row: Row) -> Problem:
    differs = row["opponent_found"] is not None and not row["same_game_facts"]
    return ("block" if differs else "pass"), "pace, overtimes, minutes or turnover source differ from the opponent's"


def _zone_sums(row: Row) -> Problem:
    off = [name for name in ZONES if row[f"differs_{name}"]]
    return ("block" if off and row["player_rows"] else "pass"), f"not the sum of the players: {', '.join(off)}"


def _possessions(row: Row) -> Problem:
    apart = _number(row, "possessions_apart") or 0.0
    level = _graded(apart, limit.POSSESSIONS_APART_WARN, error=limit.POSSESSIONS_APART_ERROR)
    return level, f"possessions differ from the opponent's by {abs(apart):.1f}"


def _assisted(row: Row) -> Problem:
    off = _number(row, "off_assisted") or 0.0
    return _graded(off, limit.ASSISTED_OFF_WARN), f"assisted baskets minus assists {off:g}"


def _starters(row: Row) -> Problem:
    known = row["starters"] is not None and not _number(row, "starters_unknown")
    wrong = known and _number(row, "starters") != limit.STARTERS_PER_TEAM
    return ("warn" if wrong else "pass"), f"{row['starters']} starters"


def _plus_minus(row: Row) -> Problem:
    off = _number(row, "off_plus_minus") or 0.0
    return ("warn" if off else "pass"), f"sum of plus_minus is off five times the margin by {off:g}"


_RULES: Mapping[str, Callable[[Row], Problem]] = {
    "R1": _points,
    "R2": _score,
    "R3": _box_sums,
    "R4": _turnovers,
    "R5": _minutes,
    "R7": _team_zones,
    "R8": _usage,
    "TO-01": _pair,
    "TO-06": _game_facts,
    "TO-07": _zone_sums,
    "TO-08": _possessions,
    "PG-13": _assisted,
    "PG-14": _starters,
    "PG-15": _plus_minus,
}


def _zone_rows(rows: Sequence[Row]) -> list[Finding]:
    """R7 over the players of a date: how many rows have zones that miss their field goal attempts."""
    by_day: dict[date, tuple[float, float]] = {}
    for row in rows:
        day = row["game_date"]
        if isinstance(day, date) and row["zone_players"]:
            off, players = by_day.get(day, (0.0, 0.0))
            by_day[day] = off + (_number(row, "zone_rows_off") or 0.0), players + (_number(row, "zone_players") or 0.0)
    found = []
    floor, share = limit.ZONE_ROWS_OFF_WARN
    for day, (off, players) in by_day.items():
        error = limit.ZONE_ROWS_OFF_ERROR * players
        level: Severity = "error" if off > error else "warn" if off > max(floor, share * players) else "pass"
        if level != "pass":
            found.append(Finding("R7", day, "", "", level, f"zones of {off:g} of {players:g} played rows miss FGA"))
    return found


def _graded(off: float, warn: float, *, error: float | None = None, block: float | None = None) -> Severity:
    """Grade of a difference of either sign."""
    if block is not None and abs(off) > block:
        return "block"
    if error is not None and abs(off) > error:
        return "error"
    return "warn" if abs(off) > warn else "pass"
