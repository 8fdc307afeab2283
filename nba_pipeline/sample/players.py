"""Invented players: identity, shirt, birth date and the tendencies that drive the simulation.

Ids start at 900001, far from the ids of real people. Tendencies are weights or probabilities, not statistics.
Does NOT belong here: games, who is available on a date.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from nba_pipeline.sample.clubs import Club
from nba_pipeline.sample.names import player_names

FIRST_PLAYER_ID = 900001
FIRST_ESPN_ID = 99000001
ROSTER_SIZE = 16
SAME_SURNAME_TEAMS = ("OKC", "POR")  # two players with one surname in a team, as real rosters have
RENAMED_TEAM = "CHI"  # its second player is printed with a longer first name from the second half of the sample

# Minutes of a healthy roster by rank; they add up to 240.
TARGET_MINUTES = (34, 33, 31, 29, 27, 23, 19, 16, 12, 9, 7, 0, 0, 0, 0, 0)
SHOT_WEIGHTS = (1.50, 1.28, 1.12, 0.98, 0.82, 1.02, 0.92, 0.84, 0.78, 0.74, 0.70, 0.7, 0.7, 0.7, 0.7, 0.7)
POSITIONS = ("PG", "SG", "SF", "PF", "C")
BIG_POSITIONS = ("PF", "C")


@dataclass(frozen=True)
class Player:
    """One invented player. Shares are fractions of his field-goal attempts, accuracies are probabilities."""

    player_id: int
    espn_id: int
    first_name: str
    family_name: str
    later_first_name: str
    jersey: str
    position: str
    birth_date: date
    rank: int
    target_minutes: float
    shot_weight: float
    three_share: float
    rim_share: float
    three_accuracy: float
    two_bonus: float
    free_throw_accuracy: float
    pass_weight: float
    offensive_rebound_weight: float
    defensive_rebound_weight: float
    steal_weight: float
    block_weight: float
    turnover_weight: float
    foul_weight: float

    @property
    def is_two_way(self) -> bool:
        """The last two of a roster play mostly for an affiliate."""
        return self.rank >= ROSTER_SIZE - 2

    @property
    def name(self) -> str:
        """Full name as first printed."""
        return f"{self.first_name} {self.family_name}"

    @property
    def later_name(self) -> str:
        """Full name as printed by the payloads; differs for one player."""
        return f"{self.later_first_name} {self.family_name}"

    @property
    def short_name(self) -> str:
        """Initial and family name, as play-by-play texts print it."""
        return f"{self.first_name[0]}. {self.family_name}"


def build_rosters(clubs: dict[str, Club], rng: Random) -> dict[str, list[Player]]:
    """Tricode -> sixteen players in order of rank."""
    names = player_names(rng)
    rosters: dict[str, list[Player]] = {}
    for team_number, abbr in enumerate(clubs):
        first_id = FIRST_PLAYER_ID + team_number * ROSTER_SIZE
        people = _distinct_families(names)
        jerseys = rng.sample(range(100), ROSTER_SIZE)
        roster = [
            _player(rng, number=first_id + rank, rank=rank, name=people[rank], jersey=str(jerseys[rank]))
            for rank in range(ROSTER_SIZE)
        ]
        if abbr in SAME_SURNAME_TEAMS:
            roster[6] = replace(roster[6], family_name=roster[1].family_name.split(" ")[0])
        if abbr == RENAMED_TEAM:
            roster[1] = replace(roster[1], later_first_name=f"{roster[1].first_name}son")
        rosters[abbr] = roster
    return rosters


def _distinct_families(names: Iterator[tuple[str, str]]) -> list[tuple[str, str]]:
    people: dict[str, tuple[str, str]] = {}
    while len(people) < ROSTER_SIZE:
        first, family = next(names)
        people.setdefault(family.split(" ")[0], (first, family))
    return list(people.values())


def _player(rng: Random, *, number: int, rank: int, name: tuple[str, str], jersey: str) -> Player:
    position = POSITIONS[(rank + number // ROSTER_SIZE) % len(POSITIONS)]
    is_big, is_guard = position in BIG_POSITIONS, position in ("PG", "SG")

    def around(value: float, spread: float = 0.18) -> float:
        return value * rng.lognormvariate(0, spread)

    three_share = rng.uniform(0.06, 0.44) if is_big else rng.uniform(0.34, 0.60)
    return Player(
        player_id=number,
        espn_id=FIRST_ESPN_ID + number - FIRST_PLAYER_ID,
        first_name=name[0],
        family_name=name[1],
        later_first_name=name[0],
        jersey=jersey,
        position=position,
        birth_date=date(1988, 1, 1) + timedelta(days=rng.randrange(6200)),
        rank=rank,
        target_minutes=TARGET_MINUTES[rank],
        shot_weight=around(SHOT_WEIGHTS[rank], 0.10),
        three_share=three_share,
        rim_share=(1 - three_share) * rng.uniform(0.55, 0.85),
        three_accuracy=rng.uniform(0.32, 0.40),
        two_bonus=rng.uniform(-0.02, 0.03),
        free_throw_accuracy=rng.uniform(0.60, 0.80) if is_big else rng.uniform(0.72, 0.91),
        pass_weight=around(2.2 if position == "PG" else 1.4 if is_guard else 0.9),
        offensive_rebound_weight=around(2.4 if position == "C" else 1.6 if is_big else 0.7),
        defensive_rebound_weight=around(1.8 if is_big else 0.9),
        steal_weight=around(1.2 if is_guard else 0.8),
        block_weight=around(2.6 if position == "C" else 1.3 if is_big else 0.5),
        turnover_weight=around(1.4 if position == "PG" else 1.0),
        foul_weight=around(1.4 if is_big else 0.9),
    )
