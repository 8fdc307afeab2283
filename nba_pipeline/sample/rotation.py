"""Who of a team is on the court: stints of about three minutes that follow each player's target minutes.

Seconds are credited to the five on the court as the clock runs, so a team's seconds add up by construction.
Does NOT belong here: events, who is available on the night.
"""

from __future__ import annotations

from bisect import bisect
from random import Random

from nba_pipeline.sample.events import OVERTIME_SECONDS, QUARTER_SECONDS, QUARTERS, Line
from nba_pipeline.sample.players import TARGET_MINUTES

DEPTHS = (9, 10, 10, 11)  # players with a planned part
MAX_TARGET_MINUTES = 38.0
STINT_SECONDS = 180
STINT_JITTER_SECONDS = 45
GAME_SECONDS = QUARTERS * QUARTER_SECONDS
CAMEO_SHARE = 0.06  # of team games: a deep reserve takes part in the last seconds of the first half
STICKINESS_SECONDS = 40.0
WEIGHTS = (
    "shot_weight",
    "pass_weight",
    "offensive_rebound_weight",
    "defensive_rebound_weight",
    "steal_weight",
    "block_weight",
    "turnover_weight",
    "foul_weight",
)


class Rotation:
    """The five of one team, changed at planned moments of each period."""

    def __init__(self, rng: Random, available: list[Line]) -> None:
        self._rng = rng
        self._available = available
        depth = rng.choice(DEPTHS)
        spread = [
            min(MAX_TARGET_MINUTES, TARGET_MINUTES[rank] * rng.lognormvariate(0, 0.12)) if rank < depth else 0.0
            for rank in range(len(available))
        ]
        scale = 5 * GAME_SECONDS / sum(spread)
        self._targets = {line.player.player_id: value * scale for line, value in zip(available, spread, strict=True)}
        self._form = {line.player.player_id: rng.lognormvariate(0, 0.22) for line in available}
        self._cameo = available[-1] if rng.random() < CAMEO_SHARE else None
        self._changes: list[int] = []
        self._set(available[:5])
        for line in self.on_court:
            line.is_starter = True

    def open_period(self, period: int) -> list[tuple[Line, Line]]:
        """Plan the changes of the period and send out its first five; starters begin both halves."""
        if period > QUARTERS:
            self._changes = []
            return self._exchange(self._best_five())
        self._changes = [
            stint * STINT_SECONDS + self._rng.randint(-STINT_JITTER_SECONDS, STINT_JITTER_SECONDS)
            for stint in (1, 2, 3)
        ]
        if period == 2 and self._cameo is not None:
            self._changes.append(QUARTER_SECONDS - self._rng.randint(14, 28))
        if period in (1, 3):
            return self._exchange(self._available[:5])
        return self._exchange(self._choose((period - 1) * QUARTER_SECONDS))

    def change(self, period: int, clock: int) -> list[tuple[Line, Line]]:
        """(goes out, comes in) pairs that are due at this moment."""
        length = QUARTER_SECONDS if period <= QUARTERS else OVERTIME_SECONDS
        if not self._changes or length - clock < self._changes[0]:
            return []
        self._changes.pop(0)
        if period == 2 and not self._changes and self._cameo is not None:
            return self._exchange([*self._best(self.on_court)[:4], self._cameo])
        if period == QUARTERS and not self._changes:
            return self._exchange(self._best_five())
        return self._exchange(self._choose((period - 1) * QUARTER_SECONDS + length - clock))

    def run(self, seconds: int) -> None:
        """Credit the seconds to the five on the court."""
        for line in self.on_court:
            line.seconds += seconds

    def pick(self, weight: str) -> Line:
        """One of the five, in proportion to a weight of WEIGHTS."""
        sums = self._cumulative[weight]
        return self.on_court[bisect(sums, self._rng.random() * sums[-1])]

    def _best(self, lines: list[Line]) -> list[Line]:
        return sorted(lines, key=lambda line: -self._targets[line.player.player_id])

    def _best_five(self) -> list[Line]:
        return self._best(self._available)[:5]

    def _choose(self, elapsed: int) -> list[Line]:
        progress = (elapsed + STINT_SECONDS / 2) / GAME_SECONDS
        due = []
        for line in self._available:
            target = self._targets[line.player.player_id]
            if target > 0:
                bonus = STICKINESS_SECONDS if line in self.on_court else 0.0
                due.append((target * progress - line.seconds + bonus + self._rng.uniform(0, 80), line))
        due.sort(key=lambda pair: -pair[0])
        return [line for _, line in due[:5]]

    def _exchange(self, five: list[Line]) -> list[tuple[Line, Line]]:
        leaving = [line for line in self.on_court if line not in five]
        coming = [line for line in five if line not in self.on_court]
        if coming:
            self._set(five)
        return list(zip(leaving, coming, strict=True))

    def _set(self, five: list[Line]) -> None:
        self.on_court = list(five)
        self._cumulative = {}
        for weight in WEIGHTS:
            total, sums = 0.0, []
            for line in five:
                value = getattr(line.player, weight)
                total += value * self._form[line.player.player_id] if weight == "shot_weight" else value
                sums.append(total)
            self._cumulative[weight] = sums
