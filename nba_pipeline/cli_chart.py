"""The options of `nba-pipeline chart`: one command per picture, each into an SVG or PNG file.

Does NOT belong here: reading or drawing (commands/chart.py, which is imported only once the settings are exported).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import click
from rich.console import Console

from nba_pipeline.settings import Settings

Located = Callable[[Callable[..., int]], Callable[..., None]]
"""Adds --landing and --warehouse to a command and hands it the settings."""


def chart_group(located: Located, day: click.ParamType, console: Callable[[], Console]) -> click.Group:
    """The group with its commands; what every command of the program shares is handed in."""

    @click.group()
    def chart() -> None:
        """Draw one picture of what is stored into an SVG or PNG file."""

    _add_pictures_of_tables(chart, located, day, console)
    _add_pictures_of_the_game(chart, located, console)
    return chart


def _add_pictures_of_tables(
    chart: click.Group, located: Located, day: click.ParamType, console: Callable[[], Console]
) -> None:
    first = click.option("--from", "first", type=day, required=True, help="First date, YYYY-MM-DD.")
    last = click.option("--to", "last", type=day, required=True, help="Last date, YYYY-MM-DD.")

    @chart.command()
    @first
    @last
    @click.option(
        "--layer", type=click.Choice(("raw", "reference", "analytics", "precompute")), help="Only tables of this layer."
    )
    @click.option("--tables", "names", help="Only these tables, comma separated: names or layer.name.")
    @_out()
    @located
    def coverage(settings: Settings, first: date, last: date, layer: str | None, names: str | None, out: Path) -> int:
        """Tables by dates, a calendar per season: present, missing, extra and blocked."""
        from nba_pipeline.commands.chart import draw_coverage

        return draw_coverage(settings, console(), out, first=first, last=last, layer=layer, names=names)

    @chart.command()
    @click.option("--table", required=True, help="A table: its name or layer.name.")
    @click.option("--columns", help="Only these watched columns, comma separated; left out, the emptiest.")
    @first
    @last
    @_out()
    @located
    def nulls(settings: Settings, table: str, columns: str | None, first: date, last: date, out: Path) -> int:
        """History of a table's NULL rates, with their ceilings and the level of the 90 days before."""
        from nba_pipeline.commands.chart import draw_nulls

        return draw_nulls(settings, console(), out, table=table, columns=columns, first=first, last=last)


def _add_pictures_of_the_game(chart: click.Group, located: Located, console: Callable[[], Console]) -> None:
    player = click.option("--player", required=True, help="Name, or key such as stephencurry.")
    season = click.option("--season", type=int, required=True, help="Year in which the season starts.")

    @chart.command()
    @player
    @season
    @_out()
    @located
    def shots(settings: Settings, player: str, season: int, out: Path) -> int:
        """A player's shots on a half court, by zone, against the league."""
        from nba_pipeline.commands.chart import draw_shots

        return draw_shots(settings, console(), out, player=player, season=season)

    @chart.command()
    @player
    @season
    @_out()
    @located
    def form(settings: Settings, player: str, season: int, out: Path) -> int:
        """A player's points per game, the means before each game, and the betting line."""
        from nba_pipeline.commands.chart import draw_form

        return draw_form(settings, console(), out, player=player, season=season)

    @chart.command()
    @click.option("--team", required=True, help="Tricode such as BOS.")
    @season
    @_out()
    @located
    def defence(settings: Settings, team: str, season: int, out: Path) -> int:
        """What a team allowed by shot zone over a season, against the league."""
        from nba_pipeline.commands.chart import draw_defence

        return draw_defence(settings, console(), out, team=team, season=season)


def _out() -> Callable[[Callable[..., None]], Callable[..., None]]:
    path = click.Path(path_type=Path, dir_okay=False)
    return click.option("--out", type=path, required=True, help="File to write, ending in .svg or .png.")
