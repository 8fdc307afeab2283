"""The thirty teams: every spelling a source uses -> NBA tricode, ids, full names.

Exact lookup after collapsing blanks, any case; no fuzzy step. A city alone is not a team ("Los Angeles" has two).
Does NOT belong here: arenas, coordinates, conferences.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from nba_pipeline.basketball.uniques import map_uniques
from nba_pipeline.schema.frames import STRING_DTYPE

FIRST_NBA_TEAM_ID, LAST_NBA_TEAM_ID = 1610612737, 1610612766
_NBA_TEAM_ID_BASE = 1610612000


@dataclass(frozen=True)
class Team:
    """A team of the league with the names and codes its sources use."""

    abbr: str
    nba_team_id: int
    full_name: str
    nicknames: tuple[str, ...]
    espn_abbr: str
    basketball_reference_abbr: str
    balldontlie_id: int
    other_spellings: tuple[str, ...] = ()


def _team(
    abbr: str,
    id_suffix: int,
    name: str,
    nicknames: str,
    balldontlie_id: int,
    *,
    espn: str = "",
    reference: str = "",
    others: tuple[str, ...] = (),
) -> Team:
    """A team whose ESPN and Basketball-Reference codes are the NBA's unless given."""
    words = tuple(nicknames.split("|"))
    return Team(
        abbr, _NBA_TEAM_ID_BASE + id_suffix, name, words, espn or abbr, reference or abbr, balldontlie_id, others
    )


TEAMS: tuple[Team, ...] = (
    _team("ATL", 737, "Atlanta Hawks", "hawks", 1),
    _team("BOS", 738, "Boston Celtics", "celtics", 2),
    _team("BKN", 751, "Brooklyn Nets", "nets", 3, reference="BRK", others=("NJN",)),
    _team("CHA", 766, "Charlotte Hornets", "hornets", 4, reference="CHO"),
    _team("CHI", 741, "Chicago Bulls", "bulls", 5),
    _team("CLE", 739, "Cleveland Cavaliers", "cavaliers", 6),
    _team("DAL", 742, "Dallas Mavericks", "mavericks", 7),
    _team("DEN", 743, "Denver Nuggets", "nuggets", 8),
    _team("DET", 765, "Detroit Pistons", "pistons", 9),
    _team("GSW", 744, "Golden State Warriors", "warriors", 10, espn="GS"),
    _team("HOU", 745, "Houston Rockets", "rockets", 11),
    _team("IND", 754, "Indiana Pacers", "pacers", 12),
    _team("LAC", 746, "LA Clippers", "clippers", 13, others=("Los Angeles Clippers",)),
    _team("LAL", 747, "Los Angeles Lakers", "lakers", 14, others=("LA Lakers", "L.A. Lakers")),
    _team("MEM", 763, "Memphis Grizzlies", "grizzlies", 15),
    _team("MIA", 748, "Miami Heat", "heat", 16),
    _team("MIL", 749, "Milwaukee Bucks", "bucks", 17),
    _team("MIN", 750, "Minnesota Timberwolves", "timberwolves", 18),
    _team("NOP", 740, "New Orleans Pelicans", "pelicans", 19, espn="NO"),
    _team("NYK", 752, "New York Knicks", "knicks", 20, espn="NY"),
    _team("OKC", 760, "Oklahoma City Thunder", "thunder", 21),
    _team("ORL", 753, "Orlando Magic", "magic", 22),
    _team("PHI", 755, "Philadelphia 76ers", "76ers|sixers", 23),
    _team("PHX", 756, "Phoenix Suns", "suns", 24, reference="PHO"),
    _team("POR", 757, "Portland Trail Blazers", "trail blazers|blazers", 25),
    _team("SAC", 758, "Sacramento Kings", "kings", 26),
    _team("SAS", 759, "San Antonio Spurs", "spurs", 27, espn="SA"),
    _team("TOR", 761, "Toronto Raptors", "raptors", 28),
    _team("UTA", 762, "Utah Jazz", "jazz", 29, espn="UTAH"),
    _team("WAS", 764, "Washington Wizards", "wizards", 30, espn="WSH"),
)

TEAM_ABBRS: tuple[str, ...] = tuple(sorted(team.abbr for team in TEAMS))
ABBR_BY_NBA_TEAM_ID: dict[int, str] = {team.nba_team_id: team.abbr for team in TEAMS}
NBA_TEAM_ID_BY_ABBR: dict[str, int] = {team.abbr: team.nba_team_id for team in TEAMS}
ABBR_BY_BALLDONTLIE_ID: dict[int, str] = {team.balldontlie_id: team.abbr for team in TEAMS}
FULL_NAME_BY_ABBR: dict[str, str] = {team.abbr: team.full_name for team in TEAMS}

NON_LEAGUE_CODES = frozenset(
    {
        "EST", "WST", "CHK", "SHQ", "KEN", "CAN", "GIA", "DUR", "LEB", "PAU", "TAM", "JAL", "DRN", "JAS", "IAH", "BAR",
        "LBN", "MEL", "SEM", "ADL", "MRC", "NZB", "RMD", "ULM", "GUA", "MRA",
    }
)  # fmt: skip
"""Codes of All-Star sides and preseason guests; they never belong to a counted game."""


def _fold(spelling: str) -> str:
    return " ".join(spelling.split()).upper()


def _spellings(team: Team) -> tuple[str, ...]:
    codes = (team.abbr, team.espn_abbr, team.basketball_reference_abbr)
    return (*codes, team.full_name, *team.nicknames, *team.other_spellings)


_ABBR_BY_SPELLING: dict[str, str] = {_fold(text): team.abbr for team in TEAMS for text in _spellings(team)}


def abbr_of(spelling: object) -> str | None:
    """Tricode of one spelling, None when it is not one team of the league."""
    return _ABBR_BY_SPELLING.get(_fold(spelling)) if isinstance(spelling, str) else None


def team_abbr(spellings: pd.Series) -> pd.Series:
    """Tricode of every spelling, missing where it is unknown."""
    return map_uniques(spellings, abbr_of, STRING_DTYPE)


def is_non_league_code(spellings: pd.Series) -> pd.Series:
    """Whether the spelling is the code of an All-Star side or a preseason guest."""
    return spellings.astype("object").isin(NON_LEAGUE_CODES)
