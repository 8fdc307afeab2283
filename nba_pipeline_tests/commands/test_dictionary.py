"""`nba-pipeline dictionary` owns the folder it writes, and the dictionary of the repository is the newest one."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from rich.console import Console

from nba_pipeline import catalog
from nba_pipeline.commands.dictionary import pages, run_dictionary
from nba_pipeline.schema.dictionary import NOTE
from nba_pipeline_tests.source_tree import ROOT

QUIET = Console(quiet=True)


def written(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def test_every_table_has_a_page_with_every_column() -> None:
    for name, table in catalog.tables().items():
        text = pages()[f"{name}.md"]
        assert all(f"| `{column.name}` | {column.type} | {column.unit} |" in text for column in table.columns)


def test_dictionary_of_the_repository_is_what_the_declarations_say() -> None:
    assert written(ROOT / "docs" / "dictionary") == pages(), "run: nba-pipeline dictionary --out docs/dictionary"


def test_pages_of_tables_that_are_gone_are_removed(tmp_path: Path) -> None:
    (tmp_path / "raw.gone.md").write_text(f"# nba_raw.gone\n\n{NOTE}\n", encoding="utf-8")
    assert run_dictionary(QUIET, out=tmp_path) == 0
    assert written(tmp_path) == pages()
    assert run_dictionary(QUIET, out=tmp_path) == 0


def test_folder_with_other_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.md").write_text("mine", encoding="utf-8")
    with pytest.raises(click.ClickException, match=r"thesis\.md: give a folder for the dictionary alone"):
        run_dictionary(QUIET, out=tmp_path)
    assert written(tmp_path) == {"thesis.md": "mine"}
