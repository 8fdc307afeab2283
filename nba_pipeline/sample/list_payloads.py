"""Lists that do not belong to one game: player index, team rosters with birth dates, officials of a date.

Does NOT belong here: games, odds.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from nba_pipeline.landing.grammar import season_name
from nba_pipeline.sample.clubs import Club
from nba_pipeline.sample.events import ScheduledGame
from nba_pipeline.sample.league import League
from nba_pipeline.sample.names import official_names
from nba_pipeline.sample.players import BIG_POSITIONS, Player
from nba_pipeline.sample.season import SEASON_YEAR, new_york_instant
from nba_pipeline.sample.writer import SampleWriter

FIRST_OFFICIAL_CODE = 980001
POSITION_NAMES = {
    "PG": "Point Guard",
    "SG": "Shooting Guard",
    "SF": "Small Forward",
    "PF": "Power Forward",
    "C": "Center",
}
INDEX_HEADERS = (
    "PERSON_ID", "PLAYER_LAST_NAME", "PLAYER_FIRST_NAME", "PLAYER_SLUG", "TEAM_ID", "TEAM_SLUG", "TEAM_CITY",
    "TEAM_NAME", "TEAM_ABBREVIATION", "JERSEY_NUMBER", "POSITION", "HEIGHT", "WEIGHT", "COLLEGE", "COUNTRY",
    "DRAFT_YEAR", "DRAFT_ROUND", "DRAFT_NUMBER", "ROSTER_STATUS", "FROM_YEAR", "TO_YEAR",
)  # fmt: skip

Crew = list[tuple[int, str]]


def write_lists(writer: SampleWriter, league: League) -> None:
    """Land player index and rosters on the first played date and on the last one, after the trade."""
    first, last = league.season.played_dates[0], league.season.played_dates[-1]
    for day, rosters in ((first, league.rosters), (last, league.rosters_after)):
        writer.payload(
            "nba_player_index", day, season_name(SEASON_YEAR), new_york_instant(day, 6), _index(league.clubs, rosters)
        )
        for abbr, club in league.clubs.items():
            document = _roster(club, rosters[abbr], day)
            writer.payload("espn_roster", day, abbr, new_york_instant(day, 8), document)


def crew_of(seed: int, game: ScheduledGame) -> Crew:
    """Three officials of a game: code and name."""
    names = official_names()
    numbers = Random(f"officials {seed} {game.nba_game_id}").sample(range(len(names)), 3)
    return [(FIRST_OFFICIAL_CODE + number, names[number]) for number in numbers]


def assigned_games(league: League) -> dict[date, list[ScheduledGame]]:
    """Date -> games with a crew; the moved game is still listed on its first date, as the feed does."""
    assigned: dict[date, list[ScheduledGame]] = {day: [] for day in league.season.played_dates}
    for game in league.season.final_games:
        assigned[game.game_date].append(game)
        if game.original_date:
            assigned[game.original_date].append(game)
    return assigned


def write_officials(writer: SampleWriter, league: League, seed: int) -> None:
    """Land the crews of the dates that have payloads."""
    days = {game.game_date for game in league.season.final_games if game.has_payloads}
    for day, games in assigned_games(league).items():
        if day in days:
            rows = [_assignment(game, day, crew_of(seed, game)) for game in games]
            document = {"nba": {"Table": {"rows": rows}, "Table1": {"rows": []}}}
            writer.payload("nba_referees", day, "all", new_york_instant(day, 10), document)


def _assignment(game: ScheduledGame, day: date, crew: Crew) -> dict[str, Any]:
    row: dict[str, Any] = {
        "game_id": game.nba_game_id,
        "game_date": f"{day:%m/%d/%Y}",
        "season": f"2{SEASON_YEAR}",
        "game_code": f"{day:%Y%m%d}/{game.away.abbr}{game.home.abbr}",
        "home_team_id": game.home.team_id,
        "home_team_abbr": game.home.abbr,
        "away_team_id": game.away.team_id,
        "away_team_abbr": game.away.abbr,
    }
    for place in range(1, 5):
        code, name = crew[place - 1] if place <= len(crew) else (None, None)
        jersey = str(code - FIRST_OFFICIAL_CODE + 1) if code else None
        row |= {f"official{place}": name, f"official{place}_code": code, f"official{place}_JNum": jersey}
    return row


def _index(clubs: dict[str, Club], rosters: dict[str, list[Player]]) -> dict[str, Any]:
    rows = [_index_row(clubs[abbr], player) for abbr, roster in rosters.items() for player in roster]
    return {
        "resource": "playerindex",
        "parameters": {"LeagueID": "00", "Season": season_name(SEASON_YEAR)},
        "resultSets": [{"name": "PlayerIndex", "headers": list(INDEX_HEADERS), "rowSet": rows}],
    }


def _index_row(club: Club, player: Player) -> list[Any]:
    year = player.birth_date.year + 20
    height = _height_inches(player)
    slug = player.name.lower().replace(" ", "-").replace(".", "").replace("'", "")
    return [
        player.player_id, player.family_name, player.first_name, slug, club.team_id, club.nickname.lower(),
        club.location, club.nickname, club.abbr, player.jersey, "C" if player.position == "C" else player.position[1],
        f"{height // 12}-{height % 12}", str(_weight_pounds(player)), "Simulated College", "Simuland", year,
        1 + player.rank // 8, 1 + player.rank, 1.0, str(year), str(SEASON_YEAR),
    ]  # fmt: skip


def _roster(club: Club, roster: list[Player], day: date) -> dict[str, Any]:
    team = {"id": str(club.team_id % 100), "abbreviation": club.espn_abbr, "displayName": club.full_name}
    return {"team": team | {"athletes": [_athlete(player, day) for player in roster]}}


def _athlete(player: Player, day: date) -> dict[str, Any]:
    return {
        "id": str(player.espn_id),
        "firstName": player.first_name,
        "lastName": player.family_name,
        "fullName": player.name,
        "weight": float(_weight_pounds(player)),
        "height": float(_height_inches(player)),
        "age": (day - player.birth_date) // timedelta(days=365.25),
        "dateOfBirth": f"{player.birth_date.isoformat()}T07:00Z",
        "jersey": player.jersey,
        "position": {"displayName": POSITION_NAMES[player.position], "abbreviation": player.position},
        "injuries": [],
        "experience": {"years": max(0, SEASON_YEAR - player.birth_date.year - 20)},
        "status": {"name": "Active"},
    }


def _height_inches(player: Player) -> int:
    return (80 if player.position in BIG_POSITIONS else 75) + player.player_id % 4


def _weight_pounds(player: Player) -> int:
    return (235 if player.position in BIG_POSITIONS else 198) + player.player_id % 20
