"""Who is listed for a game and in which state: dressed, scratched, injured, assigned elsewhere, just traded.

Does NOT belong here: minutes, events.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from random import Random

from nba_pipeline.sample.events import Line, ScheduledGame
from nba_pipeline.sample.players import Player
from nba_pipeline.sample.season import Season

DRESSED = 13
INJURY_RATE = 0.035  # per healthy player and game
MAX_INJURED = 4
LATE_SCRATCH_SHARE = 0.35  # of the first games of an injury: dressed, did not play
INJURIES = (
    "Left Ankle; Sprain", "Right Knee; Soreness", "Left Hamstring; Strain", "Lower Back; Spasms",
    "Right Foot; Contusion", "Illness; Illness",
)  # fmt: skip
TRADED_RANK = 6
TRADE_SHARE = 0.5  # the trade happens at this part of the played dates
NEW_TEAM_PLACE = 5


@dataclass(frozen=True)
class Trade:
    """A player changes team on a date on which both teams play, in two different games."""

    player: Player
    old_team: str
    new_team: str
    first_game_id: str  # of the new team; the trade day's game of the old team follows from the date
    game_ids: frozenset[str]  # of the trade day: he is listed inactive in both

    @property
    def player_after(self) -> Player:
        """The player with the shirt of the new team."""
        return replace(self.player, jersey="00")


def plan_trade(season: Season, rosters: dict[str, list[Player]], rng: Random) -> Trade:
    """The trade of the sample: the sixth man of the first team that can be paired on the chosen date."""
    day = season.played_dates[round(TRADE_SHARE * len(season.played_dates))]
    games = [game for game in season.final_games if game.game_date == day]
    old_game, new_game = rng.sample(games, 2)
    player = rosters[old_game.home.abbr][TRADED_RANK]
    ids = frozenset((old_game.nba_game_id, new_game.nba_game_id))
    return Trade(player, old_game.home.abbr, new_game.home.abbr, new_game.nba_game_id, ids)


class Availability:
    """Lists of players game by game; games must be asked for in order of date."""

    def __init__(self, rosters: dict[str, list[Player]], trade: Trade, rng: Random) -> None:
        self._rosters = {abbr: list(roster) for abbr, roster in rosters.items()}
        self._trade, self._rng = trade, rng
        self._games_out: Counter[int] = Counter()
        self._injury: dict[int, str] = {}

    def roster(self, abbr: str) -> list[Player]:
        """The players of a team as of the game asked for last."""
        return list(self._rosters[abbr])

    def lines(self, game: ScheduledGame) -> tuple[list[Line], list[Line]]:
        """Empty box lines of everybody listed, home team first; available players come in order of rank."""
        home, away = (self._team_lines(game, club.abbr) for club in game.clubs)
        return home, away

    def _team_lines(self, game: ScheduledGame, abbr: str) -> list[Line]:
        trade = self._trade
        is_trade_day = game.nba_game_id in trade.game_ids
        if is_trade_day and abbr == trade.new_team:
            self._rosters[abbr].insert(NEW_TEAM_PLACE, trade.player_after)
        lines = self._states(self._rosters[abbr], trade.player.player_id if is_trade_day else 0)
        if is_trade_day and abbr == trade.old_team:
            self._rosters[abbr].remove(trade.player)
        return lines

    def _states(self, roster: list[Player], traded_id: int) -> list[Line]:
        lines, dressed = [], 0
        injured = sum(self._games_out[player.player_id] > 0 for player in roster)
        for player in roster:
            if player.player_id == traded_id:
                lines.append(Line(player, "inactive", "INACTIVE_NOT_WITH_TEAM: Trade Pending"))
                continue
            line = self._health(player, injured < MAX_INJURED)
            injured += line.status != "active"
            if line.status == "active" and (dressed == DRESSED or (player.is_two_way and dressed >= DRESSED - 1)):
                line.status = "inactive"
                line.reason = "INACTIVE_GLEAGUE_TWOWAY" if player.is_two_way else "INACTIVE_COACH"
            dressed += line.status != "inactive"
            lines.append(line)
        return lines

    def _health(self, player: Player, may_be_hurt: bool) -> Line:
        number = player.player_id
        if self._games_out[number] > 0:
            self._games_out[number] -= 1
            return Line(player, "inactive", f"INACTIVE_INJURY: {self._injury[number]}")
        if may_be_hurt and self._rng.random() < INJURY_RATE:
            self._injury[number] = self._rng.choice(INJURIES)
            self._games_out[number] = self._rng.randint(0, 6)
            is_late = self._rng.random() < LATE_SCRATCH_SHARE
            status, prefix = ("dnp", "DND_INJURY") if is_late else ("inactive", "INACTIVE_INJURY")
            return Line(player, status, f"{prefix}: {self._injury[number]}")
        return Line(player, "active")
