"""Which person a row is about: the one function through which every reader of a player table goes.

Sources print one person in several ways and some give no id. Order: NBA id, then lookup, then alias, then the
row as it stands; nobody is dropped and nothing is matched by similarity.
Does NOT belong here: building the registry, choosing between rows of one person.
"""

from __future__ import annotations

import pandas as pd

from nba_pipeline.schema.frames import STRING_DTYPE


def resolve_players(rows: pd.DataFrame, players_registry: pd.DataFrame, player_aliases: pd.DataFrame) -> pd.DataFrame:
    """`rows` with `player_lookup` and `nba_player_id` of the registry; same rows, same order, same index.

    rows: needs player_lookup; nba_player_id is optional (sources without ids).
    players_registry: player_lookup, nba_player_id, player_full_name. player_aliases: alias_lookup, player_lookup.
    Adds `registered_name`, the registry's printed name, NULL for a player the registry does not have.
    """
    registry = players_registry.reset_index(drop=True)
    own_lookup = rows["player_lookup"].astype(STRING_DTYPE)
    own_id = (
        rows["nba_player_id"].astype("Int64")
        if "nba_player_id" in rows
        else pd.Series(pd.NA, index=rows.index, dtype="Int64")
    )
    place = _places(own_id, registry["nba_player_id"].astype("Int64"))
    by_lookup = _places(own_lookup, registry["player_lookup"])
    alias_place = _places(own_lookup, player_aliases["alias_lookup"])
    alias_target = player_aliases["player_lookup"].reset_index(drop=True).reindex(alias_place)
    by_alias = _places(alias_target.set_axis(rows.index), registry["player_lookup"])
    place = place.where(place >= 0, by_lookup).where(lambda found: found >= 0, by_alias)

    known = registry.reindex(place).set_axis(rows.index)
    return rows.assign(
        player_lookup=known["player_lookup"].astype(STRING_DTYPE).fillna(own_lookup),
        nba_player_id=known["nba_player_id"].astype("Int64").fillna(own_id),
        registered_name=known["player_full_name"].astype(STRING_DTYPE),
    )


def _places(wanted: pd.Series, known: pd.Series) -> pd.Series:
    """Position in `known` of every wanted value, -1 where it is missing or unknown."""
    known = known.reset_index(drop=True)
    present = known[known.notna()]
    index = pd.Index(present)
    found = index.get_indexer(pd.Index(wanted))
    # get_indexer gives places among the present values; missing values never match anything.
    place = pd.Series(found, index=wanted.index).where(wanted.notna(), -1).astype("int64")
    lookup = pd.Series([*present.index, -1], dtype="int64")
    return pd.Series(lookup.to_numpy()[place.to_numpy()], index=wanted.index)
