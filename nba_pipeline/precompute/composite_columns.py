"""Columns of precompute.player_composite_factors, and the rules its rows obey.

Does NOT belong here: computing them.
"""

from __future__ import annotations

from nba_pipeline.precompute import player_windows, team_windows, universe
from nba_pipeline.schema import Column, Condition, Invariant, NullCeiling

CALCULATION_VERSION = "v2_4factors"
SHOT_ZONES = "nba_precompute.player_shot_zone_analysis"
MATCHUP = f"{SHOT_ZONES}, nba_precompute.team_defense_zone_analysis"
TEN_GAMES = (Condition("games_played_season", ">=", 10),)  # expected ranges hold from ten games on
WITH_SHOTS = NullCeiling(season=0.10, date=0.25)
WITH_USAGE = NullCeiling(season=0.09, date=0.26)
SIX_GAMES = NullCeiling(season=0.20, date=0.70)
ZERO_IS_NORMAL = "0 is the normal state"
ALL_FULL = "a full window is the normal state late in a season"

ZONE_WORDS = {"paint": "paint", "mid_range": "mid-range", "three_pt": "three-point"}
PENALTIES = {
    "fatigue_rest_penalty": ("15 when he played the day before, 5 after one day off, else 0.", 15),
    "fatigue_games_penalty": ("5 for every game above two in the 7 days before.", 15),
    "fatigue_minutes_penalty": ("20 for 160 minutes in the 7 days before, less down to 80 minutes.", 20),
    "fatigue_b2b_penalty": ("6 for each of at most two back-to-backs in the 14 days before.", 12),
}


def _counter(name: str, description: str, source: str, *, minimum: int = 0) -> Column:
    return Column(
        name, "INT64", description, unit="games", source=source, required=True, minimum=minimum, maximum=10,
        may_be_constant=ALL_FULL,
    )  # fmt: skip


def _penalty(name: str, description: str, maximum: float) -> Column:
    return Column(
        name, "FLOAT64", description, unit="index", source=universe.SOURCE, required=True, minimum=0,
        maximum=maximum, may_be_constant=ZERO_IS_NORMAL,
    )  # fmt: skip


def _edge(zone: str, words: str) -> Column:
    return Column(
        f"{zone}_matchup_edge",
        "FLOAT64",
        f"Effective field goal points his {words} shots gain against this defence, by his share of them; positive = "
        "good for the scorer.",
        unit="eFG percentage points",
        source=MATCHUP,
        nulls=WITH_SHOTS,
    )


def _score(
    name: str, description: str, unit: str, nulls: NullCeiling | None, limits: tuple[float, float], source: str
) -> Column:
    return Column(
        name, "FLOAT64", description, unit=unit, source=source, required=nulls is None, nulls=nulls,
        minimum=limits[0], maximum=limits[1], range_when=TEN_GAMES,
    )  # fmt: skip


def _pace(name: str, description: str) -> Column:
    return Column(
        name, "FLOAT64", description, unit="possessions/48 min", source=team_windows.SOURCE, required=True,
        minimum=88, maximum=112,
    )  # fmt: skip


def _usage(name: str, description: str, maximum: float) -> Column:
    return _score(name, description, "fraction", WITH_USAGE, (0, maximum), player_windows.SOURCE)


FATIGUE: tuple[Column, ...] = (
    *(_penalty(name, description, maximum) for name, (description, maximum) in PENALTIES.items()),
    _score(
        "fatigue_score", "100 minus the four penalties: 100 = fresh, lower = more tired.", "index 0-100", None,
        (38, 100), "computed",
    ),
    Column(
        "fatigue_adjustment", "FLOAT64", "(fatigue_score - 100) / 20; 0 = fresh, negative = tired.", unit="index",
        source="computed", required=True, minimum=-3.1, maximum=0, may_be_constant=ZERO_IS_NORMAL,
    ),
)  # fmt: skip
SHOTS: tuple[Column, ...] = (
    Column(
        "zone_games_in_sample_10", "INT64",
        "Games with play-by-play behind the shares of his shot zones; 0 without any.",
        unit="games", source=SHOT_ZONES, required=True, minimum=0, maximum=10, may_be_constant=ALL_FULL,
    ),
    *(_edge(zone, words) for zone, words in ZONE_WORDS.items()),
    _score(
        "shot_zone_mismatch_score", "Sum of the three edges, limited to 10 either way; positive = good for the scorer.",
        "eFG percentage points", WITH_SHOTS, (-10, 10), "computed",
    ),
)  # fmt: skip
PACE: tuple[Column, ...] = (
    _counter("team_games_in_sample_10", "Games behind the pace of his team.", team_windows.SOURCE, minimum=1),
    _counter("opponent_games_in_sample_10", "Games behind the pace of the opponent.", team_windows.SOURCE, minimum=1),
    _pace("team_pace_last_10", "Mean pace of his team's last 10 games."),
    _pace("opponent_pace_last_10", "Mean pace of the opponent's last 10 games."),
    _pace("league_pace_last_10", "Mean pace over the last 10 games of every team, each game of each team once."),
    _score(
        "expected_pace_vs_league", "How much faster than the league the two teams play, both added.",
        "possessions/48 min", None, (-14, 14), "computed",
    ),
    _score(
        "pace_score", "Half the expected pace above the league, limited to 3 either way; positive = a faster game.",
        "index", None, (-3, 3), "computed",
    ),
)  # fmt: skip
USAGE: tuple[Column, ...] = (
    _usage("usage_rate_last_5", "Usage rate weighted by seconds played, last 5 played games.", 0.6),
    _usage("usage_rate_season", "Usage rate weighted by seconds played, all earlier games of the season.", 0.5),
    _score(
        "usage_spike_score", "30 times the recent usage above that of the season, limited to 3 either way; NULL up to "
        "five games.", "index", SIX_GAMES, (-3, 3), "computed",
    ),
)  # fmt: skip
COLUMNS: tuple[Column, ...] = (
    *universe.PLAYER_OF_GAME,
    Column(
        "home_game", "BOOL", "Whether his team is the home team.", unit="flag", source=universe.SOURCE, required=True
    ),
    universe.games_played_column(player_windows.SOURCE),
    *FATIGUE,
    *SHOTS,
    *PACE,
    *USAGE,
    _score(
        "total_composite_adjustment", "Fatigue adjustment plus the three scores; positive = good for the scorer; NULL "
        "when one is unknown. An index, not a forecast.", "index", SIX_GAMES, (-15, 15), "computed",
    ),
    Column(
        "missing_factor_count", "INT64", "Number of unknown scores among the four.", unit="count", source="computed",
        required=True, minimum=0, maximum=4, may_be_constant="late in a season nearly every factor is known",
    ),
    Column(
        "calculation_version", "STRING", "Rules the scores were computed by.", unit="category", source="constant",
        required=True, allowed=(CALCULATION_VERSION,), may_be_constant="one set of rules at a time",
    ),
)  # fmt: skip

_TINY = "0.000000001"  # floats in a different order of addition
_EDGES = tuple(f"{zone}_matchup_edge" for zone in ZONE_WORDS)


def _equal(left: str, right: str) -> str:
    return f"abs({left} - ({right})) <= {_TINY}"


def _limited(value: str, limit: int) -> str:
    return f"least(greatest({value}, -{limit}), {limit})"


INVARIANTS: tuple[Invariant, ...] = (
    Invariant("C-03", "team_abbr <> opponent_team_abbr", "block", "A team does not play itself."),
    Invariant(
        "C-04a",
        f"{_equal('fatigue_score', '100 - ' + ' - '.join(PENALTIES))} and fatigue_score >= 38 and fatigue_score <= 100 "
        f"and {_equal('fatigue_adjustment', '(fatigue_score - 100) / 20')}",
        "error",
        "Fatigue is 100 minus the penalties, in 38..100, and its adjustment a twentieth of what is lost.",
    ),
    Invariant(
        "C-04b",
        f"{_equal('shot_zone_mismatch_score', _limited(' + '.join(_EDGES), 10))} and (shot_zone_mismatch_score is null)"
        f" = ({' or '.join(f'{edge} is null' for edge in _EDGES)})",
        "error",
        "The mismatch is the limited sum of the edges, unknown exactly when one of them is.",
    ),
    Invariant(
        "C-04c",
        f"{_equal('expected_pace_vs_league', 'team_pace_last_10 + opponent_pace_last_10 - 2 * league_pace_last_10')} "
        f"and {_equal('pace_score', _limited('expected_pace_vs_league / 2', 3))}",
        "error",
        "Pace is compared with the league's, both teams added.",
    ),
    Invariant(
        "C-04d",
        _equal("usage_spike_score", _limited("30 * (usage_rate_last_5 - usage_rate_season)", 3)),
        "error",
        "The usage spike is the limited difference from the season.",
    ),
    Invariant(
        "C-04e",
        _equal(
            "total_composite_adjustment",
            "fatigue_adjustment + shot_zone_mismatch_score + pace_score + usage_spike_score",
        )
        + " and (total_composite_adjustment is null) = (shot_zone_mismatch_score is null or usage_spike_score is null)",
        "error",
        "The total is the sum of the four, unknown when one of them is.",
    ),
    Invariant(
        "C-04f",
        "missing_factor_count = coalesce(0 * shot_zone_mismatch_score, 1) + coalesce(0 * usage_spike_score, 1)",
        "error",
        "The count of unknown factors agrees with them; fatigue and pace are always known.",
    ),
    Invariant(
        "C-05",
        "abs(shot_zone_mismatch_score) <= 10 and abs(pace_score) <= 3 and abs(usage_spike_score) <= 3 "
        "and total_composite_adjustment >= -19.100000001 and total_composite_adjustment <= 16.000000001 "
        "and (usage_spike_score is null) "
        "= (games_played_season <= 5 or usage_rate_last_5 is null or usage_rate_season is null)",
        "error",
        "Scores lie inside their ranges; a usage spike needs six games and known usage.",
    ),
)
