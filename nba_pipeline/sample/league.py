"""The whole simulated league: clubs, rosters, season, trade, and every game played in order of date.

The random numbers of a game depend on the seed and its id only. Does NOT belong here: file formats.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from nba_pipeline.sample.availability import Availability, Trade, plan_trade
from nba_pipeline.sample.clubs import Club, build_clubs
from nba_pipeline.sample.court import Court
from nba_pipeline.sample.events import GameResult, Line, ScheduledGame, TeamBox
from nba_pipeline.sample.players import Player, build_rosters
from nba_pipeline.sample.rotation import Rotation
from nba_pipeline.sample.season import Season, build_season
from nba_pipeline.sample.simulation import GameSimulation

HOME_ADVANTAGE_POINTS = 2.5
MAX_DRAWS = 500  # a league without any overtime draws its most even game again until it has one; one in twenty does

Listing = tuple[list[Line], list[Line]]  # empty lines, home team first


@dataclass(frozen=True)
class League:
    """Everything that happened, ready to be written. `rosters` and `rosters_after` are before and after the trade."""

    clubs: dict[str, Club]
    season: Season
    rosters: dict[str, list[Player]]
    rosters_after: dict[str, list[Player]]
    trade: Trade
    results: list[GameResult]


def expected_margin(game: ScheduledGame) -> float:
    """Expected points of the home team minus those of the visitor."""
    advantage = 0.0 if game.neutral_city else HOME_ADVANTAGE_POINTS
    return game.home.strength - game.away.strength + advantage


def play_league(seed: int, game_dates: int) -> League:
    """Build and play the league of a seed."""
    rng = Random(f"simulated league {seed}")
    clubs = build_clubs(rng)
    rosters = build_rosters(clubs, rng)
    season = build_season(clubs, rng, game_dates)
    trade = plan_trade(season, rosters, rng)
    availability = Availability(rosters, trade, rng)
    listings = [(game, availability.lines(game)) for game in season.final_games]
    results = [_draw(_game_rng(seed, game, 0), game, listed) for game, listed in listings]
    if not any(result.overtimes for result in results):
        place = min(range(len(results)), key=lambda place: abs(expected_margin(results[place].game)))
        results[place] = _draw_until_overtime(seed, *listings[place])
    after = {abbr: availability.roster(abbr) for abbr in clubs}
    return League(clubs, season, rosters, after, trade, results)


def _game_rng(seed: int, game: ScheduledGame, draw: int) -> Random:
    return Random(f"simulated game {seed} {game.nba_game_id} {draw}")


def _draw_until_overtime(seed: int, game: ScheduledGame, listed: Listing) -> GameResult:
    for draw in range(1, MAX_DRAWS):
        result = _draw(_game_rng(seed, game, draw), game, listed)
        if result.overtimes:
            return result
    raise ValueError(f"sample: seed {seed} gives no game with an overtime; choose another seed.")


def _draw(rng: Random, game: ScheduledGame, listed: Listing) -> GameResult:
    """Play the game once on fresh lines; dressed players without a second on the court become did-not-plays."""
    home, away = ([Line(line.player, line.status, line.reason) for line in lines] for lines in listed)
    rotations = (
        Rotation(rng, [line for line in home if line.status == "active"]),
        Rotation(rng, [line for line in away if line.status == "active"]),
    )
    court = Court(rng, (TeamBox(game.home, home), TeamBox(game.away, away)), rotations)
    result = GameSimulation(rng, game, court, expected_margin(game)).play()
    for line in (*home, *away):
        if line.status == "active" and not line.has_played:
            line.status, line.reason = "dnp", "DNP_COACH"
    return result
