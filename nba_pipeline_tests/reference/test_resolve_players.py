"""Which person a row is about."""

from __future__ import annotations

import pandas as pd

from nba_pipeline.reference.resolve_players import resolve_players
from nba_pipeline.schema.frames import STRING_DTYPE

REGISTRY = pd.DataFrame(
    {
        "player_lookup": ["jimmybutleriii", "herbertjones", "gamebookonly"],
        "nba_player_id": pd.array([202710, 1630529, None], dtype="Int64"),
        "player_full_name": ["Jimmy Butler III", "Herbert Jones", "Gamebook Only"],
    }
).astype({"player_lookup": STRING_DTYPE, "player_full_name": STRING_DTYPE})
ALIASES = pd.DataFrame(
    {"alias_lookup": ["herbjones", "jimmybutler"], "player_lookup": ["herbertjones", "jimmybutleriii"]}
).astype(STRING_DTYPE)


def _resolve(lookup: str, player_id: int | None = None) -> pd.Series:
    rows = pd.DataFrame({"player_lookup": [lookup], "nba_player_id": pd.array([player_id], dtype="Int64")}, index=[7])
    resolved = resolve_players(rows.astype({"player_lookup": STRING_DTYPE}), REGISTRY, ALIASES)
    assert resolved.index.tolist() == [7]
    return resolved.loc[7]


def test_id_wins_over_the_printed_name() -> None:
    assert _resolve("herbertjones", 202710)["player_lookup"] == "jimmybutleriii"


def test_lookup_of_the_registry_brings_the_id() -> None:
    assert _resolve("herbertjones")["nba_player_id"] == 1630529


def test_alias_leads_to_the_registry_player() -> None:
    row = _resolve("herbjones")
    assert (row["player_lookup"], row["nba_player_id"], row["registered_name"]) == (
        "herbertjones",
        1630529,
        "Herbert Jones",
    )


def test_unknown_player_stays_as_printed() -> None:
    row = _resolve("somebodynew", 99)
    assert (row["player_lookup"], row["nba_player_id"]) == ("somebodynew", 99)
    assert pd.isna(row["registered_name"])


def test_registry_player_without_an_id_keeps_the_id_of_the_row() -> None:
    assert _resolve("gamebookonly", 55)["nba_player_id"] == 55


def test_source_without_an_id_column_gets_one() -> None:
    rows = pd.DataFrame({"player_lookup": pd.Series(["jimmybutler", "nobody"], dtype=STRING_DTYPE)})
    resolved = resolve_players(rows, REGISTRY, ALIASES)
    assert resolved["nba_player_id"].tolist() == [202710, pd.NA]


def test_empty_registry_changes_nothing() -> None:
    rows = pd.DataFrame({"player_lookup": pd.Series(["a"], dtype=STRING_DTYPE)})
    resolved = resolve_players(rows, REGISTRY.iloc[:0], ALIASES.iloc[:0])
    assert resolved["player_lookup"].tolist() == ["a"]
