"""Three real seasons from the analytics tables to the features, each transform called once with all dates.

No lines and no injury reports exist for these seasons, so those inputs are empty. Does NOT belong here: expectations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import pandas as pd

from nba_pipeline.analytics import (
    game_lines,
    injury_state,
    player_game_summary,
    upcoming_player_game_context,
    upcoming_team_game_context,
)
from nba_pipeline.calendar import season_year_of
from nba_pipeline.precompute import (
    ml_feature_store,
    player_composite_factors,
    player_daily_cache,
    player_shot_zone_analysis,
    team_defense_zone_analysis,
)
from nba_pipeline.raw import (
    nbac_injury_report,
    nbac_injury_report_teams,
    odds_api_game_lines,
    odds_api_player_points_props,
)
from nba_pipeline.reference import teams, venues
from nba_pipeline.schema.frames import empty_frame
from nba_pipeline_tests.real_data import analytics_chain

ALL_DAYS = pd.date_range(analytics_chain.FIRST, analytics_chain.LAST, unit="us")
PLAYER_GAME_COLUMNS = tuple(
    dict.fromkeys(
        (
            *player_shot_zone_analysis.GAME_COLUMNS,
            *player_daily_cache.PLAYER_GAME_COLUMNS,
            *player_composite_factors.PLAYER_GAME_COLUMNS,
            *ml_feature_store.PLAYER_GAME_COLUMNS,
        )
    )
)


@dataclass(frozen=True)
class Features:
    """The five as-of tables of some dates."""

    defense_zones: pd.DataFrame
    shot_zones: pd.DataFrame
    cache: pd.DataFrame
    factors: pd.DataFrame
    features: pd.DataFrame


@dataclass(frozen=True)
class FeatureInputs:
    """The columns the as-of tables declare, and no others."""

    games: pd.DataFrame
    upcoming: pd.DataFrame
    player_games: pd.DataFrame
    offense: pd.DataFrame
    defense: pd.DataFrame

    def compute(self, dates: pd.DatetimeIndex) -> Features:
        games, upcoming, players = self.games, self.upcoming, self.player_games
        zones = team_defense_zone_analysis.transform(games, self.defense, dates).rows
        shots = player_shot_zone_analysis.transform(games, players, dates).rows
        cache = player_daily_cache.transform(games, upcoming, players, self.offense, shots, dates).rows
        factors = player_composite_factors.transform(games, upcoming, players, self.offense, shots, zones, dates).rows
        made = ml_feature_store.transform(games, upcoming, cache, factors, shots, zones, players, dates)
        return Features(zones, shots, cache, factors, made.rows)

    def read_for(self, day: str) -> FeatureInputs:
        """What a run of that day alone reads: the season to the day before, games including it, its universe."""
        asked = pd.Timestamp(day)
        season = season_year_of(pd.DatetimeIndex([asked]))[0]

        def earlier(frame: pd.DataFrame, until: pd.Timestamp = asked) -> pd.DataFrame:
            return frame[(frame["season_year"] == season) & (frame["game_date"] < until)]

        return FeatureInputs(
            earlier(self.games, asked + pd.Timedelta(days=1)),
            self.upcoming[self.upcoming["game_date"] == asked],
            earlier(self.player_games),
            earlier(self.offense),
            earlier(self.defense),
        )

    def change(self, alter: Callable[[pd.DataFrame], pd.DataFrame]) -> FeatureInputs:
        """The same schedule and universe with other games of players and teams."""
        return replace(
            self,
            player_games=alter(self.player_games),
            offense=alter(self.offense),
            defense=alter(self.defense),
        )


@lru_cache(maxsize=1)
def read_inputs(data: Path) -> FeatureInputs:
    """Inputs of all dates, read once for all test modules; nobody changes its frames."""
    chain = analytics_chain.read_chain(data)
    registry, aliases = chain.registry.rows, chain.aliases.rows
    reports, reporting, lines, props = (
        empty_frame(module.TABLE, columns)
        for module, columns in (
            (nbac_injury_report, injury_state.PLAYER_COLUMNS),
            (nbac_injury_report_teams, injury_state.TEAM_COLUMNS),
            (odds_api_game_lines, game_lines.QUOTE_COLUMNS),
            (odds_api_player_points_props, player_game_summary.PROP_COLUMNS),
        )
    )
    team_context = upcoming_team_game_context.transform(
        games=chain.games.rows,
        game_lines=lines,
        injury_report=reports,
        injury_report_teams=reporting,
        player_games=chain.pgs.rows,
        team_offense=chain.togs.rows,
        team_defense=chain.tdgs.rows,
        teams=teams.transform(),
        venues=venues.transform(),
        players_registry=registry,
        player_aliases=aliases,
        dates=ALL_DAYS,
    ).rows
    upcoming = upcoming_player_game_context.transform(
        games=chain.games.rows,
        team_context=team_context,
        player_games=chain.pgs.rows,
        player_props=props,
        injury_report=reports,
        injury_report_teams=reporting,
        players_registry=registry,
        player_aliases=aliases,
        dates=ALL_DAYS,
    ).rows
    return FeatureInputs(
        chain.games.rows[["game_date", "season_year"]],
        upcoming,
        chain.pgs.rows[list(PLAYER_GAME_COLUMNS)],
        chain.togs.rows[list(player_daily_cache.TEAM_GAME_COLUMNS)],
        chain.tdgs.rows[list(team_defense_zone_analysis.GAME_COLUMNS)],
    )
