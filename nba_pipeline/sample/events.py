"""What the simulated league produces: scheduled games, events of a game, box lines, finished games.

Does NOT belong here: drawing random numbers, file formats.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from nba_pipeline.sample.clubs import Club
from nba_pipeline.sample.players import Player
from nba_pipeline.sample.shots import Shot

QUARTERS = 4
QUARTER_SECONDS = 720
OVERTIME_SECONDS = 300


@dataclass(frozen=True)
class ScheduledGame:
    """A game of the season file. `status`: final, scheduled or postponed; instants are UTC."""

    nba_game_id: str
    game_date: date
    tip_off_at: datetime
    home: Club
    away: Club
    status: str = "final"
    original_date: date | None = None
    original_tip_off_at: datetime | None = None
    neutral_city: str | None = None
    label: str = ""
    subtype: str = ""
    is_archived: bool = False
    has_payloads: bool = False

    @property
    def game_code(self) -> str:
        """`20250115/NYKPHI`: date, visitor, home."""
        return f"{self.game_date:%Y%m%d}/{self.away.abbr}{self.home.abbr}"

    @property
    def clubs(self) -> tuple[Club, Club]:
        """Home team first."""
        return self.home, self.away


@dataclass(slots=True, eq=False)
class Event:
    """One event of a game; `side` 0 home, 1 visitor, None neither; `clock` seconds left in the period."""

    kind: str
    subtype: str
    period: int
    clock: int
    side: int | None
    player: Player | None
    text: str
    score: tuple[int, int]
    number: int
    on_court: tuple[int, ...]
    descriptor: str = ""
    qualifiers: tuple[str, ...] = ()
    is_made: bool | None = None
    assist: Player | None = None
    block: Player | None = None
    steal: Player | None = None
    drawn: Player | None = None
    shot: Shot | None = None  # place and words of a field-goal attempt

    @property
    def is_field_goal(self) -> bool:
        """Two or three."""
        return self.kind in ("2pt", "3pt")


@dataclass(slots=True, eq=False)
class Line:
    """Box line of a listed player. `reason` says why he did not play."""

    player: Player
    status: str
    reason: str = ""
    is_starter: bool = False
    seconds: int = 0
    field_goals_made: int = 0
    field_goals_attempted: int = 0
    three_pointers_made: int = 0
    three_pointers_attempted: int = 0
    free_throws_made: int = 0
    free_throws_attempted: int = 0
    offensive_rebounds: int = 0
    defensive_rebounds: int = 0
    assists: int = 0
    steals: int = 0
    blocks: int = 0
    turnovers: int = 0
    personal_fouls: int = 0
    technical_fouls: int = 0
    plus_minus: int = 0
    points: int = 0
    points_in_the_paint: int = 0
    points_fast_break: int = 0
    points_second_chance: int = 0

    @property
    def has_played(self) -> bool:
        """He was on the court for at least a second."""
        return self.seconds > 0

    @property
    def rebounds(self) -> int:
        """Offensive and defensive."""
        return self.offensive_rebounds + self.defensive_rebounds


@dataclass
class TeamBox:
    """Everything one team did in a game."""

    club: Club
    lines: list[Line]
    team_rebounds: int = 0
    team_turnovers: int = 0
    period_points: list[int] = field(default_factory=list)

    def total(self, statistic: str) -> int:
        """Sum of the players."""
        return sum(getattr(line, statistic) for line in self.lines)


@dataclass
class GameResult:
    """A finished game: the schedule row it belongs to, both boxes (home first) and its events in order."""

    game: ScheduledGame
    boxes: tuple[TeamBox, TeamBox]
    events: list[Event]
    periods: int

    @property
    def score(self) -> tuple[int, int]:
        """Final score, home first."""
        return self.boxes[0].total("points"), self.boxes[1].total("points")

    @property
    def overtimes(self) -> int:
        """Periods after the fourth."""
        return self.periods - QUARTERS

    @property
    def team_seconds(self) -> int:
        """Seconds that the five players of a team share: 14,400 plus 1,500 an overtime."""
        return 5 * (QUARTERS * QUARTER_SECONDS + self.overtimes * OVERTIME_SECONDS)
