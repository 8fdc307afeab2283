"""Registry of players and their other spellings."""

from __future__ import annotations

import pandas as pd

from nba_pipeline.reference import player_aliases, players_registry
from nba_pipeline.schema.frames import STRING_DTYPE

BOX_DTYPES = {
    "game_date": "datetime64[us]",
    "nba_game_id": STRING_DTYPE,
    "player_lookup": STRING_DTYPE,
    "nba_player_id": "Int64",
    "player_name": STRING_DTYPE,
    "player_status": STRING_DTYPE,
}
LIST_DTYPES = {name: BOX_DTYPES[name] for name in ("player_lookup", "nba_player_id", "player_name")}
ROSTER_DTYPES = {
    "roster_date": "datetime64[us]",
    "team_abbr": STRING_DTYPE,
    "player_lookup": STRING_DTYPE,
    "birth_date": "datetime64[us]",
}


def _frame(dtypes: dict[str, object], *rows: tuple[object, ...]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=list(dtypes), dtype="object")
    for name, dtype in dtypes.items():
        column = pd.to_datetime(frame[name]) if str(dtype).startswith("datetime") else frame[name]
        frame[name] = column.astype(dtype)  # type: ignore[call-overload]
    return frame


def _box(*rows: tuple[object, ...]) -> pd.DataFrame:
    return _frame(BOX_DTYPES, *rows)


def _seen(day: str, name: str, player: int | None, status: str = "active") -> tuple[object, ...]:
    return (day, f"00{day[2:4]}", name.lower().replace(" ", "").replace(".", ""), player, name, status)


def _registry(
    box: pd.DataFrame,
    gamebook: pd.DataFrame | None = None,
    player_list: pd.DataFrame | None = None,
    rosters: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[str, ...]]:
    gamebook = _box() if gamebook is None else gamebook
    player_list = _frame(LIST_DTYPES) if player_list is None else player_list
    made = players_registry.transform(box, gamebook, player_list, _frame(ROSTER_DTYPES) if rosters is None else rosters)
    aliases = player_aliases.transform(box, gamebook, player_list, made.rows)
    sentences = (*made.table_warnings, *aliases.table_warnings)
    return made.rows, aliases.rows, sentences


def test_name_of_the_first_box_line_is_the_key_and_a_later_name_its_alias() -> None:
    rows, aliases, _ = _registry(
        _box(
            _seen("2021-10-19", "Enes Kanter", 1, "inactive"),
            _seen("2021-11-01", "Enes Freedom", 1),
            _seen("2021-12-01", "Enes Kanter", 1),
        )
    )
    assert rows[["player_lookup", "player_full_name"]].to_numpy().tolist() == [["enesfreedom", "Enes Freedom"]]
    assert aliases.to_numpy().tolist() == [["eneskanter", "enesfreedom", "observed"]]


def test_player_who_was_only_ever_listed_is_in_the_registry() -> None:
    rows, _, _ = _registry(_box(_seen("2021-10-19", "Never Used", 1, "inactive")))
    assert rows["player_lookup"].tolist() == ["neverused"]


def test_box_score_name_is_preferred_to_an_earlier_gamebook_name() -> None:
    rows, aliases, _ = _registry(
        _box(_seen("2022-01-01", "Cameron Johnson", 5)), _box(_seen("2021-10-19", "Cam Johnson", 5))
    )
    assert rows["player_lookup"].tolist() == ["cameronjohnson"]
    assert aliases["alias_lookup"].tolist() == ["camjohnson"]


def test_gamebook_row_without_an_id_belongs_to_the_player_with_that_spelling() -> None:
    rows, _, _ = _registry(_box(_seen("2022-01-01", "Josh Hart", 5)), _box(_seen("2021-10-19", "Josh Hart", None)))
    assert rows[["player_lookup", "nba_player_id"]].to_numpy().tolist() == [["joshhart", 5]]


def test_gamebook_row_without_an_id_under_a_manual_alias_is_no_second_player() -> None:
    rows, aliases, _ = _registry(
        _box(_seen("2022-01-01", "Herbert Jones", 5)), _box(_seen("2021-10-19", "Herb Jones", None))
    )
    assert rows["player_lookup"].tolist() == ["herbertjones"]
    assert aliases.to_numpy().tolist() == [["herbjones", "herbertjones", "manual"]]


def test_player_list_gives_ids_and_spellings_but_no_rows() -> None:
    listed = _frame(
        LIST_DTYPES, ("joshhart", 5, "Josh Hart"), ("rookie", 6, "Rookie"), ("joshuahart", 5, "Joshua Hart")
    )
    rows, aliases, _ = _registry(_box(), _box(_seen("2021-10-19", "Josh Hart", None)), listed)
    assert rows[["player_lookup", "nba_player_id"]].to_numpy().tolist() == [["joshhart", 5]]
    assert aliases["alias_lookup"].tolist() == ["joshuahart"]


def test_birth_date_is_that_of_the_newest_roster_found_through_the_alias() -> None:
    rosters = _frame(
        ROSTER_DTYPES,
        ("2023-01-01", "NOP", "herbjones", "1998-10-06"),
        ("2022-01-01", "NOP", "herbjones", "1999-01-01"),
        ("2024-01-01", "NOP", "herbjones", None),
    )
    rows, _, _ = _registry(_box(_seen("2022-01-01", "Herbert Jones", 5)), rosters=rosters)
    assert rows["birth_date"].tolist() == [pd.Timestamp("1998-10-06")]


def test_alias_that_would_point_to_two_players_is_left_out_and_named() -> None:
    rows, aliases, sentences = _registry(
        _box(
            _seen("2021-10-19", "Jalen Williams", 1),
            _seen("2021-10-20", "J Williams", 1),
            _seen("2021-10-19", "Jaylin Williams", 2),
            _seen("2021-10-21", "J Williams", 2),
        )
    )
    assert len(rows) == 2
    assert aliases.empty
    assert "jwilliams" in sentences[0]


def test_spelling_that_is_another_players_key_is_no_alias() -> None:
    _, aliases, sentences = _registry(
        _box(
            _seen("2021-10-19", "Jalen Williams", 1),
            _seen("2021-10-19", "Jaylin Williams", 2),
            _seen("2021-10-21", "Jalen Williams", 2, "inactive"),
        )
    )
    assert aliases.empty
    assert "jalenwilliams" in sentences[0]


def test_manual_alias_of_a_player_who_is_not_there_is_not_written() -> None:
    _, aliases, _ = _registry(_box(_seen("2022-01-01", "Josh Hart", 5)))
    assert aliases.empty


def test_two_persons_printed_alike_are_one_row_and_a_warning() -> None:
    rows, _, sentences = _registry(_box(_seen("2021-10-19", "Same Name", 1), _seen("2022-10-19", "Same Name", 2)))
    assert rows["nba_player_id"].tolist() == [1]
    assert "samename" in sentences[0]


def test_no_sources_make_an_empty_registry() -> None:
    rows, aliases, _ = _registry(_box())
    assert rows.empty
    assert aliases.empty


def test_no_second_spelling_yet_is_a_reason_for_no_aliases() -> None:
    box = _box(_seen("2021-10-19", "Josh Hart", 5), _seen("2021-10-20", "Josh Hart", 5))
    registry = players_registry.transform(box, _box(), _frame(LIST_DTYPES), _frame(ROSTER_DTYPES)).rows
    made = player_aliases.transform(box, _box(), _frame(LIST_DTYPES), registry)
    assert len(made.rows) == 0
    assert made.table_skip_reason == "source_has_no_rows"
    assert made.table_warnings == (player_aliases.ONE_SPELLING_EACH,)


def test_no_aliases_because_no_player_is_known_has_no_reason() -> None:
    registry = _frame({"player_lookup": STRING_DTYPE, "nba_player_id": "Int64"})
    assert player_aliases.transform(_box(), _box(), _frame(LIST_DTYPES), registry).table_skip_reason == ""


def test_aliases_that_were_found_need_no_reason() -> None:
    box = _box(_seen("2022-01-01", "Cameron Johnson", 5), _seen("2022-02-01", "Cam Johnson", 5))
    registry = players_registry.transform(box, _box(), _frame(LIST_DTYPES), _frame(ROSTER_DTYPES)).rows
    assert player_aliases.transform(box, _box(), _frame(LIST_DTYPES), registry).table_skip_reason == ""
