"""Games, their city, and what stands on a neutral floor."""

from __future__ import annotations

import pandas as pd
import pytest

from nba_pipeline.reference import games, seasons, teams, venues
from nba_pipeline.schema import TableRows
from nba_pipeline.schema.frames import STRING_DTYPE, TIMESTAMP_DTYPE

DAY = "2023-11-09"


def _schedule(**values: object) -> pd.DataFrame:
    row: dict[str, object] = {
        "game_date": DAY,
        "game_id": "20231109_ATL_ORL",
        "nba_game_id": "0022300163",
        "season_year": 2023,
        "season_type": "regular",
        "is_final": True,
        "is_postponed": False,
        "tip_off_at": "2023-11-10T02:30:00Z",
        "home_team_abbr": "ORL",
        "away_team_abbr": "ATL",
        "home_score": 119,
        "away_score": 120,
        "winning_team_abbr": "ATL",
        "is_neutral_site": None,
        "arena_city": "Orlando",
        **values,
    }
    frame = pd.DataFrame({name: [value] for name, value in row.items()})
    texts = [
        name
        for name in row
        if name.endswith("_abbr") or name in ("game_id", "nba_game_id", "season_type", "arena_city")
    ]
    return frame.assign(
        game_date=pd.to_datetime(frame["game_date"]).astype("datetime64[us]"),
        tip_off_at=pd.to_datetime(frame["tip_off_at"], utc=True).astype(TIMESTAMP_DTYPE),
        is_neutral_site=frame["is_neutral_site"].astype("boolean"),
        home_score=frame["home_score"].astype("Int64"),
        away_score=frame["away_score"].astype("Int64"),
    ).astype(dict.fromkeys(texts, STRING_DTYPE))


def _transform(schedule: pd.DataFrame, *days: str) -> TableRows:
    dates = pd.DatetimeIndex(list(days or (DAY,))).as_unit("us")
    return games.transform(schedule, teams.transform(), venues.transform(), dates)


@pytest.mark.parametrize(
    ("stated", "arena_city", "venue_city", "neutral"),
    [
        (None, "Orlando", "Orlando", False),
        (None, "Mexico City, Mexico", "Mexico City", True),
        (True, "Mexico City", "Mexico City", True),
        (False, "Austin", "Austin", False),
        (False, None, "Orlando", False),
        (None, None, None, False),
        (True, None, None, True),
    ],
)
def test_city_and_neutral_floor(
    stated: bool | None, arena_city: str | None, venue_city: str | None, neutral: bool
) -> None:
    row = _transform(_schedule(is_neutral_site=stated, arena_city=arena_city)).rows.iloc[0]
    assert row["neutral_site"] == neutral
    assert row["venue_city"] == venue_city if venue_city else pd.isna(row["venue_city"])


def test_clippers_are_at_home_in_inglewood_from_2024_on() -> None:
    at_home = {"home_team_abbr": "LAC", "arena_city": "Inglewood", "winning_team_abbr": "LAC"}
    assert not _transform(_schedule(season_year=2024, **at_home)).rows["neutral_site"].iloc[0]
    assert _transform(_schedule(season_year=2023, **at_home)).rows["neutral_site"].iloc[0]


def test_game_that_is_not_final_shows_no_result() -> None:
    row = _transform(_schedule(is_final=False)).rows.iloc[0]
    assert row[["home_points", "away_points", "winning_team_abbr"]].isna().all()


def test_postponed_game_is_no_row_and_the_day_has_no_games() -> None:
    made = _transform(_schedule(is_postponed=True))
    assert made.rows.empty
    assert made.skip_reasons == {pd.Timestamp(DAY).date(): "no_games"}


def test_city_without_coordinates_is_kept_and_named() -> None:
    made = _transform(_schedule(arena_city="Honolulu"))
    assert made.rows["venue_city"].tolist() == ["Honolulu"]
    assert "Honolulu" in made.warnings[pd.Timestamp(DAY).date()][0]


def test_thirty_teams_have_a_home_and_the_clippers_two() -> None:
    rows = teams.transform()
    assert len(rows) == 31
    assert rows["team_abbr"].nunique() == 30
    assert rows.loc[rows["team_abbr"] == "LAC", "home_city"].tolist() == ["Los Angeles", "Inglewood"]
    assert rows.notna().drop(columns="valid_to_season").all(axis=None)


def test_every_home_city_is_a_venue() -> None:
    cities = venues.transform()
    assert len(cities) == 36
    assert set(teams.transform()["home_city"]) <= set(cities["venue_city"])


def test_season_dates_and_counts_come_from_its_games() -> None:
    rows = pd.DataFrame(
        {
            "game_date": pd.to_datetime(["2023-10-24", "2023-10-24", "2024-04-14", "2024-04-16"]).as_unit("us"),
            "season_year": 2023,
            "season_type": ["regular", "regular", "regular", "play_in"],
        }
    )
    season = seasons.transform(rows).iloc[0]
    assert season["season_label"] == "2023-24"
    assert season["bootstrap_last_date"] == pd.Timestamp("2023-11-06")
    assert season["regular_season_last_date"] == pd.Timestamp("2024-04-14")
    assert season["last_game_date"] == pd.Timestamp("2024-04-16")
    assert (season["games"], season["game_dates"], season["regular_games"]) == (4, 3, 3)


def test_no_games_make_no_seasons() -> None:
    rows = pd.DataFrame({"game_date": pd.Series(dtype="datetime64[us]"), "season_year": [], "season_type": []})
    assert seasons.transform(rows.astype({"season_year": "int64", "season_type": STRING_DTYPE})).empty
