"""The sentences of the play-by-play, in the words of the league's feed.

The archive form of a play-by-play says the kind of a shot and its distance only here.
Does NOT belong here: counting.
"""

from __future__ import annotations

import math

from nba_pipeline.sample.events import Line, TeamBox
from nba_pipeline.sample.shots import Shot


def made_shot(line: Line, shot: Shot, passer: Line) -> str:
    """`A. Birchfen 12' pullup Jump Shot (14 PTS) (B. Rowanlow 3 AST)`; the shooter as passer means no assist."""
    text = f"{line.player.short_name} {_what(shot, 'Jump Shot')} ({line.points} PTS)"
    return text if passer is line else f"{text} ({passer.player.short_name} {passer.assists} AST)"


def missed_shot(line: Line, shot: Shot, is_blocked: bool) -> str:
    """`MISS A. Birchfen 25' 3PT`, with ` - blocked` when it was."""
    return f"MISS {line.player.short_name} {_what(shot, 'Shot')}{' - blocked' if is_blocked else ''}"


def free_throw(line: Line, subtype: str, is_made: bool, descriptor: str) -> str:
    """`A. Birchfen Free Throw 1 of 2 (3 PTS)`."""
    text = f"{line.player.short_name} {descriptor + ' ' if descriptor else ''}Free Throw {subtype}"
    return f"{text} ({line.points} PTS)" if is_made else f"MISS {text}"


def rebound(line: Line) -> str:
    """`A. Birchfen REBOUND (Off:1 Def:4)`."""
    return f"{line.player.short_name} REBOUND (Off:{line.offensive_rebounds} Def:{line.defensive_rebounds})"


def foul(line: Line, kind: str) -> str:
    """`A. Birchfen shooting personal FOUL (2 PF)`."""
    return f"{line.player.short_name} {kind} FOUL ({line.personal_fouls} PF)"


def turnover(line: Line, kind: str) -> str:
    """`A. Birchfen bad pass TURNOVER (2 TO)`."""
    return f"{line.player.short_name} {kind} TURNOVER ({line.turnovers} TO)"


def team_turnover(box: TeamBox) -> str:
    """`NYK shot clock Team TURNOVER`."""
    return f"{box.club.abbr} shot clock Team TURNOVER"


def counted(line: Line, word: str, count: int, unit: str) -> str:
    """`A. Birchfen STEAL (1 STL)`."""
    return f"{line.player.short_name} {word} ({count} {unit})"


def _what(shot: Shot, jump_shot: str) -> str:
    noun = "3PT" if shot.value == 3 else jump_shot if shot.subtype == "Jump Shot" else shot.subtype
    distance = f"{math.floor(shot.distance)}'" if shot.prints_distance else ""
    words = (distance, noun, shot.descriptor) if shot.value == 3 else (distance, shot.descriptor, noun)
    return " ".join(word for word in words if word)
