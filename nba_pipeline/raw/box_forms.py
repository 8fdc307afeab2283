"""The input shapes of both box-score tables: which fields of a record name its game and its team.

Does NOT belong here: payload shapes, columns of the tables.
"""

from __future__ import annotations

from collections.abc import Callable

from nba_pipeline.raw.forms import Form, Reader
from nba_pipeline.raw.sieve import Sieve

LIVE, TRADITIONAL, GAMELOG, ARCHIVE = "nba_boxscore_live", "nba_boxscore_traditional", "nba_leaguegamelog", "archive"

Columns = Callable[[Sieve], None]


def live_form(columns: Columns, reader: Reader) -> Form:
    """The live box."""
    return Form(LIVE, columns, reader=reader, team="teamTricode", game="gameId", home="is_home")


def result_set_form(name: str, columns: Columns, reader: Reader) -> Form:
    """A feed read by the header names of result sets: the traditional box, the game log."""
    return Form(name, columns, reader=reader, team="TEAM_ABBREVIATION", game="GAME_ID")


def archive_form(columns: Columns) -> Form:
    """The archive of either table."""
    return Form(ARCHIVE, columns, team="team_abbr", opponent="opponent_team_abbr", game="nba_game_id", home="is_home")
