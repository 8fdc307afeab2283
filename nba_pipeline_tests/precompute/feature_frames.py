"""The game of 2022-11-20, Miami at home to Boston, as the feature tables see it: frames of the tables they read.

anna went from Boston to Miami after 2022-11-05, bob has one game, cal was only ever inactive.
"""

from __future__ import annotations

import pandas as pd

from nba_pipeline.analytics import player_game_summary, team_offense_game_summary, upcoming_player_game_context
from nba_pipeline.precompute import player_shot_zone_analysis, team_defense_zone_analysis
from nba_pipeline_tests.precompute.zone_tables import midnights, schedule, table_of, typed, typed_values

DAY, NEXT_DAY = "2022-11-20", "2022-11-22"
UPCOMING = upcoming_player_game_context.TABLE

PLAYER_GAMES = typed(
    player_game_summary.TABLE,
    """
game_date season_year player_lookup team_abbr opponent_team_abbr seconds_played points fg_attempts ft_attempts ft_makes usage_rate
2022-04-10 2021 anna BOS NYK 2400 60   30   10   10   0.5
2022-10-19 2022 anna BOS NYK 2400 40   15   5    4    0.4
2022-10-21 2022 anna BOS NYK 2400 40   15   5    4    0.4
2022-10-23 2022 anna BOS MIA 1800 20   15   5    4    NULL
2022-10-26 2022 anna BOS MIA 1800 26   15   5    4    0.2
2022-10-29 2022 anna BOS NYK 1800 24   15   5    4    0.2
2022-10-31 2022 anna BOS CHI 1800 18   15   5    4    0.2
2022-11-02 2022 anna BOS CHI 1800 22   15   5    4    0.2
2022-11-05 2022 anna BOS NYK 1800 10   15   5    4    0.3
2022-11-07 2022 anna MIA NYK NULL NULL NULL NULL NULL NULL
2022-11-09 2022 anna MIA BOS 1800 15   15   5    4    0.3
2022-11-12 2022 anna MIA CHI 1800 25   15   5    4    0.3
2022-11-16 2022 anna MIA BOS 1800 20   15   5    4    0.3
2022-11-17 2022 anna MIA NYK 1800 30   15   5    4    0.3
2022-11-20 2022 anna MIA BOS 2400 50   30   9    9    0.5
2022-11-17 2022 bob  MIA NYK 600  0    0    0    0    0
2022-11-17 2022 cal  MIA NYK NULL NULL NULL NULL NULL NULL
""",  # noqa: E501
)
TEAM_GAMES = typed(
    team_offense_game_summary.TABLE,
    """
game_date season_year team_abbr pace offensive_rating
2022-04-10 2021 MIA 80  80
2022-11-07 2022 MIA 98  110
2022-11-09 2022 MIA 100 112
2022-11-16 2022 MIA 102 117
2022-11-20 2022 MIA 120 150
2022-11-16 2022 BOS 104 101
""",
).assign(win_flag=[False, True, False, True, True, False])
GAMES = schedule("2022-04-10", "2022-10-18", "2022-10-31", "2022-11-17", DAY, NEXT_DAY)


def _upcoming(day: str, text: str) -> pd.DataFrame:
    """Universe rows of Miami's home game against Boston; lines and injury status for anna alone."""
    written = table_of(text)
    anna = written["player_lookup"] == "anna"
    return typed_values(
        UPCOMING,
        written.assign(
            game_date=day,
            season_year=2022,
            nba_player_id=written["player_lookup"].map({"anna": 1, "bob": 2}),
            game_id=f"{day.replace('-', '')}_BOS_MIA",
            nba_game_id="0022200200",
            team_abbr="MIA",
            opponent_team_abbr="BOS",
            home_game=True,
            season_phase="regular",
            back_to_back=False,
            team_days_rest=2,
            opponent_days_rest=3,
            injury_status=pd.Series("questionable", index=written.index).where(anna),
            current_points_line=pd.Series(21.5, index=written.index).where(anna),
            opening_points_line=pd.Series(20.5, index=written.index).where(anna),
        ),
    )


HEADER = """player_lookup days_rest games_in_last_7_days games_in_last_14_days minutes_in_last_7_days
minutes_in_last_14_days avg_minutes_per_game_last_7 back_to_backs_last_14_days""".replace("\n", " ")
UNIVERSE = _upcoming(
    DAY,
    HEADER
    + """
anna 2    2 4 60 120 30   1
bob  2    1 1 10 10  10   0
cal  NULL 0 0 0  0   NULL 0
""",
)
TWO_DAYS = pd.concat(
    [
        UNIVERSE,
        _upcoming(
            NEXT_DAY,
            HEADER
            + """
anna 1 3 5 100 160 33.333333 1
bob  4 1 1 10  10  10        0
""",
        ),
    ],
    ignore_index=True,
)
SHOT_ZONES = typed(
    player_shot_zone_analysis.TABLE,
    """
analysis_date player_lookup zone_games_in_sample_10 paint_rate_last_10 mid_range_rate_last_10 three_pt_rate_last_10 assisted_rate_last_10 primary_scoring_zone
2022-11-20 anna 2 0.3  0.3  0.4  0.6  three
2022-11-20 bob  0 NULL NULL NULL NULL NULL
2022-11-22 anna 3 0.5  0.2  0.3  0.5  paint
2022-11-22 bob  0 NULL NULL NULL NULL NULL
""",  # noqa: E501
)
DEFENSE_ZONES = typed(
    team_defense_zone_analysis.TABLE,
    """
analysis_date team_abbr paint_defense_vs_league_avg mid_range_defense_vs_league_avg three_pt_defense_vs_league_avg defensive_rating_last_15 opponent_pace
2022-11-20 BOS 0.02  -0.01 0.01  110 104
2022-11-20 MIA 0.5   0.5   0.5   150 130
2022-11-22 BOS 0.04  -0.05 0.02  111 103
""",  # noqa: E501
)
BOTH = midnights(DAY, NEXT_DAY)
