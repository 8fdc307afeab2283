"""One row per player listed for a final game: box line, shot zones, efficiency, availability, prop outcome.

Source: nba_reference.games, player boxes, gamebook, play-by-play and points props of the same day, players_registry,
player_aliases. Units: counts, seconds, minutes, fractions 0..1, points.
Known gaps: play-by-play is read from raw.nbac_play_by_play and props from raw.odds_api_player_points_props only; the
second play-by-play source and the second props source are understood by the functions used here and join as inputs
when their raw tables exist. A whole-minute source prints 0 seconds for appearances under half a minute: such a row
keeps its statistics and counts as not played.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nba_pipeline.analytics.box_statistics import PLAYER_STATISTICS, ZONE_COLUMNS
from nba_pipeline.analytics.daily_counts import count_by_date, named_by_date
from nba_pipeline.analytics.dnp_reasons import dnp_reason_categories
from nba_pipeline.analytics.listed_players import BOX_SCORE_COLUMNS, GAMEBOOK_COLUMNS, listed_players
from nba_pipeline.analytics.play_by_play_columns import credit_players, opening_lineups
from nba_pipeline.analytics.player_efficiency import efficiency_columns
from nba_pipeline.analytics.player_game_columns import COLUMNS
from nba_pipeline.analytics.player_game_rules import INVARIANTS
from nba_pipeline.analytics.prop_lines import choose_prop_lines, odds_api_quotes
from nba_pipeline.analytics.scoring_events import (
    LINE_UP_COLUMNS,
    NBA_COLUMNS,
    NBA_SOURCE,
    choose_sources,
    nba_scoring_events,
)
from nba_pipeline.calendar import skip_reasons
from nba_pipeline.orchestration import same_day, table_asset, whole
from nba_pipeline.raw import (
    nbac_gamebook_player_stats,
    nbac_play_by_play,
    nbac_player_boxscores,
    odds_api_player_points_props,
)
from nba_pipeline.reference import games as reference_games
from nba_pipeline.reference import player_aliases as reference_aliases
from nba_pipeline.reference import players_registry as reference_registry
from nba_pipeline.reference.resolve_players import resolve_players
from nba_pipeline.reference.team_games import GAME_COLUMNS, cutoff_at, final_games, team_games
from nba_pipeline.schema import Reference, Table, TableRows
from nba_pipeline.schema.frames import typed_frame

SECONDS_PER_MINUTE = 60
WITHOUT_BOX = ": no box source has a row for this final game; land a box score or accept the gap"
GAME_KEY = ("game_date", "game_id", "nba_game_id", "season_year", "season_type")
PROP_COLUMNS = (
    "game_date",
    "nba_game_id",
    "player_lookup",
    "nba_player_id",
    "bookmaker",
    "snapshot_at",
    "points_line",
    "over_price_decimal",
)

TABLE = Table(
    layer="analytics",
    name="player_game_summary",
    grain="one row per player listed for a final game",
    description=(
        "Box line, shot zones and availability. Played means seconds_played > 0: whole-minute sources print 0 for "
        "appearances under half a minute (343 rows in three seasons), which keep their statistics but are not played."
    ),
    columns=COLUMNS,
    primary_key=("game_date", "player_lookup"),
    partition_column="game_date",
    cluster_by=("player_lookup", "team_abbr"),
    row_count="listed_players_of_final_games",
    invariants=INVARIANTS,
    references=(Reference(GAME_KEY, "reference.games", GAME_KEY),),
)


def transform(
    games: pd.DataFrame,
    player_boxscores: pd.DataFrame,
    gamebook: pd.DataFrame,
    play_by_play: pd.DataFrame,
    player_props: pd.DataFrame,
    players_registry: pd.DataFrame,
    player_aliases: pd.DataFrame,
    dates: pd.DatetimeIndex,
) -> TableRows:
    """Listed players of every final game of the dates."""
    final = final_games(games, dates)
    listed = listed_players(
        player_boxscores,
        gamebook,
        team_games(final),
        players_registry=players_registry,
        player_aliases=player_aliases,
    )
    rows = listed.rows.assign(game=pd.Index(final["nba_game_id"]).get_indexer(pd.Index(listed.rows["nba_game_id"])))
    rows = _box_columns(rows)
    zones, stray_shots = _play_by_play_columns(rows, play_by_play, final)
    rows = pd.concat([rows, zones], axis=1)
    rows = rows.assign(starter_flag=_starters(rows, play_by_play))
    rows = pd.concat([rows, efficiency_columns(rows)], axis=1)
    quotes = resolve_players(odds_api_quotes(player_props), players_registry, player_aliases)
    rows = _with_market(rows, quotes, final)
    without_box = final[~final["nba_game_id"].isin(rows["nba_game_id"].unique())]
    return TableRows(
        typed_frame(TABLE, rows).sort_values(["game_date", "player_lookup"], ignore_index=True),
        counts={
            "double_listed": count_by_date(listed.dropped["game_date"]),
            "unregistered_players": count_by_date(rows.loc[rows["registered_name"].isna(), "game_date"]),
            "shots_without_box_row": count_by_date(final["game_date"].repeat(stray_shots.tolist())),
            "games_without_box": count_by_date(without_box["game_date"]),
        },
        skip_reasons=skip_reasons(final, dates, bootstrap=False),
        warnings=named_by_date(without_box["game_date"], without_box["game_id"] + WITHOUT_BOX),
    )


def _box_columns(rows: pd.DataFrame) -> pd.DataFrame:
    """Identity, availability and box statistics; everything a player without a box line lacks is NULL."""
    has_line = rows["player_status"] == "active"
    seconds = rows["seconds_played"].astype("Int64").where(has_line)
    statistics = {name: rows[raw].astype("Int64").where(has_line) for name, raw in PLAYER_STATISTICS.items()}
    reason = rows["dnp_reason"].where(~has_line)
    return rows.drop(columns=list(set(PLAYER_STATISTICS.values()))).assign(
        player_full_name=rows["registered_name"].fillna(rows["player_name"]),
        is_dnp=~has_line,
        is_active=(seconds > 0).fillna(False),
        dnp_reason=reason,
        dnp_reason_category=dnp_reason_categories(reason),
        seconds_played=seconds,
        minutes_played=seconds.astype("float64") / SECONDS_PER_MINUTE,
        rebounds=statistics["offensive_rebounds"] + statistics["defensive_rebounds"],
        **statistics,
    )


def _play_by_play_columns(
    rows: pd.DataFrame, play_by_play: pd.DataFrame, final: pd.DataFrame
) -> tuple[pd.DataFrame, pd.Series]:
    """Zone, assist, block and and-one columns with their source, and shots per game without a box row."""
    candidates = {NBA_SOURCE: nba_scoring_events(play_by_play, final)}
    sources = choose_sources(final, candidates)
    box = rows[~rows["is_dnp"]]
    credited, stray_shots = credit_players(box, sources, candidates)
    known = sources.reindex(box["game"]).set_axis(box.index)
    away = (credited[list(ZONE_COLUMNS[1::2])].sum(axis=1) - box["fg_attempts"]).abs()
    complete = ((away <= 1).fillna(False) & known.notna()).astype("boolean")
    columns = credited.assign(shot_zone_source=known, has_complete_shot_zones=complete)
    return columns.reindex(rows.index), stray_shots


def _starters(rows: pd.DataFrame, play_by_play: pd.DataFrame) -> pd.Series:
    """Starter by the box score, else on court at the first event; FALSE for players without a box line."""
    stated = rows["is_starter"].astype("boolean").mask(rows["is_dnp"], False)
    unknown = stated.isna() & (rows["shot_zone_source"] == NBA_SOURCE).fillna(False).astype("bool")
    if not unknown.any():
        return stated
    open_games = play_by_play["nba_game_id"].isin(rows.loc[unknown, "nba_game_id"].unique())
    lineups = opening_lineups(play_by_play[open_games], order="event_order", line_up="on_court_player_ids")
    on_court = pd.MultiIndex.from_frame(lineups[["nba_game_id", "member"]])
    person = pd.MultiIndex.from_arrays([rows["nba_game_id"], rows["nba_player_id"].astype("str")])
    answered = unknown & rows["nba_game_id"].isin(lineups["nba_game_id"].unique()) & rows["nba_player_id"].notna()
    return stated.mask(answered, pd.Series(person.isin(on_court), index=rows.index))


def _with_market(rows: pd.DataFrame, quotes: pd.DataFrame, final: pd.DataFrame) -> pd.DataFrame:
    """Rows with their points line and what became of it; quotes of games that moved away are ignored."""
    quotes = quotes[quotes["nba_game_id"].isna() | quotes["nba_game_id"].isin(final["nba_game_id"])]
    players = rows[["game_date", "player_lookup"]].assign(
        cutoff_at=cutoff_at(final).reindex(rows["game"]).set_axis(rows.index)
    )
    lines = choose_prop_lines(quotes, players)
    priced = rows.merge(lines, on=["game_date", "player_lookup"], how="left", validate="one_to_one")
    margin = priced["points"].astype("float64") - priced["points_line"]
    result = np.select([margin > 0, margin < 0, margin == 0], ["OVER", "UNDER", "PUSH"], default="")
    return priced.assign(margin=margin, over_under_result=pd.Series(result, index=priced.index).where(margin.notna()))


asset = table_asset(
    TABLE,
    transform,
    inputs={
        "games": same_day(reference_games.TABLE, columns=(*GAME_COLUMNS, "tip_off_at")),
        "player_boxscores": same_day(nbac_player_boxscores.TABLE, columns=BOX_SCORE_COLUMNS),
        "gamebook": same_day(nbac_gamebook_player_stats.TABLE, columns=GAMEBOOK_COLUMNS),
        "play_by_play": same_day(nbac_play_by_play.TABLE, columns=(*NBA_COLUMNS, *LINE_UP_COLUMNS), ordered=False),
        "player_props": same_day(odds_api_player_points_props.TABLE, columns=PROP_COLUMNS),
        "players_registry": whole(
            reference_registry.TABLE, columns=("player_lookup", "nba_player_id", "player_full_name")
        ),
        "player_aliases": whole(reference_aliases.TABLE, columns=("alias_lookup", "player_lookup")),
    },
)
