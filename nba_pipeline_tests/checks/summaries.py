"""Stored summaries of a real game for the reconciliation tests: NYK 125 at PHI 119 on 2025-01-15, one overtime."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from nba_pipeline_tests.analytics.golden_games import NYK_AT_PHI, Line
from nba_pipeline_tests.checks.store import GAMES, PGS, PLAY_BY_PLAY, TDGS, TDZA, TOGS, Store, sides

DAY = date(2025, 1, 15)
SCORES = {"NYK": 125, "PHI": 119}
SUMS = (
    "points", "seconds_played", "fg_makes", "fg_attempts", "three_pt_makes", "three_pt_attempts", "ft_makes",
    "ft_attempts", "assists", "turnovers", "paint_makes", "paint_attempts", "mid_range_makes", "mid_range_attempts",
    "three_makes_pbp", "three_attempts_pbp",
)  # fmt: skip
NONE_OF = ("steals", "blocks", "rebounds", "offensive_rebounds", "defensive_rebounds")

Row = dict[str, object]


def player_row(side: Mapping[str, object], line: Line) -> Row:
    """The summary row of a golden line; every pass of the team is booked on the scorer, so that sums agree."""
    return {
        **side, "player_lookup": line.lookup, "is_dnp": False, "is_active": True, "starter_flag": line.starter,
        "seconds_played": line.seconds, "minutes_played": line.seconds / 60, "points": line.points,
        "fg_makes": line.fg[0], "fg_attempts": line.fg[1], "three_pt_makes": line.three_pt[0],
        "three_pt_attempts": line.three_pt[1], "ft_makes": line.ft[0], "ft_attempts": line.ft[1],
        "turnovers": line.turnovers, "usage_rate": line.usage, "assists": line.assisted[0],
        "assisted_fg_makes": line.assisted[0], "paint_makes": line.paint[0], "paint_attempts": line.paint[1],
        "mid_range_makes": line.mid[0], "mid_range_attempts": line.mid[1], "three_makes_pbp": line.three[0],
        "three_attempts_pbp": line.three[1], "shot_zone_source": "nbac_play_by_play", **dict.fromkeys(NONE_OF, 0),
    }  # fmt: skip


def team_row(side: Mapping[str, object], players: Sequence[Row]) -> Row:
    """The offence row of a team whose sums are those of its players."""
    sums = {name: sum(int(str(player[name])) for player in players) for name in SUMS}
    team = str(side["team_abbr"])
    margin = SCORES[team] - SCORES[str(side["opponent_team_abbr"])]
    shared = {"pace": 87.722264, "overtime_periods": 1, "team_minutes": 265.0, "turnovers_source": "player_sum"}
    statistics = {name: value for name, value in sums.items() if name not in ("points", "seconds_played")}
    return {
        **side, **statistics, **dict.fromkeys(NONE_OF, 0), **shared, "points_scored": sums["points"],
        "player_turnovers": sums["turnovers"], "margin_of_victory": margin, "win_flag": margin > 0,
        "possessions": 94.56 if team == "NYK" else 99.16, "offensive_rating": 100 * sums["points"] / 95,
        "ts_pct": 0.6, "efg_pct": 0.6, "shot_zone_source": "nbac_play_by_play",
    }  # fmt: skip


def store_game(store: Store) -> None:
    """Schedule, player and offence rows of NYK at PHI, all in agreement; no event is stored."""
    store.create(PLAY_BY_PLAY)
    for side in sides(store.game(DAY, "NYK", "PHI", SCORES["NYK"], SCORES["PHI"])):
        players = [player_row(side, line) for line in NYK_AT_PHI if line.team == side["team_abbr"]]
        store.insert(PGS, *players)
        store.insert(TOGS, team_row(side, players))


def change(store: Store, table: str, values: str, where: str = "true") -> None:
    """Alter stored rows: `table` is PGS, TOGS, TDGS, TDZA or GAMES."""
    tables = {"PGS": PGS, "TOGS": TOGS, "TDGS": TDGS, "TDZA": TDZA, "GAMES": GAMES}
    store.run(f"update {tables[table].qualified_name} set {values} where {where}")
