"""One row per player who has been listed for a counted game: lookup, NBA id, printed name, birth date.

Source: raw.nbac_player_boxscores, raw.nbac_gamebook_player_stats, raw.nbac_player_list_current (ids and spellings),
raw.espn_team_rosters (birth dates). Units: identifiers, dates.
Known gaps: the archive has no birth dates. The key is the name of the first box line, so a variant on an inactive
list or a later change of name never becomes the key.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from nba_pipeline.orchestration import full, table_asset
from nba_pipeline.raw import (
    espn_team_rosters,
    nbac_gamebook_player_stats,
    nbac_player_boxscores,
    nbac_player_list_current,
)
from nba_pipeline.reference.player_sightings import NAME_ONLY_RANK, player_sightings
from nba_pipeline.reference.resolve_players import resolve_players
from nba_pipeline.reference.spelling_aliases import spelling_aliases
from nba_pipeline.schema import Column, NullCeiling, Table, TableRows
from nba_pipeline.schema.fields import NBA_PLAYER_ID, PLAYER_LOOKUP
from nba_pipeline.schema.frames import typed_frame

BOX_COLUMNS = ("game_date", "nba_game_id", "player_lookup", "nba_player_id", "player_name", "player_status")
LIST_COLUMNS = ("player_lookup", "nba_player_id", "player_name")

TABLE = Table(
    layer="reference",
    name="players_registry",
    grain="one row per player",
    description="Players listed for a counted game, as active, not used or inactive.",
    columns=(
        replace(PLAYER_LOOKUP, description="Lookup of player_full_name; the key of the player everywhere."),
        replace(
            NBA_PLAYER_ID,
            description="NBA person id; NULL for a player no source gives an id.",
            source="box score, gamebook, player list",
            nulls=NullCeiling(season=0.02),
        ),
        Column(
            "player_full_name",
            "STRING",
            "Name as printed with the first box line, else with the first listing.",
            unit="text",
            source="box score, gamebook",
            required=True,
        ),
        Column(
            "birth_date",
            "DATE",
            "Date of birth from the newest roster that states it.",
            unit="date",
            source="raw.espn_team_rosters",
            nulls=NullCeiling(season=0.50),
        ),
    ),
    primary_key=("player_lookup",),
    partition_column=None,
)


def transform(
    player_boxscores: pd.DataFrame, gamebook: pd.DataFrame, player_list: pd.DataFrame, rosters: pd.DataFrame
) -> TableRows:
    """All players of the box sources; two persons printed alike stay one row, named in a warning."""
    sightings = player_sightings(player_boxscores, gamebook, player_list)
    in_order = sightings[sightings["rank"] < NAME_ONLY_RANK].sort_values(
        ["rank", "game_date", "nba_game_id", "player_lookup"], kind="stable"
    )
    first = in_order.drop_duplicates("person")
    ids = sightings.dropna(subset=["nba_player_id"]).groupby("person")["nba_player_id"].first()
    players = first.assign(
        nba_player_id=first["person"].map(ids).astype("Int64"), player_full_name=first["player_name"]
    )
    namesakes = players[players.duplicated("player_lookup")]
    players = players.drop_duplicates("player_lookup")[["player_lookup", "nba_player_id", "player_full_name"]]
    aliases, _ = spelling_aliases(sightings, players)
    rows = players.merge(_birth_dates(rosters, players, aliases), on="player_lookup", how="left", validate="one_to_one")
    rows = typed_frame(TABLE, rows).sort_values("player_lookup", ignore_index=True)
    sentences = tuple(
        f"players_registry: {row.player_lookup} is also the name of person {row.person}; the registry keeps the first, "
        "tell them apart at the source"
        for row in namesakes.itertuples()
    )
    return TableRows(rows, table_warnings=sentences)


def _birth_dates(rosters: pd.DataFrame, players: pd.DataFrame, aliases: pd.DataFrame) -> pd.DataFrame:
    """player_lookup, birth_date: the newest roster row of the player that states a date."""
    dated = rosters[rosters["birth_date"].notna()].sort_values(["roster_date", "team_abbr", "birth_date"])
    resolved = resolve_players(dated, players, aliases)
    return resolved.drop_duplicates("player_lookup", keep="last")[["player_lookup", "birth_date"]]


asset = table_asset(
    TABLE,
    transform,
    inputs={
        "player_boxscores": full(nbac_player_boxscores.TABLE, columns=BOX_COLUMNS),
        "gamebook": full(nbac_gamebook_player_stats.TABLE, columns=BOX_COLUMNS),
        "player_list": full(nbac_player_list_current.TABLE, columns=LIST_COLUMNS),
        "rosters": full(
            espn_team_rosters.TABLE,
            columns=("roster_date", "team_abbr", "player_lookup", "birth_date"),
        ),
    },
)
