"""The catalog finds tables by looking at modules, and refuses what would be found twice or not at all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import nba_pipeline
from nba_pipeline import catalog
from nba_pipeline.schema import SchemaError

MODULE = '''"""One row per day."""
from nba_pipeline.schema import Reference, Table
from nba_pipeline.schema.fields import GAME_DATE, TEAM_ABBR

TABLE = Table(
    layer="{layer}",
    name="{name}",
    grain="one row per day",
    columns=(GAME_DATE, TEAM_ABBR),
    primary_key=("game_date",),
    partition_column="game_date",
    references=({references}),
)
'''

AddModule = Callable[..., None]


@pytest.fixture
def add_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AddModule]:
    """Writes table modules into two packages, nba_pipeline.first_made and .second_made, that the catalog looks into."""
    packages = ("first_made", "second_made")
    for package in packages:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    monkeypatch.setattr(nba_pipeline, "__path__", [*nba_pipeline.__path__, str(tmp_path)])
    monkeypatch.setattr(catalog, "TABLE_PACKAGES", packages)
    catalog.table_modules.cache_clear()

    def add(package: str, module: str, *, layer: str = "raw", name: str = "", references: str = "") -> None:
        text = MODULE.format(layer=layer, name=name or module, references=references)
        (tmp_path / package / f"{module}.py").write_text(text)

    yield add
    catalog.table_modules.cache_clear()
    for name in [
        name for name in sys.modules if name.startswith(("nba_pipeline.first_made", "nba_pipeline.second_made"))
    ]:
        del sys.modules[name]


def test_tables_are_found_in_the_order_of_the_layers(add_module: AddModule) -> None:
    add_module("second_made", "days", layer="analytics")
    add_module("first_made", "weeks")
    add_module("first_made", "months")
    assert list(catalog.tables()) == ["raw.months", "raw.weeks", "analytics.days"]


def test_module_without_a_table_is_passed_over(add_module: AddModule, tmp_path: Path) -> None:
    (tmp_path / "first_made" / "parsing.py").write_text('"""Shared parsing."""\n')
    add_module("first_made", "days")
    assert list(catalog.tables()) == ["raw.days"]


def test_module_named_otherwise_than_its_table_is_refused(add_module: AddModule) -> None:
    add_module("first_made", "days", name="weeks")
    with pytest.raises(SchemaError, match=r"raw\.weeks: declared in module nba_pipeline\.first_made\.days"):
        catalog.tables()


def test_table_declared_twice_is_refused_with_both_places(add_module: AddModule) -> None:
    add_module("first_made", "days")
    add_module("second_made", "days")
    with pytest.raises(SchemaError, match=r"raw\.days: declared in .*first_made\.days and .*second_made\.days"):
        catalog.tables()


def test_same_name_in_two_layers_is_two_tables(add_module: AddModule) -> None:
    add_module("first_made", "days")
    add_module("second_made", "days", layer="analytics")
    assert list(catalog.tables()) == ["raw.days", "analytics.days"]


def test_reference_to_an_unknown_table_is_refused(add_module: AddModule) -> None:
    add_module("first_made", "days", references='Reference(("team_abbr",), "reference.clubs", ("team_abbr",)),')
    with pytest.raises(SchemaError, match=r"raw\.days: reference to unknown table 'reference\.clubs'"):
        catalog.tables()


def test_reference_to_an_unknown_column_is_refused(add_module: AddModule) -> None:
    add_module("first_made", "days", references='Reference(("team_abbr",), "raw.weeks", ("club",)),')
    add_module("first_made", "weeks")
    with pytest.raises(SchemaError, match=r"raw\.days: reference to unknown column\(s\) \['club'\] of raw\.weeks"):
        catalog.tables()


def test_reference_that_leads_somewhere_is_accepted(add_module: AddModule) -> None:
    add_module("first_made", "days", references='Reference(("team_abbr",), "raw.weeks", ("team_abbr",)),')
    add_module("first_made", "weeks")
    assert list(catalog.tables()) == ["raw.days", "raw.weeks"]
