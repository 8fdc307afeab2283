"""One row per player and processable date: where he shoots from and how well, last 10 and last 20 played games.

Source: analytics.player_game_summary, played games strictly before the date in the same season, across his teams. The
season start comes from the games read, not from reference.seasons, so that a stale season table cannot shift a date.
Gaps: the window is cut first; games in it without play-by-play are left out of every zone column. A player without a
played game this season has no row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from nba_pipeline.analytics import player_game_summary
from nba_pipeline.asof import AsOf, Flags, History, Ints, expand, ratio
from nba_pipeline.calendar import processable_dates, skip_reasons
from nba_pipeline.orchestration import season_through, season_to_date, table_asset
from nba_pipeline.precompute.primary_scoring_zone import PRIMARY_ZONE_RULE, PRIMARY_ZONES, primary_scoring_zone
from nba_pipeline.reference import games as reference_games
from nba_pipeline.schema import Column, Invariant, NullCeiling, Table, TableRows
from nba_pipeline.schema.fields import GAME_DATE, NBA_PLAYER_ID, PLAYER_LOOKUP, SEASON_YEAR, TEAM_ABBR
from nba_pipeline.schema.frames import typed_frame

SHORT_WINDOW = 10  # played games
LONG_WINDOW = 20  # played games
SOURCE = "nba_analytics.player_game_summary"
ZONE_ATTEMPTS = ("paint_attempts", "mid_range_attempts", "three_attempts_pbp")
GAME_COLUMNS = (
    "game_date",
    "season_year",
    "player_lookup",
    "nba_player_id",
    "team_abbr",
    "seconds_played",
    *ZONE_ATTEMPTS,
    "paint_makes",
    "mid_range_makes",
    "three_makes_pbp",
    "assisted_fg_makes",
    "unassisted_fg_makes",
)


def _counter(name: str, description: str, minimum: int, maximum: int) -> Column:
    return Column(
        name, "INT64", description, unit="games", source=SOURCE, required=True, minimum=minimum, maximum=maximum
    )


def _fraction(name: str, description: str, season: float, date: float) -> Column:
    nulls = NullCeiling(season=season, date=date)
    return Column(name, "FLOAT64", description, unit="fraction", source=SOURCE, nulls=nulls, minimum=0, maximum=1)


def _per_game(zone: str, words: str) -> Column:
    return Column(
        f"{zone}_attempts_per_game",
        "FLOAT64",
        f"{words} attempts per game with play-by-play, last 10 played games.",
        unit="shots",
        source=SOURCE,
        nulls=NullCeiling(season=0.01, date=0.03),
        minimum=0,
    )


TABLE = Table(
    layer="precompute",
    name="player_shot_zone_analysis",
    grain="one row per player and processable date",
    description="Every player with an earlier played game this season, whether or not his team plays that day. Zones "
    "come from play-by-play alone, threes included. Shares and percentages are pooled over the window.",
    columns=(
        replace(GAME_DATE, name="analysis_date", description="As-of date: every game used is earlier."),
        replace(PLAYER_LOOKUP, source=SOURCE),
        replace(
            NBA_PLAYER_ID,
            description="NBA person id in the newest played game; NULL where no source states it.",
            source=SOURCE,
            nulls=NullCeiling(season=0.01, date=0.05),
        ),
        SEASON_YEAR,
        replace(TEAM_ABBR, description="NBA tricode of his team in the newest played game.", source=SOURCE),
        _counter("games_in_sample_10", "Played games behind the 10-game window.", 1, SHORT_WINDOW),
        _counter("zone_games_in_sample_10", "Games of the 10-game window with play-by-play.", 0, SHORT_WINDOW),
        _counter("games_in_sample_20", "Played games behind the 20-game window.", 1, LONG_WINDOW),
        _counter("zone_games_in_sample_20", "Games of the 20-game window with play-by-play.", 0, LONG_WINDOW),
        Column(
            "total_shots_last_10",
            "INT64",
            "Field goal attempts of the zone games; 0 when he took none, NULL without a zone game.",
            unit="shots",
            source=SOURCE,
            nulls=NullCeiling(season=0.01, date=0.03),
            minimum=0,
        ),
        _fraction("paint_rate_last_10", "Share of his attempts from the paint.", 0.03, 0.06),
        _fraction("mid_range_rate_last_10", "Share of his attempts from mid-range.", 0.03, 0.06),
        _fraction("three_pt_rate_last_10", "Share of his attempts that were threes.", 0.03, 0.06),
        _fraction("paint_pct_last_10", "Share of his paint attempts that went in.", 0.08, 0.15),
        _fraction("mid_range_pct_last_10", "Share of his mid-range attempts that went in.", 0.20, 0.33),
        _fraction("three_pt_pct_last_10", "Share of his three-point attempts that went in.", 0.13, 0.20),
        _per_game("paint", "Paint"),
        _per_game("mid_range", "Mid-range"),
        _per_game("three_pt", "Three-point"),
        _fraction("paint_rate_last_20", "Share of his attempts from the paint, 20-game window.", 0.03, 0.06),
        _fraction("paint_pct_last_20", "Share of his paint attempts that went in, 20-game window.", 0.08, 0.15),
        _fraction("assisted_rate_last_10", "Share of his made field goals that were assisted.", 0.08, 0.15),
        _fraction("unassisted_rate_last_10", "Share of his made field goals that were not assisted.", 0.08, 0.15),
        Column(
            "primary_scoring_zone",
            "STRING",
            "Most used zone among paint and three from a 0.40 share and mid-range from 0.35; balanced when none "
            "reaches it, NULL without a shot.",
            unit="category",
            source="computed",
            nulls=NullCeiling(season=0.03, date=0.06),
            allowed=PRIMARY_ZONES,
        ),
    ),
    primary_key=("analysis_date", "player_lookup"),
    partition_column="analysis_date",
    cluster_by=("player_lookup",),
    row_count="players_with_earlier_game",
    invariants=(
        Invariant(
            "S-03",
            "games_in_sample_10 >= 1 and games_in_sample_10 <= 10 and games_in_sample_10 <= games_in_sample_20 "
            "and games_in_sample_20 <= 20 and zone_games_in_sample_10 >= 0 "
            "and zone_games_in_sample_10 <= games_in_sample_10 and zone_games_in_sample_20 <= games_in_sample_20 "
            "and zone_games_in_sample_10 <= zone_games_in_sample_20",
            "block",
            "The short window lies in the long one, and zone games lie in their window.",
        ),
        Invariant(
            "S-04",
            "((paint_rate_last_10 is null and mid_range_rate_last_10 is null and three_pt_rate_last_10 is null) "
            "or (paint_rate_last_10 is not null and mid_range_rate_last_10 is not null "
            "and three_pt_rate_last_10 is not null "
            "and abs(paint_rate_last_10 + mid_range_rate_last_10 + three_pt_rate_last_10 - 1) <= 0.000000001)) "
            "and ((assisted_rate_last_10 is null and unassisted_rate_last_10 is null) "
            "or (assisted_rate_last_10 is not null and unassisted_rate_last_10 is not null "
            "and abs(assisted_rate_last_10 + unassisted_rate_last_10 - 1) <= 0.000000001))",
            "error",
            "Zone shares are all unknown or sum to 1, and so are assisted and unassisted shares.",
        ),
        Invariant(
            "S-05",
            " and ".join(
                f"{share} >= 0 and {share} <= 1"
                for share in (
                    *(
                        f"{zone}_{kind}_last_10"
                        for zone in ("paint", "mid_range", "three_pt")
                        for kind in ("rate", "pct")
                    ),
                    *("paint_rate_last_20", "paint_pct_last_20", "assisted_rate_last_10", "unassisted_rate_last_10"),
                )
            )
            + " and abs(total_shots_last_10 - zone_games_in_sample_10 * (paint_attempts_per_game "
            "+ mid_range_attempts_per_game + three_pt_attempts_per_game)) <= 0.000001",
            "error",
            "Shares lie in 0..1, and attempts per game times zone games are the shots.",
        ),
        Invariant("S-06", PRIMARY_ZONE_RULE, "error", "The primary zone follows from the stored shares."),
    ),
)


@dataclass(frozen=True)
class _Window:
    """The zone games among the last n played games before each grid row."""

    grid: AsOf
    last: int
    has_zones: Flags

    def total(self, column: str) -> Ints:
        return self.grid.tally(self.grid.history.total(column, last=self.last, where=self.has_zones))

    def games(self) -> Ints:
        return self.grid.tally(self.grid.history.count(last=self.last))

    def zone_games(self) -> Ints:
        return self.grid.tally(self.grid.history.count(last=self.last, where=self.has_zones))


def transform(games: pd.DataFrame, player_games: pd.DataFrame, dates: pd.DatetimeIndex) -> TableRows:
    """Every player with an earlier played game, on every processable date of `dates`."""
    played = player_games["seconds_played"].gt(0).to_numpy(dtype=bool, na_value=False)
    history = History(player_games[played], "player_lookup")
    grid = expand(history, processable_dates(games, dates))
    has_zones = history.known(*ZONE_ATTEMPTS)
    rows = pd.DataFrame(
        {
            "analysis_date": grid.dates,
            **{name: grid.column(name) for name in ("player_lookup", "nba_player_id", "season_year", "team_abbr")},
            **_short_window(_Window(grid, SHORT_WINDOW, has_zones)),
            **_long_window(_Window(grid, LONG_WINDOW, has_zones)),
        }
    )
    return TableRows(typed_frame(TABLE, rows), skip_reasons=skip_reasons(games, dates, bootstrap=True))


def _short_window(window: _Window) -> dict[str, object]:
    paint, mid_range, three = (window.total(column) for column in ZONE_ATTEMPTS)
    shots, zone_games = paint + mid_range + three, window.zone_games()
    assisted, unassisted = window.total("assisted_fg_makes"), window.total("unassisted_fg_makes")
    return {
        "games_in_sample_10": window.games(),
        "zone_games_in_sample_10": zone_games,
        "total_shots_last_10": pd.Series(shots, dtype="Int64").where(zone_games > 0),
        "paint_rate_last_10": ratio(paint, shots),
        "mid_range_rate_last_10": ratio(mid_range, shots),
        "three_pt_rate_last_10": ratio(three, shots),
        "paint_pct_last_10": ratio(window.total("paint_makes"), paint),
        "mid_range_pct_last_10": ratio(window.total("mid_range_makes"), mid_range),
        "three_pt_pct_last_10": ratio(window.total("three_makes_pbp"), three),
        "paint_attempts_per_game": ratio(paint, zone_games),
        "mid_range_attempts_per_game": ratio(mid_range, zone_games),
        "three_pt_attempts_per_game": ratio(three, zone_games),
        "assisted_rate_last_10": ratio(assisted, assisted + unassisted),
        "unassisted_rate_last_10": ratio(unassisted, assisted + unassisted),
        "primary_scoring_zone": primary_scoring_zone(paint, mid_range, three),
    }


def _long_window(window: _Window) -> dict[str, object]:
    paint, mid_range, three = (window.total(column) for column in ZONE_ATTEMPTS)
    return {
        "games_in_sample_20": window.games(),
        "zone_games_in_sample_20": window.zone_games(),
        "paint_rate_last_20": ratio(paint, paint + mid_range + three),
        "paint_pct_last_20": ratio(window.total("paint_makes"), paint),
    }


asset = table_asset(
    TABLE,
    transform,
    inputs={
        "games": season_through(reference_games.TABLE, columns=("game_date", "season_year")),
        "player_games": season_to_date(player_game_summary.TABLE, columns=GAME_COLUMNS),
    },
)
