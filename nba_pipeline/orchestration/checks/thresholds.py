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

LEAGUE_SUM_OFF = 1e-6  # makes by which the teams' differences from the league may miss zero
NAMED_KEYS = 5  # offending keys spelt out per rule and partition; counts are always complete
WORST_PARTITIONS = 10  # rows of the table of worst partitions in a whole-table check
