"""What the injury report in force before a game says: whether a team has reported, and whom it lists.

The report in force is the newest one that the team had submitted up to the cutoff of its game. A team without one is
unknown, its players are not available by default.
Does NOT belong here: what a listed player is worth to his team, tables.
"""

from __future__ import annotations

import pandas as pd

from nba_pipeline.reference.resolve_players import resolve_players

BY_SEVERITY = ("out", "doubtful", "questionable", "probable", "available")
OUT, UNCERTAIN, PROBABLE = ("out",), ("questionable", "doubtful"), ("probable",)
UNLIKELY = ("out", "doubtful")
ASSIGNED = "g_league"  # reason category of players on two-way or assignment duty: never counted
REPORT_DAYS = (0, 1)  # a report of the day of the game or of the day before

TEAM_GAME = ["game_date", "nba_game_id", "team_abbr"]
REPORT_KEY = ["report_date", "report_at", *TEAM_GAME]
TEAM_COLUMNS = (*REPORT_KEY, "is_submitted")
PLAYER_COLUMNS = (
    *REPORT_KEY,
    "player_lookup",
    "nba_player_id",
    "injury_status",
    "reason",
    "reason_category",
)
TEAM_DAY = ["game_date", "team_abbr"]
PLAYER = [*TEAM_DAY, "player_lookup"]


def report_in_force(reports: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """Instant of the report in force for every team game, on the index of `rows`; NULL for a team without one.

    reports: rows of raw.nbac_injury_report_teams. rows: TEAM_GAME and cutoff_at, one per team and day.
    """
    submitted = _of_the_days(reports[reports["is_submitted"]])[[*TEAM_GAME, "report_at"]]
    candidates = submitted.merge(rows[[*TEAM_GAME, "cutoff_at"]], on=TEAM_GAME, how="inner", validate="many_to_one")
    in_time = candidates[candidates["report_at"] <= candidates["cutoff_at"]]
    newest = in_time.sort_values("report_at").drop_duplicates(TEAM_GAME, keep="last")
    found = rows[TEAM_GAME].merge(newest, on=TEAM_GAME, how="left", validate="one_to_one")
    return found["report_at"].set_axis(rows.index)


def listed_players(
    reports: pd.DataFrame, rows: pd.DataFrame, *, players_registry: pd.DataFrame, player_aliases: pd.DataFrame
) -> pd.DataFrame:
    """One row per player whom the report in force of his team lists, with season_year and is_counted.

    reports: rows of raw.nbac_injury_report. rows: TEAM_GAME, season_year and injury_report_at, one per team and day.
    """
    reported = rows.loc[rows["injury_report_at"].notna(), [*TEAM_GAME, "season_year", "injury_report_at"]]
    listed = _of_the_days(reports).merge(
        reported.rename(columns={"injury_report_at": "report_at"}),
        on=[*TEAM_GAME, "report_at"],
        how="inner",
        validate="many_to_one",
    )
    resolved = resolve_players(listed, players_registry, player_aliases)
    ranked = resolved.assign(
        severity=resolved["injury_status"].map({status: rank for rank, status in enumerate(BY_SEVERITY)}),
        is_counted=(resolved["reason_category"] != ASSIGNED).astype(bool),
    )
    order = [*PLAYER, "severity", "is_counted", "reason"]
    ascending = [*(True for _ in PLAYER), True, False, True]
    return ranked.sort_values(order, ascending=ascending).drop_duplicates(PLAYER).reset_index(drop=True)


def count_listed(listed: pd.DataFrame, of_kind: pd.Series, rows: pd.DataFrame) -> pd.Series:
    """Counted players of a kind per team game, on the index of `rows`; NULL for a team that has not reported.

    of_kind: flag per row of `listed`. rows: TEAM_DAY and injury_report_at.
    """
    found = listed[of_kind & listed["is_counted"]].groupby(TEAM_DAY).size()
    counts = found.reindex(pd.MultiIndex.from_frame(rows[TEAM_DAY]), fill_value=0).astype("Int64")
    return counts.set_axis(rows.index).where(rows["injury_report_at"].notna())


def _of_the_days(reports: pd.DataFrame) -> pd.DataFrame:
    """Reports of the day of the game and of the day before: what a run of that day alone reads."""
    return reports[(reports["game_date"] - reports["report_date"]).dt.days.isin(REPORT_DAYS)]
