"""The 30 real teams as the simulated league uses them: identity from `basketball.teams`, city and strength here.

Does NOT belong here: players, games.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from nba_pipeline.basketball.teams import TEAMS

CENTRAL, MOUNTAIN, PACIFIC = 1, 2, 3  # hours behind New York in autumn
HOME_CITIES: dict[str, tuple[str, str, int]] = {
    "ATL": ("Atlanta", "GA", 0), "BOS": ("Boston", "MA", 0), "BKN": ("Brooklyn", "NY", 0),
    "CHA": ("Charlotte", "NC", 0), "CHI": ("Chicago", "IL", CENTRAL), "CLE": ("Cleveland", "OH", 0),
    "DAL": ("Dallas", "TX", CENTRAL), "DEN": ("Denver", "CO", MOUNTAIN), "DET": ("Detroit", "MI", 0),
    "GSW": ("San Francisco", "CA", PACIFIC), "HOU": ("Houston", "TX", CENTRAL), "IND": ("Indianapolis", "IN", 0),
    "LAC": ("Inglewood", "CA", PACIFIC), "LAL": ("Los Angeles", "CA", PACIFIC), "MEM": ("Memphis", "TN", CENTRAL),
    "MIA": ("Miami", "FL", 0), "MIL": ("Milwaukee", "WI", CENTRAL), "MIN": ("Minneapolis", "MN", CENTRAL),
    "NOP": ("New Orleans", "LA", CENTRAL), "NYK": ("New York", "NY", 0), "OKC": ("Oklahoma City", "OK", CENTRAL),
    "ORL": ("Orlando", "FL", 0), "PHI": ("Philadelphia", "PA", 0), "PHX": ("Phoenix", "AZ", MOUNTAIN),
    "POR": ("Portland", "OR", PACIFIC), "SAC": ("Sacramento", "CA", PACIFIC), "SAS": ("San Antonio", "TX", CENTRAL),
    "TOR": ("Toronto", "ON", 0), "UTA": ("Salt Lake City", "UT", MOUNTAIN), "WAS": ("Washington", "DC", 0),
}  # fmt: skip
STRENGTH_POINTS = 3.5  # standard deviation of a team's strength, points per game


@dataclass(frozen=True)
class Club:
    """A team of the simulated league; `strength` is its expected margin against an average team, in points."""

    abbr: str
    team_id: int
    full_name: str
    nickname: str
    espn_abbr: str
    city: str
    state: str
    hours_behind_new_york: int
    strength: float

    @property
    def arena(self) -> str:
        """Name of an arena that does not exist."""
        return f"Simulated Arena {self.city}"

    @property
    def location(self) -> str:
        """City part of the team's name."""
        return self.full_name.removesuffix(self.nickname).strip()


def build_clubs(rng: Random) -> dict[str, Club]:
    """Tricode -> club for the 30 teams, strengths drawn at random."""
    clubs = {}
    for team in sorted(TEAMS, key=lambda team: team.abbr):
        city, state, hours = HOME_CITIES[team.abbr]
        strength = max(-8.0, min(8.0, rng.gauss(0, STRENGTH_POINTS)))
        nickname = next(word for word in team.nicknames if team.full_name.lower().endswith(word))
        clubs[team.abbr] = Club(
            team.abbr, team.nba_team_id, team.full_name, team.full_name[-len(nickname) :], team.espn_abbr,
            city, state, hours, strength,
        )  # fmt: skip
    return clubs
