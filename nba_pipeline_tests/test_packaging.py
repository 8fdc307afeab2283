"""What is handed to others: package metadata, the lock file, and nothing of one particular machine in any file."""

from __future__ import annotations

import re
import tomllib

from nba_pipeline import __version__
from nba_pipeline_tests.source_tree import ROOT, text_files

MACHINE_PATH = re.compile(r"(?<![\w.$/{}-])/(?:home|root|Users|work|opt|mnt|usr/local)/[\w.]")
REGISTRY_HOST = re.compile(r"pypi\.|pythonhosted\.|npmjs\.")
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z0-9,-]+\])?==\S+ \\$")


def declared_requirements() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [*project["dependencies"], *project["optional-dependencies"]["dev"]]


def lock_lines() -> list[str]:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]


def test_no_file_names_a_path_of_one_machine_or_a_package_registry() -> None:
    texts = text_files()
    found = [
        f"{path}:{number}: {line.strip()[:120]}"
        for path, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE_PATH.search(line) or REGISTRY_HOST.search(line)
    ]
    assert len(texts) >= 40
    assert found == []


def test_metadata_states_floors_and_no_exact_pins() -> None:
    requirements = declared_requirements()
    assert len(requirements) >= 20
    assert [entry for entry in requirements if "==" in entry or ">=" not in entry] == []


def test_lock_pins_every_package_with_hashes() -> None:
    lines = lock_lines()
    starts = [number for number, line in enumerate(lines) if not line.startswith(" ")]
    assert len(starts) >= 100
    assert [lines[n] for n in starts if not PINNED.match(lines[n]) or "--hash=sha256:" not in lines[n + 1]] == []


def test_lock_holds_every_declared_dependency() -> None:
    locked = {found[1] for line in lock_lines() if (found := PINNED.match(line))}
    names = [re.split(r"[<>=]", entry)[0] for entry in declared_requirements()]
    assert sorted(set(names) - locked) == []


def test_changelog_knows_the_version() -> None:
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
