"""Which other spellings point to a registry player: those seen with his NBA id, and the manual list.

A spelling that would point to two players, or that is the key of a third, is left out and named.
Does NOT belong here: tables, reading, matching by similarity.
"""

from __future__ import annotations

import pandas as pd

from nba_pipeline.reference.manual_aliases import MANUAL_ALIASES
from nba_pipeline.schema.frames import STRING_DTYPE

ALIAS_COLUMNS = ("alias_lookup", "player_lookup", "alias_source")


def spelling_aliases(sightings: pd.DataFrame, registry: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Aliases (alias_lookup, player_lookup, alias_source) and a sentence per spelling that was left out.

    sightings: from `player_sightings`. registry: player_lookup, nba_player_id.
    """
    observed = _observed(sightings, registry)
    both = [observed.astype(STRING_DTYPE), _manual(observed, registry).astype(STRING_DTYPE)]
    claims = pd.concat(both, ignore_index=True)
    claims = claims.drop_duplicates(["alias_lookup", "player_lookup"])
    is_key = claims["alias_lookup"].isin(registry["player_lookup"])
    is_ambiguous = claims["alias_lookup"].duplicated(keep=False)
    refused = claims[is_ambiguous | (is_key & (claims["alias_source"] == "observed"))]
    aliases = claims[~is_ambiguous & ~is_key].sort_values("alias_lookup", ignore_index=True)
    return aliases, _sentences(refused)


def _observed(sightings: pd.DataFrame, registry: pd.DataFrame) -> pd.DataFrame:
    """Spellings printed with the id of a registry player under another key."""
    seen = sightings.loc[sightings["nba_player_id"].notna(), ["player_lookup", "nba_player_id"]].drop_duplicates()
    seen = seen.rename(columns={"player_lookup": "alias_lookup"})
    keys = registry.loc[registry["nba_player_id"].notna(), ["player_lookup", "nba_player_id"]]
    pairs = seen.merge(keys, on="nba_player_id", how="inner", validate="many_to_one")
    other = pairs[pairs["alias_lookup"] != pairs["player_lookup"]]
    return other.assign(alias_source="observed").reindex(columns=list(ALIAS_COLUMNS))


def _manual(observed: pd.DataFrame, registry: pd.DataFrame) -> pd.DataFrame:
    """Manual aliases whose player is in the registry, under the given or an observed spelling."""
    manual = pd.DataFrame(MANUAL_ALIASES.items(), columns=["alias_lookup", "target"])
    key_of = dict(zip(observed["alias_lookup"], observed["player_lookup"], strict=True))
    key_of |= {key: key for key in registry["player_lookup"]}
    manual["player_lookup"] = manual["target"].map(key_of)
    usable = manual["player_lookup"].notna() & (manual["player_lookup"] != manual["alias_lookup"])
    return manual[usable].assign(alias_source="manual").reindex(columns=list(ALIAS_COLUMNS))


def _sentences(refused: pd.DataFrame) -> tuple[str, ...]:
    targets = refused.groupby("alias_lookup")["player_lookup"].agg(lambda keys: ", ".join(sorted(set(keys))))
    return tuple(
        f"player_aliases: {alias} would point to {found} but is ambiguous or itself a registry key; "
        "left out, tell the players apart at the source"
        for alias, found in targets.items()
    )
