"""One row per other spelling of a registry player's lookup.

Source: the box, gamebook and player list rows of nba_reference.players_registry, and the manual list of sources
without ids. Known gaps: a spelling that would point to two players is not written and named in a warning.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from nba_pipeline.orchestration import full, table_asset, whole
from nba_pipeline.orchestration.write_metadata import NOTHING_IN_SOURCE
from nba_pipeline.raw import nbac_gamebook_player_stats, nbac_player_boxscores, nbac_player_list_current
from nba_pipeline.reference import players_registry as registry_table
from nba_pipeline.reference.player_sightings import player_sightings
from nba_pipeline.reference.spelling_aliases import spelling_aliases
from nba_pipeline.schema import Column, Invariant, Table, TableRows
from nba_pipeline.schema.fields import PLAYER_LOOKUP
from nba_pipeline.schema.frames import typed_frame

ONE_SPELLING_EACH = "player_aliases: no player was seen under a second spelling so far, so the table is rightly empty"
TABLE = Table(
    layer="reference",
    name="player_aliases",
    grain="one row per alias of a player",
    description="Spellings that lead to a registry player; every alias has one player, none is itself a registry key.",
    columns=(
        replace(
            PLAYER_LOOKUP,
            name="alias_lookup",
            description="Lookup of another spelling of the player's name.",
            source="box score, gamebook, player list, manual list",
        ),
        replace(PLAYER_LOOKUP, description="Lookup in players_registry.", source="nba_reference.players_registry"),
        Column(
            "alias_source",
            "STRING",
            "observed: seen with the same NBA id; manual: kept by hand for sources without ids.",
            unit="category",
            source="transform",
            required=True,
            allowed=("observed", "manual"),
        ),
    ),
    primary_key=("alias_lookup",),
    partition_column=None,
    invariants=(
        Invariant("RF-03", "alias_lookup <> player_lookup", "block", "An alias differs from the key it leads to."),
    ),
)


def transform(
    player_boxscores: pd.DataFrame,
    gamebook: pd.DataFrame,
    player_list: pd.DataFrame,
    players_registry: pd.DataFrame,
) -> TableRows:
    """Observed and manual aliases of the players in the registry.

    None is a fact where players with NBA ids are known and each was printed in one spelling, as over the first weeks of
    a warehouse; without such players nothing is known, and the write refuses the empty table.
    """
    sightings = player_sightings(player_boxscores, gamebook, player_list)
    aliases, sentences = spelling_aliases(sightings, players_registry)
    rows = typed_frame(TABLE, aliases)
    if len(rows) or not players_registry["nba_player_id"].notna().any():
        return TableRows(rows, table_warnings=sentences)
    return TableRows(rows, table_warnings=(*sentences, ONE_SPELLING_EACH), table_skip_reason=NOTHING_IN_SOURCE)


asset = table_asset(
    TABLE,
    transform,
    inputs={
        "player_boxscores": full(nbac_player_boxscores.TABLE, columns=registry_table.BOX_COLUMNS),
        "gamebook": full(nbac_gamebook_player_stats.TABLE, columns=registry_table.BOX_COLUMNS),
        "player_list": full(nbac_player_list_current.TABLE, columns=registry_table.LIST_COLUMNS),
        "players_registry": whole(registry_table.TABLE, columns=("player_lookup", "nba_player_id")),
    },
)
