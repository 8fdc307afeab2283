"""Whether a player is expected to play, and who of his team mates is in doubt.

Does NOT belong here: which report is in force, counts per team.
"""

from __future__ import annotations

import pandas as pd

from nba_pipeline.analytics.injury_state import PLAYER, PROBABLE, UNCERTAIN, UNLIKELY, count_listed
from nba_pipeline.analytics.player_standing import stars

UNLISTED_STATUS = "available"  # the league has teams name everybody who may miss the game


def availability_columns(listed: pd.DataFrame, player_games: pd.DataFrame, rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Own status, and team mates in doubt, of every row; all NULL for a team that has not reported.

    listed: players in the reports in force. player_games: played rows. rows: players with injury_report_at.
    """
    status = listed["injury_status"]
    kinds = {
        "questionable_teammates": status.isin(UNCERTAIN),
        "probable_teammates": status.isin(PROBABLE),
        "star_teammates_out": status.isin(UNLIKELY) & stars(player_games, listed),
    }
    own = rows[PLAYER].merge(
        listed[[*PLAYER, "injury_status", "reason", "reason_category"]].assign(
            **{name: of_kind & listed["is_counted"] for name, of_kind in kinds.items()}
        ),
        on=PLAYER,
        how="left",
        validate="one_to_one",
    )
    has_reported = rows["injury_report_at"].notna()
    is_listed = own["injury_status"].notna()
    team_mates = {
        name: count_listed(listed, of_kind, rows) - own[name].astype("boolean").fillna(False).astype("int64")
        for name, of_kind in kinds.items()
    }
    return {
        "injury_status": own["injury_status"].fillna(UNLISTED_STATUS).where(has_reported),
        "on_injury_report": is_listed.astype("boolean").where(has_reported),
        "injury_reason": own["reason"],
        "injury_reason_category": own["reason_category"],
        **team_mates,
    }
