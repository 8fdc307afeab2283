"""Two real games as hand-made frames: box lines and a play-by-play that tells the same story.

Every line states the expected ratios; play-by-play events are generated from the line's zones, so that a shot of a
zone is a shot of that zone and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from nba_pipeline_tests.analytics import builders as b

FEET = {"paint": 3, "mid": 15, "three": 25}
VALUE = {"paint": 2, "mid": 2, "three": 3}


@dataclass(frozen=True)
class Line:
    """One box line: shooting as (made, attempted), zones likewise, makes off a pass and on his own."""

    lookup: str
    team: str
    starter: bool
    seconds: int
    points: int
    fg: tuple[int, int]
    three_pt: tuple[int, int]
    ft: tuple[int, int]
    turnovers: int
    usage: float | None
    ts: float | None
    efg: float | None
    paint: tuple[int, int]
    mid: tuple[int, int]
    three: tuple[int, int]
    assisted: tuple[int, int]
    and_ones: int = 0
    plus_minus: int = 0


def _line(text: str) -> Line:
    """`lookup team T|F seconds pts fg 3p ft tov usage ts efg paint mid three ast/un and1 [+/-]`, `-` for none."""
    words = text.split()
    pair = lambda word, sep="-": tuple(int(part) for part in word.split(sep))  # noqa: E731
    ratio = lambda word: None if word == "NULL" else float(word)  # noqa: E731
    return Line(
        words[0],
        words[1],
        words[2] == "T",
        int(words[3]),
        int(words[4]),
        pair(words[5]),
        pair(words[6]),
        pair(words[7]),
        int(words[8]),
        *(ratio(word) for word in words[9:12]),
        *(pair(word) for word in words[12:15]),
        pair(words[15], "/"),
        int(words[16]),
        int(words[17]) if len(words) > 17 else 0,
    )  # type: ignore[arg-type]


NYK_AT_PHI = tuple(
    _line(text)
    for text in """
joshhart NYK T 2965 10 4-9 0-3 2-3 3 0.130393 0.484496 0.444444 4-4 0-2 0-3 2/2 1
jalenbrunson NYK T 2728 38 14-22 3-6 7-9 5 0.329406 0.731895 0.704545 5-7 6-9 3-6 4/10 0
oganunoby NYK T 2670 17 6-16 3-10 2-2 2 0.205242 0.503555 0.46875 3-4 0-2 3-10 5/1 0
mikalbridges NYK T 2608 23 9-19 5-10 0-0 1 0.222586 0.605263 0.605263 4-6 0-3 5-10 8/1 0
preciousachiuwa NYK F 1807 10 4-6 0-0 2-4 1 0.140709 0.64433 0.666667 4-6 0-0 0-0 2/2 0
jerichosims NYK T 1366 8 3-5 0-0 2-4 1 0.164887 0.591716 0.6 3-4 0-1 0-0 1/2 0
milesmcbride NYK F 1308 13 4-5 3-4 2-2 0 0.13048 1.105442 1.1 1-1 0-0 3-4 4/0 0
cameronpayne NYK F 448 6 2-4 2-4 0-0 0 0.259153 0.75 0.75 0-0 0-0 2-4 2/0 0
tyresemaxey PHI T 2736 33 13-32 2-9 5-5 4 0.403042 0.482456 0.4375 9-19 2-4 2-9 6/7 1
kellyoubrejr PHI T 2724 16 7-11 1-3 1-1 2 0.142428 0.699301 0.681818 6-8 0-0 1-3 6/1 1
paulgeorge PHI T 2607 26 9-20 3-8 5-5 3 0.279038 0.585586 0.525 4-6 2-6 3-8 4/5 1
guerschonyabusele PHI T 2295 9 4-8 1-4 0-0 2 0.125783 0.5625 0.5625 3-4 0-0 1-4 4/0 0
justinedwards PHI F 2118 10 4-6 2-4 0-0 0 0.081776 0.833333 0.833333 1-1 1-1 2-4 2/2 0
ericgordon PHI T 1271 14 4-6 3-5 3-3 0 0.166253 0.956284 0.916667 1-1 0-0 3-5 3/1 0
adembona PHI F 885 2 1-1 0-0 0-0 1 0.065236 1 1 1-1 0-0 0-0 0/1 0
jeffdowtinjr PHI F 861 7 3-6 1-2 0-0 0 0.201164 0.583333 0.583333 0-1 2-3 1-2 1/2 0
rickycounciliv PHI F 403 2 1-2 0-0 0-0 0 0.143261 0.5 0.5 1-2 0-0 0-0 1/0 0
""".strip().splitlines()
)
NYK_AT_PHI_GAME = b.game("0022400561", "2025-01-15", "NYK", "PHI", (125, 119), tip_off_at="2025-01-16T00:00:00Z")
NYK_AT_PHI_UNUSED = {
    "NYK": ("arielhukporti", "tylerkolek", "mattryan", "landryshamet", "jacobtoppin"),
    "PHI": ("andredrummond", "reggiejackson", "petenance"),
}
BLOCKS = {"preciousachiuwa": 3, "kellyoubrejr": 1, "tyresemaxey": 1}

# Players whose lines matter here, and one line per team that stands for everybody else.
MIN_AT_NYK = tuple(
    _line(text)
    for text in """
jalenbrunson NYK T 2460 16 5-23 1-9 5-5 2 0.278551 0.31746 0.23913 1-6 3-8 1-9 2/3 1 16
juliusrandle NYK T 2160 39 14-24 2-6 9-13 6 0.416608 0.656124 0.625 8-12 4-6 2-6 4/10 1 2
oganunoby NYK T 2100 17 7-12 3-6 0-0 1 0.155953 0.708333 0.708333 4-5 0-1 3-6 7/0 0 19
preciousachiuwa NYK F 540 0 0-2 0-0 0-0 0 0.093305 0 0 0-2 0-0 0-0 0/0 0 -3
tajgibson NYK F 0 0 0-0 0-0 0-0 0 NULL NULL NULL 0-0 0-0 0-0 0/0 0 -1
everybodyelsenyk NYK F 7140 40 13-28 6-13 8-10 4 NULL NULL NULL 7-12 0-3 6-13 5/8 0 0
anthonyedwards MIN T 2280 35 11-21 4-9 9-10 4 0.366466 0.688976 0.619048 7-11 0-1 4-9 5/6 2 2
troybrownjr MIN F 360 0 0-0 0-0 0-0 1 0.078944 NULL NULL 0-0 0-0 0-0 0/0 0 -15
everybodyelsemin MIN F 11820 71 25-55 7-19 14-19 8 NULL NULL NULL 14-26 4-10 7-19 9/16 0 0
""".strip().splitlines()
)
MIN_AT_NYK_GAME = b.game("0022300451", "2024-01-01", "MIN", "NYK", (106, 112), tip_off_at="2024-01-01T20:00:00Z")


def player_id(lookup: str) -> int:
    """An id of the player that is stable and unique among the golden lines."""
    return 1_000 + sorted({line.lookup for line in (*NYK_AT_PHI, *MIN_AT_NYK)}).index(lookup)


def box_rows(lines: tuple[Line, ...], day: str) -> list[dict[str, object]]:
    """Rows of raw.nbac_player_boxscores."""
    return [
        b.player_row(
            day,
            line.team,
            line.lookup,
            "active",
            nba_player_id=player_id(line.lookup),
            is_starter=line.starter,
            seconds_played=line.seconds,
            points=line.points,
            field_goals_made=line.fg[0],
            field_goals_attempted=line.fg[1],
            three_pointers_made=line.three_pt[0],
            three_pointers_attempted=line.three_pt[1],
            free_throws_made=line.ft[0],
            free_throws_attempted=line.ft[1],
            turnovers=line.turnovers,
            plus_minus=line.plus_minus,
            blocks=BLOCKS.get(line.lookup, 0),
        )
        for line in lines
    ]


def play_by_play(lines: tuple[Line, ...], nba_game_id: str, blocks: dict[str, int] | None = None) -> pd.DataFrame:
    """Events that give every line its zones, passes, free throws and and-ones; blocks hit missed paint shots."""
    script = b.Script(nba_game_id)
    waiting = {team: [] for team in {line.team for line in lines}}
    for lookup, number in (blocks or {}).items():
        own = next(line.team for line in lines if line.lookup == lookup)
        other = next(team for team in waiting if team != own)
        waiting[other] += [player_id(lookup)] * number
    for line in lines:
        _play(script, line, waiting[line.team])
    return script.frame()


def _play(script: b.Script, line: Line, blockers: list[int]) -> None:
    player, assisted, and_ones = player_id(line.lookup), line.assisted[0], line.and_ones
    free_made = line.ft[0]
    for zone in ("paint", "mid", "three"):
        made, attempted = getattr(line, zone)
        for number in range(attempted):
            is_made = number < made
            passer = 1 if is_made and assisted > 0 else None
            blocker = blockers.pop() if zone == "paint" and not is_made and blockers else None
            assisted -= passer is not None
            script.shot(
                line.team,
                player,
                VALUE[zone],
                made=is_made,
                feet=FEET[zone],
                assist_player_id=passer,
                block_player_id=blocker,
            )
            if is_made and and_ones > 0:
                script.and_one(line.team, player, made=free_made > 0)
                and_ones, free_made = and_ones - 1, free_made - (free_made > 0)
    for number in range(line.ft[1] - line.and_ones):
        script.free_throw(line.team, player, made=number < free_made)
