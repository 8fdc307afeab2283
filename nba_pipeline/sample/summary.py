"""What a written sample holds, in figures and in one sentence. Does NOT belong here: writing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class SampleSummary:
    """Figures of one simulated landing zone; rows are what a complete load of the raw tables gives."""

    root: str
    seed: int
    first_date: date
    last_date: date
    game_dates: int
    final_games: int
    scheduled_games: int
    postponed_games: int
    overtime_games: int
    players: int
    player_rows: int
    play_by_play_events: int
    field_goal_attempts: int
    files: int
    bytes: int

    @property
    def counted_games(self) -> int:
        """Rows of the schedule: played, scheduled and postponed games."""
        return self.final_games + self.scheduled_games + self.postponed_games

    @property
    def team_rows(self) -> int:
        """Two for every played game."""
        return 2 * self.final_games

    def describe(self) -> str:
        """One sentence for people."""
        return (
            f"Simulated league (seed {self.seed}, no real players, no real results): {self.final_games:,} played games "
            f"on {self.game_dates} dates from {self.first_date} to {self.last_date}, {self.scheduled_games} more "
            f"scheduled, {self.players} invented players in the 30 real teams, {self.files:,} files, "
            f"{self.bytes / 1e6:.1f} MB in {self.root}."
        )
