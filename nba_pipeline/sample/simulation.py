"""One simulated game, possession by possession: every box number is counted where its event is written.

Rates are per possession or per attempt and give about 100 possessions and 113 points a team.
Does NOT belong here: clock and substitutions, who is available, file formats.
"""

from __future__ import annotations

from random import Random

from nba_pipeline.sample import shots, wording
from nba_pipeline.sample.court import Court
from nba_pipeline.sample.events import QUARTERS, GameResult, Line, ScheduledGame

TURNOVER_RATE = 0.128
TEAM_TURNOVER_SHARE = 0.055
STEAL_SHARE = 0.60
OFFENSIVE_FOUL_SHARE = 0.30  # of the turnovers without a steal
FAST_BREAK_SHARES = {"steal": 0.55, "rebound": 0.12}
COMMON_FOUL_RATE = 0.085
TECHNICAL_RATE = 0.0014
PENALTY_FOULS = 5  # team fouls of a period from which every foul gives free throws
FOUL_LIMIT = 5
BASE_ACCURACY = {"rim": 0.605, "mid_range": 0.43}
ASSIST_RATES = {"three": 0.95, "rim": 0.72, "mid_range": 0.56}  # of the makes; a fifth finds only the shooter
BLOCK_RATES = {"three": 0.012, "rim": 0.26, "mid_range": 0.08}  # of the misses
FOUL_RATES = {"three": 0.014, "rim": 0.195, "mid_range": 0.055}
FOULED_ACCURACY = 0.48  # factor on the accuracy of a fouled shooter
OFFENSIVE_REBOUND_SHARE = 0.255
FREE_THROW_OFFENSIVE_REBOUND_SHARE = 0.12
TEAM_REBOUND_SHARE = 0.09
POINT_OF_MARGIN = 0.0051  # accuracy that is worth one point a game
FORM_ACCURACY = 0.010  # standard deviation of a team's accuracy from night to night

LEAD_EASE = 0.0012  # accuracy lost per point of lead: leaders rest, trailing teams press

Turn = tuple[int, tuple[str, ...]]  # side that has the ball, qualifiers of its points


class GameSimulation:
    """Plays one game on a court; `margin` is the expected margin of the home team in points."""

    def __init__(self, rng: Random, game: ScheduledGame, court: Court, margin: float) -> None:
        self._rng, self._game, self._court = rng, game, court
        edge = margin / 2 * POINT_OF_MARGIN
        self._bonus = (edge + rng.gauss(0, FORM_ACCURACY), -edge + rng.gauss(0, FORM_ACCURACY))

    def play(self) -> GameResult:
        """Play quarters and, while the score is level, overtimes."""
        while not self._court.is_over:
            self._play_period()
        self._court.close_game()
        return GameResult(self._game, self._court.boxes, self._court.events, self._court.period)

    def _play_period(self) -> None:
        court = self._court
        court.open_period()
        turn: Turn = (self._rng.randrange(2) if court.period == 1 else court.period % 2, ())
        if court.period == 1 or court.period > QUARTERS:
            self._jump_ball(turn[0])
        while (used := self._seconds_of(turn[1])) < court.clock:
            court.run(used)
            turn = self._possession(*turn)
            court.substitute()
        court.close_period()

    def _jump_ball(self, side: int) -> None:
        rotations = self._court.rotations
        tall = [max(rotation.on_court, key=lambda line: line.player.block_weight) for rotation in rotations]
        catcher = rotations[side].on_court[0]
        text = f"Jump Ball {tall[0].player.short_name} vs. {tall[1].player.short_name}: Tip to "
        self._court.write("jumpball", "recovered", side, catcher, text + catcher.player.short_name)

    def _seconds_of(self, qualifiers: tuple[str, ...]) -> int:
        if "fastbreak" in qualifiers:
            return self._rng.randint(3, 7)
        if "2ndchance" in qualifiers:
            return self._rng.randint(2, 9)
        return round(self._rng.triangular(5, 22.5, 13.2))

    def _possession(self, side: int, qualifiers: tuple[str, ...]) -> Turn:
        roll = self._rng.random()
        if roll < TECHNICAL_RATE:
            self._technical(side)
            return side, qualifiers
        if roll < TURNOVER_RATE:
            return self._turnover(side)
        if roll < TURNOVER_RATE + COMMON_FOUL_RATE:
            return self._common_foul(side, qualifiers)
        return self._attempt(side, qualifiers)

    # Shots

    def _attempt(self, side: int, qualifiers: tuple[str, ...]) -> Turn:
        line = self._court.rotations[side].pick("shot_weight")
        zone, shot, accuracy = self._choose_shot(line)
        lead = self._court.score[side] - self._court.score[1 - side]
        accuracy += self._bonus[side] - LEAD_EASE * lead
        is_fouled = self._rng.random() < FOUL_RATES[zone]
        is_made = self._rng.random() < accuracy * (FOULED_ACCURACY if is_fouled else 1)
        if is_fouled and not is_made:
            self._foul(1 - side, line, "shooting", free_throws=shot.value)
            return self._free_throws(side, line, shot.value, qualifiers)
        words = (*qualifiers, "pointsinthepaint") if shot.is_lane else qualifiers
        line.field_goals_attempted += 1
        line.three_pointers_attempted += shot.value == 3
        if not is_made:
            return self._miss(side, line, shot, words, self._rng.random() < BLOCK_RATES[zone])
        self._make(side, line, shot, words, self._rng.random() < ASSIST_RATES[zone])
        if is_fouled:
            self._foul(1 - side, line, "shooting", free_throws=1)
            return self._free_throws(side, line, 1, qualifiers)
        return 1 - side, ()

    def _choose_shot(self, line: Line) -> tuple[str, shots.Shot, float]:
        player, roll = line.player, self._rng.random()
        if roll < player.three_share:
            return "three", shots.three(self._rng), player.three_accuracy
        if roll < player.three_share + player.rim_share:
            return "rim", shots.rim(self._rng), BASE_ACCURACY["rim"] + player.two_bonus
        return "mid_range", shots.mid_range(self._rng), BASE_ACCURACY["mid_range"] + player.two_bonus

    def _make(self, side: int, line: Line, shot: shots.Shot, words: tuple[str, ...], is_assisted: bool) -> None:
        passer = self._court.rotations[side].pick("pass_weight") if is_assisted else line
        line.field_goals_made += 1
        line.three_pointers_made += shot.value == 3
        self._court.credit_points(side, line, shot.value, words)
        passer.assists += passer is not line
        event = self._court.write(
            f"{shot.value}pt", shot.subtype, side, line, wording.made_shot(line, shot, passer), words
        )
        event.is_made, event.shot = True, shot
        event.assist = passer.player if passer is not line else None

    def _miss(self, side: int, line: Line, shot: shots.Shot, words: tuple[str, ...], is_blocked: bool) -> Turn:
        text = wording.missed_shot(line, shot, is_blocked)
        event = self._court.write(f"{shot.value}pt", shot.subtype, side, line, text, words)
        event.is_made, event.shot = False, shot
        if is_blocked:
            blocker = self._court.rotations[1 - side].pick("block_weight")
            blocker.blocks += 1
            event.block = blocker.player
            text = wording.counted(blocker, "BLOCK", blocker.blocks, "BLK")
            self._court.write("block", "", 1 - side, blocker, text)
        return self._rebound(side, OFFENSIVE_REBOUND_SHARE)

    # Free throws and rebounds

    def _free_throws(self, side: int, line: Line, count: int, qualifiers: tuple[str, ...]) -> Turn:
        for number in range(1, count + 1):
            if self._free_throw(side, line, f"{number} of {count}", qualifiers):
                continue
            if number == count:
                return self._rebound(side, FREE_THROW_OFFENSIVE_REBOUND_SHARE)
            self._court.write("rebound", "offensive", side, None, "TEAM offensive REBOUND", ("deadball", "team"))
        return 1 - side, ()

    def _free_throw(self, side: int, line: Line, subtype: str, words: tuple[str, ...], descriptor: str = "") -> bool:
        is_made = self._rng.random() < line.player.free_throw_accuracy
        line.free_throws_attempted += 1
        line.free_throws_made += is_made
        if is_made:
            self._court.credit_points(side, line, 1, words)
        text = wording.free_throw(line, subtype, is_made, descriptor)
        event = self._court.write("freethrow", subtype, side, line, text, words)
        event.is_made, event.descriptor = is_made, descriptor
        return is_made

    def _rebound(self, side: int, offensive_share: float) -> Turn:
        is_offensive = self._rng.random() < offensive_share
        owner = side if is_offensive else 1 - side
        word = "offensive" if is_offensive else "defensive"
        if self._rng.random() < TEAM_REBOUND_SHARE:
            self._court.boxes[owner].team_rebounds += 1
            self._court.write("rebound", word, owner, None, f"TEAM {word} REBOUND", ("team",))
        else:
            line = self._court.rotations[owner].pick(f"{word}_rebound_weight")
            line.offensive_rebounds += is_offensive
            line.defensive_rebounds += not is_offensive
            self._court.write("rebound", word, owner, line, wording.rebound(line))
        if is_offensive:
            return owner, ("2ndchance",)
        return owner, ("fastbreak",) if self._rng.random() < FAST_BREAK_SHARES["rebound"] else ()

    # Fouls and turnovers

    def _foul(self, side: int, drawn: Line, descriptor: str, free_throws: int = 0) -> None:
        line = self._court.rotations[side].pick("foul_weight")
        if line.personal_fouls >= FOUL_LIMIT:
            line = min(self._court.rotations[side].on_court, key=lambda other: other.personal_fouls)
        line.personal_fouls += 1
        self._court.fouls[side] += 1
        suffix = f" ({drawn.player.family_name} {free_throws} FT)" if free_throws else ""
        text = wording.foul(line, f"{descriptor} personal".strip()) + suffix
        words = (f"{free_throws}freethrow",) if free_throws else ()
        event = self._court.write("foul", "personal", side, line, text, words)
        event.drawn, event.descriptor = drawn.player, descriptor

    def _common_foul(self, side: int, qualifiers: tuple[str, ...]) -> Turn:
        drawn = self._court.rotations[side].pick("shot_weight")
        has_penalty = self._court.fouls[1 - side] + 1 >= PENALTY_FOULS
        self._foul(1 - side, drawn, "", free_throws=2 if has_penalty else 0)
        return self._free_throws(side, drawn, 2, qualifiers) if has_penalty else (side, qualifiers)

    def _technical(self, side: int) -> None:
        line = self._court.rotations[1 - side].pick("foul_weight")
        line.technical_fouls += 1
        text = f"{line.player.short_name} technical FOUL ({line.technical_fouls} Tech)"
        self._court.write("foul", "technical", 1 - side, line, text, ("1freethrow",))
        five = self._court.rotations[side].on_court
        shooter = max(five, key=lambda other: other.player.free_throw_accuracy)
        self._free_throw(side, shooter, "1 of 1", (), "technical")

    def _turnover(self, side: int) -> Turn:
        if self._rng.random() < TEAM_TURNOVER_SHARE:
            box = self._court.boxes[side]
            box.team_turnovers += 1
            self._court.write("turnover", "shot clock", side, None, wording.team_turnover(box), ("team",))
            return 1 - side, ()
        line = self._court.rotations[side].pick("turnover_weight")
        line.turnovers += 1
        if self._rng.random() < STEAL_SHARE:
            return self._steal(side, line)
        if self._rng.random() < OFFENSIVE_FOUL_SHARE and line.personal_fouls < FOUL_LIMIT:
            line.personal_fouls += 1
            event = self._court.write("foul", "offensive", side, line, wording.foul(line, "offensive"))
            event.drawn = self._court.rotations[1 - side].pick("steal_weight").player
            kind = "offensive foul"
        else:
            kind = self._rng.choice(("traveling", "out-of-bounds", "bad pass"))
        self._court.write("turnover", kind, side, line, wording.turnover(line, kind))
        return 1 - side, ("fromturnover",)

    def _steal(self, side: int, line: Line) -> Turn:
        thief = self._court.rotations[1 - side].pick("steal_weight")
        thief.steals += 1
        kind = self._rng.choice(("bad pass", "lost ball"))
        self._court.write("turnover", kind, side, line, wording.turnover(line, kind)).steal = thief.player
        self._court.write("steal", "", 1 - side, thief, wording.counted(thief, "STEAL", thief.steals, "STL"))
        is_fast = self._rng.random() < FAST_BREAK_SHARES["steal"]
        return 1 - side, ("fromturnover", "fastbreak") if is_fast else ("fromturnover",)
