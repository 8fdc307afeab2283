"""The box totals of both teams of a final game, from one source per game.

The team box is used when both rows are there and agree with the schedule, else the sums of the players; a game that
neither source supports has no rows. Teams of one game never come from different sources.
Does NOT belong here: possessions, ratings, play-by-play.
"""

from __future__ import annotations

import pandas as pd

from nba_pipeline.analytics.box_statistics import PLAYER_STATISTICS, TEAM_STATISTICS

TEAM_BOX = "nbac_team_boxscore"
PLAYER_SUM = "player_sum"
TEAM_TOTAL = "team_total"
MIN_ATTEMPTS = 50  # field goals; a team box below is not a finished game
MIN_PLAYERS = 5  # box rows of a team whose sums may stand for the team

TEAM_KEY = ["game_date", "nba_game_id", "team_abbr"]
TEAM_BOX_COLUMNS = ("game_date", "team_abbr", "minutes", "turnovers_total", *TEAM_STATISTICS.values())
LINE_COLUMNS = (*TEAM_STATISTICS, "minutes", "turnovers_total")
MAY_BE_UNKNOWN = ("personal_fouls", "turnovers_total")
PLAYER_COLUMNS = (
    "game_date",
    "nba_game_id",
    "team_abbr",
    "is_dnp",
    "seconds_played",
    *(name for name in PLAYER_STATISTICS if name != "plus_minus"),
)


def team_lines(teams: pd.DataFrame, team_boxscore: pd.DataFrame, players: pd.DataFrame) -> pd.DataFrame:
    """`teams` with LINE_COLUMNS, player_turnovers, turnovers (team total where stated), both sources' names.

    teams: two rows per final game from `reference.team_games`. players: rows of player_game_summary.
    """
    identity = teams.rename(columns={"points": "schedule_points"})
    sums = _player_sums(players)
    box = _with_minutes(_team_box(identity, team_boxscore), sums)
    from_box = _whole_games(box, box["fg_attempts"] >= MIN_ATTEMPTS).assign(box_score_source=TEAM_BOX)
    summed = identity.merge(sums, on=TEAM_KEY, how="inner", validate="one_to_one")
    summed = summed[~summed["nba_game_id"].isin(from_box["nba_game_id"].unique())]
    from_players = _whole_games(summed, summed["box_rows"] >= MIN_PLAYERS).assign(box_score_source=PLAYER_SUM)
    lines = pd.concat([from_box, from_players.reindex(columns=from_box.columns)], ignore_index=True)
    stated = lines["turnovers_total"].notna().groupby(lines["nba_game_id"]).transform("all").astype("bool")
    return lines.assign(
        player_turnovers=lines["turnovers"],
        turnovers=lines["turnovers_total"].where(stated, lines["turnovers"]),
        turnovers_source=pd.Series(TEAM_TOTAL, index=lines.index, dtype="object").where(stated, PLAYER_SUM),
    )


def _team_box(identity: pd.DataFrame, team_boxscore: pd.DataFrame) -> pd.DataFrame:
    names = {raw: name for name, raw in TEAM_STATISTICS.items()}
    box = team_boxscore[list(TEAM_BOX_COLUMNS)].rename(columns=names)
    box = box.astype({name: "Int64" for name in (*TEAM_STATISTICS, "turnovers_total")})
    return identity.merge(box, on=["game_date", "team_abbr"], how="inner", validate="one_to_one")


def _player_sums(players: pd.DataFrame) -> pd.DataFrame:
    """Sums of the box rows of every team, NULL where a player's value is unknown, and the number of box rows."""
    box = players[~players["is_dnp"]]
    statistics = [*TEAM_STATISTICS, "seconds_played"]
    grouped = box.groupby(TEAM_KEY)
    sums = grouped[statistics].sum().astype("Int64")
    known = grouped[statistics].count().eq(grouped.size(), axis=0)
    return (
        sums.where(known)
        .assign(
            box_rows=grouped.size(),
            minutes=lambda rows: rows["seconds_played"].astype("float64") / 60,
            turnovers_total=pd.Series(pd.NA, index=sums.index, dtype="Int64"),
        )
        .drop(columns="seconds_played")
        .reset_index()
    )


def _with_minutes(box: pd.DataFrame, sums: pd.DataFrame) -> pd.DataFrame:
    """A team box without minutes takes the sum of its players."""
    spare = box[TEAM_KEY].merge(sums[[*TEAM_KEY, "minutes"]], on=TEAM_KEY, how="left", validate="one_to_one")
    return box.assign(minutes=box["minutes"].astype("float64").fillna(spare["minutes"].set_axis(box.index)))


def _whole_games(rows: pd.DataFrame, is_finished: pd.Series) -> pd.DataFrame:
    """Rows of games in which both teams are finished, complete and equal to the schedule's score."""
    needed = [name for name in LINE_COLUMNS if name not in MAY_BE_UNKNOWN]
    usable = (
        is_finished.fillna(False).astype("bool")
        & (rows["points"] == rows["schedule_points"]).fillna(False).astype("bool")
        & rows[needed].notna().all(axis=1)
    )
    by_game = usable.groupby(rows["nba_game_id"])
    return rows[(by_game.transform("sum") == 2) & by_game.transform("all")]


def opponents(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """`columns` of the other team of every row, on the index of `rows`."""
    key = ["nba_game_id", "team_abbr"]
    other = rows.set_index(key)[columns]
    wanted = pd.MultiIndex.from_arrays([rows["nba_game_id"], rows["opponent_team_abbr"]], names=key)
    return other.reindex(wanted).set_axis(rows.index)
