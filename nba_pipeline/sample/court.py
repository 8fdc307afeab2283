"""The state of a game: clock, score, the ten on the court, and the events written so far.

Does NOT belong here: what happens in a possession.
"""

from __future__ import annotations

from random import Random

from nba_pipeline.sample.events import OVERTIME_SECONDS, QUARTER_SECONDS, QUARTERS, Event, Line, TeamBox
from nba_pipeline.sample.rotation import Rotation

TIMEOUT_SHARE = 0.45  # of the moments with substitutions

Exchange = tuple[Line, Line]  # goes out, comes in


class Court:
    """One game in progress. `boxes` and `rotations` hold the home team first."""

    def __init__(self, rng: Random, boxes: tuple[TeamBox, TeamBox], rotations: tuple[Rotation, Rotation]) -> None:
        self._rng = rng
        self._on_court: tuple[int, ...] = ()
        self._number = 1
        self.boxes, self.rotations = boxes, rotations
        self.events: list[Event] = []
        self.score = [0, 0]
        self.fouls = [0, 0]  # of the period
        self.period, self.clock = 0, 0

    @property
    def is_over(self) -> bool:
        """Four periods are played and the score is not level."""
        return self.period >= QUARTERS and self.score[0] != self.score[1]

    def open_period(self) -> None:
        """Start the next period with its first fives."""
        self.period += 1
        self.clock = QUARTER_SECONDS if self.period <= QUARTERS else OVERTIME_SECONDS
        self.fouls = [0, 0]
        changes = [rotation.open_period(self.period) for rotation in self.rotations]
        self._see_court()
        self.write("period", "start", None, None, "Period Start")
        self._write_changes(changes)

    def close_period(self) -> None:
        """Let the clock run out and note the points of the period."""
        self.run(self.clock)
        self.write("period", "end", None, None, "Period End")
        for side, box in enumerate(self.boxes):
            box.period_points.append(self.score[side] - sum(box.period_points))

    def close_game(self) -> None:
        """Write the end of the game. One timeout gets a late number: action numbers are not chronological."""
        self.write("game", "end", None, None, "Game End")
        timeout = next((event for event in self.events if event.kind == "timeout"), None)
        if timeout is not None:
            timeout.number = self._number + 3

    def run(self, seconds: int) -> None:
        """Let the clock run and credit the seconds to the ten on the court."""
        self.clock -= seconds
        for rotation in self.rotations:
            rotation.run(seconds)

    def substitute(self) -> None:
        """Make the substitutions that are due, sometimes with a timeout."""
        changes = [rotation.change(self.period, self.clock) for rotation in self.rotations]
        if any(changes):
            if self._rng.random() < TIMEOUT_SHARE:
                side = self._rng.randrange(2)
                self.write("timeout", "full", side, None, f"{self.boxes[side].club.abbr} Timeout", ("team",))
            self._see_court()
            self._write_changes(changes)

    def credit_points(self, side: int, line: Line, points: int, qualifiers: tuple[str, ...]) -> None:
        """Add points to the player, the score and the plus-minus of the ten."""
        line.points += points
        line.points_in_the_paint += points if "pointsinthepaint" in qualifiers else 0
        line.points_fast_break += points if "fastbreak" in qualifiers else 0
        line.points_second_chance += points if "2ndchance" in qualifiers else 0
        self.score[side] += points
        for other, sign in ((side, 1), (1 - side, -1)):
            for player in self.rotations[other].on_court:
                player.plus_minus += sign * points

    def write(
        self,
        kind: str,
        subtype: str,
        side: int | None,
        line: Line | None,
        text: str,
        qualifiers: tuple[str, ...] = (),
    ) -> Event:
        """Append an event at the present clock and score."""
        self._number += 1 + (self._rng.random() < 0.3)
        event = Event(
            kind=kind,
            subtype=subtype,
            period=self.period,
            clock=self.clock,
            side=side,
            player=line.player if line else None,
            text=text,
            score=(self.score[0], self.score[1]),
            number=self._number,
            on_court=self._on_court,
            qualifiers=qualifiers,
        )
        self.events.append(event)
        return event

    def _write_changes(self, changes: list[list[Exchange]]) -> None:
        for side, pairs in enumerate(changes):
            for leaving, coming in pairs:
                self.write("substitution", "out", side, leaving, f"SUB out: {leaving.player.short_name}")
                self.write("substitution", "in", side, coming, f"SUB in: {coming.player.short_name}")

    def _see_court(self) -> None:
        self._on_court = tuple(
            sorted(line.player.player_id for rotation in self.rotations for line in rotation.on_court)
        )
