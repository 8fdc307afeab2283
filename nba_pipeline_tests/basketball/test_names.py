"""The one lookup of player names."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba_pipeline.basketball.names import in_reading_order, player_lookup, player_lookups, split_leading_id

PRINTED = {
    "LeBron James": "lebronjames",
    "Nikola Jokić": "nikolajokic",
    "Nikola Đurišić": "nikoladurisic",
    "Dennis Schröder": "dennisschroder",
    "Kristaps Porziņģis": "kristapsporzingis",
    "Jaren Jackson Jr.": "jarenjacksonjr",
    "Robert Williams III": "robertwilliamsiii",
    "Jaden Ivey": "jadenivey",
    "Ivica Zubac": "ivicazubac",
    "Donte DiVincenzo": "dontedivincenzo",
    "Mikal  Bridges": "mikalbridges",
    "Payton II, Gary": "garypaytonii",
    "Duke Jr., David": "daviddukejr",
    "Da Silva, Tristan": "tristandasilva",
    "Charlie Brown, Jr.": "charliebrownjr",
    "P.J. Tucker": "pjtucker",
    "PJ Tucker": "pjtucker",
    "Karl-Anthony Towns": "karlanthonytowns",
    "D'Angelo Russell": "dangelorussell",
    "De\u2019Andre Hunter": "deandrehunter",
    "Nenê": "nene",
    "Kyle Lowry (Phi)": "kylelowry",
    "Gary Trent Junior": "garytrentjr",
    "Weiß Łuka Ørsted": "weisslukaorsted",
}


@pytest.mark.parametrize(("printed", "lookup"), PRINTED.items())
def test_printed_names_have_the_documented_lookup(printed: str, lookup: str) -> None:
    assert player_lookup(printed) == lookup


@pytest.mark.parametrize("nothing", [None, "", "  ", "...", "\u0418\u0432\u0430\u043d", float("nan")])
def test_a_name_without_latin_letters_or_digits_has_no_lookup(nothing: object) -> None:
    assert player_lookup(nothing) is None  # type: ignore[arg-type]


@given(st.text())
def test_any_text_gives_a_plain_lookup_or_nothing(name: str) -> None:
    lookup = player_lookup(name)
    assert lookup is None or re.fullmatch(r"[a-z0-9]+", lookup)


@given(st.text())
def test_a_lookup_is_its_own_lookup(name: str) -> None:
    lookup = player_lookup(name)
    assert lookup is None or player_lookup(lookup) == lookup


@given(st.text(alphabet="abcdexyzéüñçABCXYZ ", min_size=1), st.sampled_from([".", "'", "\u2019", "-", " "]))
def test_case_and_punctuation_do_not_change_the_lookup(name: str, mark: str) -> None:
    assert player_lookup(name.upper()) == player_lookup(name)
    assert player_lookup(f" {name}{mark}") == player_lookup(name)


@given(st.lists(st.one_of(st.none(), st.text(max_size=8)), max_size=12))
def test_a_column_of_names_gives_what_each_name_gives(names: list[str | None]) -> None:
    found = player_lookups(pd.Series(names, dtype="object"))
    assert [None if pd.isna(value) else value for value in found] == [player_lookup(name) for name in names]


def test_two_commas_are_left_alone() -> None:
    assert in_reading_order("a, b, c") == "a, b, c"


def test_leading_digits_are_the_vendors_player_id() -> None:
    assert split_leading_id("1630552 Jalen Johnson") == (1630552, "Jalen Johnson")
    assert split_leading_id("Jalen Johnson") == (None, "Jalen Johnson")
