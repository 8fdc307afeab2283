"""The numbers of the checks that are not bounds of one column, in one place.

Does NOT belong here: a bound that a column or an invariant of a table declares.
"""

from __future__ import annotations

SETTLED_AFTER_DAYS = 2  # a game this old that is neither final nor postponed blocks its date
PLAYED_PER_TEAM = (5, 15)  # players of a team with playing time in one game (measured 6..15)
LISTED_PER_TEAM = (8, 26)  # rows of a team in one game, played or not (measured 12..26)
UNIVERSE_PER_TEAM = (8, 40)  # players a date is about, of a team with an earlier game (measured 9..36)
UNIVERSE_OF_PLAYED = 0.95  # share of the players who then played that were in the universe (measured 0.994)
EVENTS_PER_GAME = (400, 800)  # play-by-play events (measured 428..755)

PERCENT_ABOVE = 1.5  # a fraction above this was written as a percentage
PERCENT_SHARE = 0.01  # share of a fraction column of a date above PERCENT_ABOVE that proves it

POINTS_OFF_BLOCK = 2  # R1: player sum against team points, in points
BOX_SUM_OFF_ERROR = 5  # R3: any summed box statistic against the team row
TEAM_TURNOVERS = (0, 6)  # R4: team minus player turnovers (measured 0..6, mean 0.70)
MINUTES_OFF_WARN = 0.5  # R5: sources with seconds
ROUNDED_MINUTES_OFF_WARN = 4.0  # R5: sources with whole minutes (measured at most 4)
MINUTES_OFF_ERROR = 5.0  # R5
ZONE_ROWS_OFF_WARN = (2, 0.05)  # R7: rows whose zones miss the attempts: more than max(rows, share) of a date
ZONE_ROWS_OFF_ERROR = 0.20  # R7: share of the played rows of a date
ZONE_TEAM_OFF_WARN = 2  # R7: attempts of a team
USAGE_MEAN = 0.20  # R8: minute-weighted mean usage of five players sharing all possessions
USAGE_MEAN_OFF_WARN = 0.004  # R8
USAGE_MEAN_OFF_ERROR = 0.012  # R8
POSSESSIONS_APART_WARN = 12.0  # possessions of the two teams of a game (measured at most 11.96)
POSSESSIONS_APART_ERROR = 20.0
STARTERS_PER_TEAM = 5  # players, where the source states who started
ASSISTED_OFF_WARN = 1  # assisted baskets of a team against its assists

CONSTANT_GAME_DATES = 30  # newest game dates over which a column must vary
CONSTANT_REGULAR_DATES = 20  # of these at least so many with regular season games
ZERO_SHARE_OF_SCORE = 0.20  # share of exact zeros above which a score is not computed but filled in

TRAINING_SHARES = (0.70, 0.15)  # of the dates with labels: training and validation, the rest is for the test
LABELLED_ROWS = 5000  # labelled rows that each of the three parts needs
LABELLED_SHARE = 0.55  # share of the feature rows that a player of the date then played (measured 0.61)

REGULAR_GAMES = 1230  # RF-01: regular season games of a finished season
REGULAR_GAMES_OF_TEAM = 82  # RF-01
PERIODS_WITHOUT_OVERTIME = 4
TREND_GAME_DATES = 30  # game dates over which a share or a correlation is pooled
GAMES_WITHOUT_EVENTS = 0.10  # share of the games of 30 game dates without play-by-play (measured 0.032)
WEEKLY_RATING = (103.0, 118.0)  # mean offensive rating of a week (measured 104.0..116.2)
WEEKLY_RATING_ROWS = 40  # team games a week needs to be judged
MONTHLY_BACK_TO_BACKS = (0.12, 0.24)  # UT-04: share of the regular season team games (measured 0.138..0.222)
MONTHLY_BACK_TO_BACK_ROWS = 60  # team games a month needs to be judged
SEASON_BACK_TO_BACKS = (0.07, 0.14)  # UP-07, M-08: share of player rows of a season (measured 0.095..0.105)
SEASON_GAME_DATES = 60  # processed dates from which means, deviations and correlations of a season are steady
MILES_OFF = 1e-6  # UT-05: a sum against the sum of its legs

SAMPLE_SHOTS = 50  # S-08: shots of the last 10 games from which a player's rates count
SAMPLE_PLAYERS = 30  # S-08: such players a date needs to be judged
PAINT_RATE, THREE_RATE, ASSISTED_RATE = (0.37, 0.47), (0.36, 0.44), (0.53, 0.69)  # S-08: means of a date
ZONE_GAMES_OF_SAMPLE = 0.95  # S-08: share of a season's sample games that have zones (measured 0.994)
ZONE_GAMES_OF_SEASON = 0.90  # below this share of zone games so far, zone ceilings are not judged
TEAMS = 30  # T-08: teams a date needs to be judged
RATING_DEVIATION = 2.0  # T-08: deviation over the teams of a date, points/100 possessions
ZONE_DEVIATION = 0.005  # T-08: the same of a difference from the league, fraction points
PAINT_RATING_CORRELATION = 0.2  # T-09: of a season (measured 0.43..0.61)

FLOAT_OFF = 1e-9  # two ways to compute one number
PLAYED_PER_GAME = 10  # players with playing time of a complete game
FATIGUE_DEVIATION, MISMATCH_DEVIATION, PACE_DEVIATION, USAGE_DEVIATION = 5.0, 1.0, 0.8, 0.4  # C-07: of a season
MISMATCH_MEAN, PACE_MEAN, USAGE_MEAN_SCORE = 0.5, 0.3, 0.2  # C-07: absolute mean of a season
EXACT_ZERO_SHARE = 0.05  # C-07: of mismatch, pace and usage (measured below 0.001)
MISMATCH_AT_LIMIT, PACE_AT_LIMIT, USAGE_AT_LIMIT = 0.01, 0.15, 0.02  # C-07: share of rows at the end of the scale
DISTINCT_VALUES, DISTINCT_FLAGS = 5, 2  # M-08: a feature of a season has at least so many values
HOME_SHARE = (0.49, 0.51)  # M-08
WIN_PCT_DEVIATION = 0.05  # M-08
TREND_CORRELATION = 0.8  # M-08: the steps against the trend they are made of
LEAK_CORRELATION = 0.755  # M-09: last-5 mean against the points scored (clean 0.742, with the game inside 0.767)
LEAK_ROWS = 2000  # M-09: rows 30 game dates need to be judged
RECOMPUTED_DATES = 5  # leakage: dates of a table that are recomputed, every row of them
LEAK_ERROR = 4.2  # M-09: mean absolute error of the last-10 mean, points (measured 4.68)
QUALITY_OF_SEASON, QUALITY_OF_DATE = 0.78, 0.65  # M-10: mean feature_quality_score (measured 0.83)
LINE_NULL_SHARE = 0.75  # features 26 to 28 on a date with quotes

BASELINE_DAYS = 90  # 3.6: days before a partition that its populated rate is compared with
BASELINE_PARTITIONS, BASELINE_ROWS = 10, 100  # 3.6: what a baseline needs
BASELINE_GAME_DATES = 30  # 3.6: newest partitions taken instead, also of the season before
REGRESSION_BELOW, DEGRADATION_BELOW, IMPROVEMENT_FROM = 0.90, 0.95, 1.05  # 3.6: rate against the baseline
LOST_ROWS = 3  # 3.6: fewer rows than this are chance
SETTLED_SAMPLE = 10  # games from which a trailing value is expected to exist

BYTES_OF_DAY = 50 * 2**30  # bytes billed on one day, whatever the days before
BYTES_TIMES_MEDIAN, BYTES_MEDIAN_DAYS = 3, 30  # bytes of a day against the median of the days before that wrote
BYTES_LEAST_DAYS = 7  # such days a median needs

LEAGUE_SUM_OFF = 1e-6  # makes by which the teams' differences from the league may miss zero
NAMED_KEYS = 5  # offending keys spelt out per rule and partition; counts are always complete
WORST_PARTITIONS = 10  # rows of the table of worst partitions in a whole-table check
