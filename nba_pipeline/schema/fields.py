"""Shared identity columns: the same quantity has the same name, type and meaning in every table.

Does NOT belong here: statistics and anything only one table has.
"""

from nba_pipeline.schema.column import Column

GAME_DATE = Column(
    "game_date",
    "DATE",
    "US Eastern calendar date of the scheduled tip-off.",
    unit="date",
    source="nba_reference.games",
    required=True,
)
GAME_ID = Column(
    "game_id",
    "STRING",
    "Canonical game identity YYYYMMDD_AWAY_HOME.",
    unit="identifier",
    source="nba_reference.games",
    required=True,
)
NBA_GAME_ID = Column(
    "nba_game_id",
    "STRING",
    "Ten-character NBA game id, zero padded.",
    unit="identifier",
    source="nba_reference.games",
    required=True,
)
SEASON_YEAR = Column(
    "season_year",
    "INT64",
    "Calendar year of the season's first game.",
    unit="year",
    source="nba_reference.games",
    required=True,
    may_be_constant="one season at a time",
)
SEASON_TYPE = Column(
    "season_type",
    "STRING",
    "Kind of game: regular, cup_final, play_in, playoffs.",
    unit="category",
    source="nba_reference.games",
    required=True,
    allowed=("regular", "cup_final", "play_in", "playoffs"),
    may_be_constant="one phase of a season at a time",
)
TEAM_ABBR = Column(
    "team_abbr",
    "STRING",
    "NBA tricode of the team.",
    unit="tricode",
    source="nba_reference.games",
    required=True,
)
OPPONENT_TEAM_ABBR = Column(
    "opponent_team_abbr",
    "STRING",
    "NBA tricode of the other team of the game.",
    unit="tricode",
    source="nba_reference.games",
    required=True,
)
PLAYER_LOOKUP = Column(
    "player_lookup",
    "STRING",
    "Player name in lower case, folded to a-z0-9, suffix kept.",
    unit="identifier",
    source="player name",
    required=True,
)
NBA_PLAYER_ID = Column(
    "nba_player_id",
    "INT64",
    "NBA person id; NULL where no source states it.",
    unit="identifier",
    source="source, players_registry",
)
