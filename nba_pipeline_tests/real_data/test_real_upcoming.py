"""Teams and players before their games in three real seasons: rows, golden games, rules, and the as-of rule."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from nba_pipeline.analytics import upcoming_player_game_context as upgc
from nba_pipeline.analytics import upcoming_team_game_context as utgc
from nba_pipeline.calendar import BOOTSTRAP_DAYS
from nba_pipeline.landing import Landing
from nba_pipeline.raw import nbac_schedule, odds_api_game_lines
from nba_pipeline_tests.analytics.builders import dates
from nba_pipeline_tests.analytics.plain_universe import plain_universe
from nba_pipeline_tests.analytics.upcoming_tables import ALIASES, PLAYER_GAMES, REGISTRY, SEASON_GAMES, Tables, only
from nba_pipeline_tests.precompute.zone_tables import violations
from nba_pipeline_tests.real_data.analytics_chain import FIRST, LAST, Chain, read_chain

pytestmark = pytest.mark.real_data

ALL_DAYS = pd.date_range(FIRST, LAST, unit="us")
# A season's third date, the dates around a trade deadline and a big trade, play-in, cup final, abroad, last date.
SAMPLED = ("2021-10-21", "2022-02-11", "2022-04-12", "2023-12-09", "2023-12-30", "2024-01-11", "2024-06-17")
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Season:
    """Inputs of three seasons, and both tables made of them in one call each."""

    tables: Tables
    teams: pd.DataFrame
    players: pd.DataFrame
    skipped: dict[str, str]


@pytest.fixture(scope="module")
def chain(shared_data: Path) -> Chain:
    return read_chain(shared_data)


@pytest.fixture(scope="module")
def made(shared_data: Path, chain: Chain) -> Season:
    tables = Tables(
        chain.games.rows[list(SEASON_GAMES)],
        player_games=chain.pgs.rows[list(PLAYER_GAMES)],
        team_offense=chain.togs.rows[list(utgc.OFFENSE_COLUMNS)],
        team_defense=chain.tdgs.rows[list(utgc.DEFENSE_COLUMNS)],
        game_lines=_game_lines(shared_data),
        players_registry=chain.registry.rows[list(REGISTRY)],
        player_aliases=chain.aliases.rows[list(ALIASES)],
    )
    teams = tables.teams(ALL_DAYS)
    players = tables.players(ALL_DAYS, team_context=teams.rows)
    reasons = {f"{day}": reason for day, reason in players.skip_reasons.items()}
    return Season(tables, teams.rows, players.rows, reasons)


def _game_lines(data: Path) -> pd.DataFrame:
    landing, window = Landing(str(data)), (ALL_DAYS[0].date(), ALL_DAYS[-1].date())
    spec = nbac_schedule.LANDED
    landed = landing.landed((), *window, archive=spec.archive, archive_columns=spec.archive_columns)
    lines = landing.landed(
        (),
        *window,
        archive=odds_api_game_lines.ARCHIVE,
        archive_columns=odds_api_game_lines.ARCHIVE_COLUMNS,
    )
    schedule = nbac_schedule.parse_season_schedule(landed)
    rows = odds_api_game_lines.transform(landed=lines, schedule=schedule, dates=ALL_DAYS).rows
    return rows[list(utgc.QUOTE_COLUMNS)]


def _on(rows: pd.DataFrame, day: str) -> pd.DataFrame:
    return rows[rows["game_date"] == day].reset_index(drop=True)


def _values(row: pd.Series, names: str) -> list[object]:
    return [None if pd.isna(value) else value for value in row[names.split()]]


# rows


def test_rows_are_exactly_those_of_the_contract(made: Season) -> None:
    assert made.teams.groupby("season_year").size().to_dict() == {2021: 2646, 2022: 2640, 2023: 2638}
    by_season = made.players.groupby("season_year")
    assert by_season.size().to_dict() == {2021: 46_002, 2022: 43_910, 2023: 46_624}
    assert by_season["game_date"].nunique().to_dict() == {2021: 211, 2022: 210, 2023: 206}


@pytest.mark.parametrize(
    ("day", "rows"),
    [
        ("2021-10-19", 0),
        ("2022-02-10", 237),
        ("2023-10-24", 0),
        ("2023-10-25", 0),
        ("2023-10-26", 34),
        ("2023-12-09", 34),
        ("2024-01-01", 287),
        ("2024-04-14", 543),
        ("2024-06-17", 30),
    ],
)
def test_player_rows_of_a_date(made: Season, day: str, rows: int) -> None:
    assert len(_on(made.players, day)) == rows


def test_players_per_team_and_the_first_two_dates_of_each_season(made: Season) -> None:
    per_team = made.players.groupby(["game_date", "team_abbr"]).size()
    assert (per_team.min(), per_team.median(), per_team.max()) == (14, 17, 26)
    without = {day: reason for day, reason in made.skipped.items() if reason != "no_games"}
    assert without == dict.fromkeys(
        ("2021-10-19", "2021-10-20", "2022-10-18", "2022-10-19", "2023-10-24", "2023-10-25"), "no_earlier_game"
    )


def test_rows_obey_the_rules_of_their_table(made: Season) -> None:
    for table, rows in ((utgc.TABLE, made.teams), (upgc.TABLE, made.players)):
        assert set(violations(table, rows).values()) == {0}
        assert not rows.duplicated(list(table.primary_key)).any()
        for column in table.columns:
            values = rows[column.name].dropna()
            assert column.minimum is None or values.empty or values.min() >= column.minimum, column.name
            assert column.maximum is None or values.empty or values.max() <= column.maximum, column.name


# golden team rows

GOLDEN_TEAMS = """
20211019_BKN_MIL BKN F F 1  - F 0 0 0 0 -        -   734.794786  -1 1 0           0
20211019_BKN_MIL MIL T F 1  - F 0 0 0 0 -        -   0           0  0 0           0
20240101_MIN_NYK NYK T F 33 1 F 4 7 0 3 0.53125  -14 644.384024  0  0 5658.27883  5
20240101_MIN_NYK MIN F F 32 1 F 3 7 2 0 0.774194 2   1016.497692 1  1 7057.656148 6
20240106_NYK_WAS NYK F F 36 0 T 4 8 3 0 0.571429 36  120.612347  0  2 3939.274657 2
20231109_ATL_ORL ATL F T 8  2 F 2 6 0 1 0.571429 -9  1107.821445 0  3 2565.678738 3
20231109_ATL_ORL ORL T T 8  2 F 3 6 0 1 0.571429 -15 1282.68603  -1 1 5849.159614 6
20240111_BKN_CLE CLE T T 37 3 F 2 5 3 0 0.583333 2   3914.02901  6  1 1403.341291 1
20240115_CHI_CLE CLE T F 38 3 F 1 5 4 0 0.594595 9   3914.02901  -6 0 4292.474738 6
20231209_IND_LAL LAL T T 24 1 F 3 7 3 0 0.608696 44  0           0  2 5163.27436  6
"""
GOLDEN_TEAM_COLUMNS = (
    "home_game neutral_site game_number_in_season team_days_rest team_back_to_back games_in_last_7_days "
    "games_in_last_14_days team_win_streak_entering team_loss_streak_entering season_win_pct last_game_margin "
    "travel_miles time_zone_changes consecutive_road_games miles_traveled_last_14_days "
    "time_zones_crossed_last_14_days"
)


@pytest.mark.parametrize("line", GOLDEN_TEAMS.strip().splitlines(), ids=lambda line: " ".join(line.split()[:2]))
def test_golden_rest_travel_and_results(made: Season, line: str) -> None:
    game_id, team, *texts = line.split()
    found = _values(only(made.teams, game_id=game_id, team_abbr=team), GOLDEN_TEAM_COLUMNS)
    named = {"T": True, "F": False, "-": None}
    expected = [named[text] if text in named else float(text) for text in texts]
    assert found == [pytest.approx(value, abs=TOLERANCE) if isinstance(value, float) else value for value in expected]


def test_the_cup_final_counts_like_any_game(made: Season) -> None:
    assert only(made.teams, game_id="20231209_IND_LAL", team_abbr="LAL")["season_phase"] == "cup_final"
    following = only(made.teams, game_date=pd.Timestamp("2023-12-12"), team_abbr="LAL")
    assert (following["game_number_in_season"], following["team_days_rest"]) == (25, 2)


@pytest.mark.parametrize(
    ("team", "expected"),
    [
        ("NYK", (10, 103.916, 115.65743, 119.082485, 236 / 926)),
        ("MIN", (10, 101.546, 112.499389, 109.936514, 236 / 853)),
    ],
)
def test_golden_form_before_the_new_year(made: Season, team: str, expected: tuple[float, ...]) -> None:
    names = (
        "games_in_sample_last_10 pace_last_10 offensive_rating_last_10 defensive_rating_last_10 ft_rate_allowed_last_10"
    )
    found = _values(only(made.teams, game_id="20240101_MIN_NYK", team_abbr=team), names)
    assert found == pytest.approx(expected, abs=TOLERANCE)


# golden player rows

GOLDEN_PLAYER_COLUMNS = (
    "team_abbr days_rest back_to_back days_rest_before_last_game days_since_2_plus_days_rest games_in_last_7_days "
    "games_in_last_14_days minutes_in_last_7_days minutes_in_last_14_days avg_minutes_per_game_last_7 "
    "back_to_backs_last_14_days games_in_sample_season points_avg_last_5 points_avg_last_10 points_avg_season "
    "avg_usage_rate_last_7_games efg_pct_last_5_vs_season"
)
ANUNOBY = """
2023-12-30 TOR 0 T 1 3 3 6 102 209 34        1 27 15.6 15.2 15.111111 0.153169 0.070433
2024-01-01 NYK 2 F 1 5 2 6 66  209 33        1 27 15.6 15.2 15.111111 0.153169 0.070433
2024-01-06 NYK 0 T 1 5 3 6 106 208 35.333333 0 30 15.4 12.9 14.9      0.156022 0.062121
"""


@pytest.mark.parametrize("line", ANUNOBY.strip().splitlines(), ids=lambda line: line.split()[0])
def test_golden_workload_and_form_of_a_traded_player(made: Season, line: str) -> None:
    day, team, *texts = line.split()
    row = only(_on(made.players, day), player_lookup="oganunoby")
    named = {"T": True, "F": False}
    expected = [named[text] if text in named else float(text) for text in texts]
    assert _values(row, GOLDEN_PLAYER_COLUMNS) == [team, *(pytest.approx(value, abs=TOLERANCE) for value in expected)]


def test_golden_context_of_a_game(made: Season) -> None:
    row = only(_on(made.players, "2024-01-01"), player_lookup="oganunoby")
    names = "opponent_team_abbr home_game team_days_rest opponent_days_rest"
    assert _values(row, names) == ["MIN", True, 1, 1]
    names = (
        "pace_differential opponent_pace_last_10 opponent_def_rating_last_10 opponent_ft_rate_allowed_last_10 "
        "game_spread game_total"
    )
    assert _values(row, names) == pytest.approx([2.37, 101.546, 109.936514, 0.276671, 1.5, 222.5], abs=TOLERANCE)


def test_golden_universe_of_the_new_year(made: Season, chain: Chain) -> None:
    rows, listed = _on(made.players, "2024-01-01"), _on(chain.pgs.rows, "2024-01-01")
    players, then_listed = (
        {team: set(names) for team, names in frame.groupby("team_abbr")["player_lookup"]} for frame in (rows, listed)
    )
    assert len(players) == 16
    assert len(then_listed["NYK"]) == 18
    assert players["NYK"] == then_listed["NYK"] | {"daquanjeffries", "jaylenmartin"}
    assert players["MIN"] == then_listed["MIN"]
    assert len(players["MIN"]) == 17


@pytest.mark.parametrize("player", ["rjbarrett", "immanuelquickley"])
def test_golden_trade_day_player_is_a_row_of_his_old_team(made: Season, chain: Chain, player: str) -> None:
    assert only(_on(made.players, "2023-12-30"), player_lookup=player)["team_abbr"] == "NYK"
    assert only(_on(chain.pgs.rows, "2023-12-30"), player_lookup=player)["team_abbr"] == "TOR"
    assert only(_on(made.players, "2024-01-01"), player_lookup=player)["team_abbr"] == "TOR"


def test_golden_player_before_and_after_his_first_game(made: Season) -> None:
    names = (
        "team_abbr games_in_sample_season games_in_last_7_days minutes_in_last_7_days minutes_in_last_14_days "
        "days_rest points_avg_last_5 back_to_back"
    )
    before = only(_on(made.players, "2023-11-06"), player_lookup="jamesharden")
    assert _values(before, names) == ["LAC", 0, 0, 0.0, 0.0, None, None, False]
    names = "games_in_sample_season days_rest points_avg_last_5 avg_usage_rate_last_7_games days_rest_before_last_game"
    after = only(_on(made.players, "2023-11-08"), player_lookup="jamesharden")
    assert _values(after, names) == [1, 1, 17.0, pytest.approx(0.18539, abs=TOLERANCE), None]


def test_golden_players_listed_by_two_teams(made: Season) -> None:
    day = _on(made.players, "2022-02-11")
    assert only(day, player_lookup="juanchohernangomez")["team_abbr"] == "UTA"
    assert "nickeilalexanderwalker" not in set(day["player_lookup"])
    later = only(_on(made.players, "2022-02-14"), player_lookup="nickeilalexanderwalker")
    assert later["team_abbr"] == "UTA"


@pytest.mark.parametrize("day", ["2021-10-26", "2022-02-11", "2024-01-01"])
def test_universe_equals_an_independent_computation(made: Season, day: str) -> None:
    listings = made.tables.player_games[["game_date", "season_year", "player_lookup", "team_abbr"]].to_dict("records")
    rows = _on(made.players, day)
    season = int(rows["season_year"].iloc[0])
    expected = plain_universe(made.tables.games.to_dict("records"), listings, pd.Timestamp(day), season)
    assert dict(zip(rows["player_lookup"], rows["team_abbr"], strict=True)) == expected


# rules over several rows or tables


def test_teams_of_a_game_mirror_each_other(made: Season) -> None:
    both = made.teams.merge(
        made.teams,
        left_on=["nba_game_id", "team_abbr"],
        right_on=["nba_game_id", "opponent_team_abbr"],
        suffixes=("", "_other"),
        validate="one_to_one",
    )
    assert len(both) == len(made.teams)
    for column in ("game_spread", "opening_spread", "spread_movement", "game_spread_consensus"):
        np.testing.assert_array_equal(both[column], 0.0 - both[f"{column}_other"])
    for column in ("game_total", "game_total_consensus"):
        np.testing.assert_array_equal(both[column], both[f"{column}_other"])
    for own, other in (("opponent_days_rest", "team_days_rest"), ("opponent_team_abbr", "team_abbr")):
        assert both[own].equals(both[f"{other}_other"].rename(own))


def test_miles_of_two_weeks_are_the_legs_of_the_rows_before(made: Season) -> None:
    rows = made.teams.sample(200, random_state=3)
    for row in rows.itertuples():
        age = (row.game_date - made.teams["game_date"]).dt.days
        inside = (
            (made.teams["team_abbr"] == row.team_abbr)
            & (made.teams["season_year"] == row.season_year)
            & age.between(1, 14)
        )
        legs = made.teams[inside]
        assert row.miles_traveled_last_14_days == pytest.approx(legs["travel_miles"].sum())
        assert row.time_zones_crossed_last_14_days == legs["time_zone_changes"].abs().sum()


def test_a_player_rests_no_less_than_his_team_unless_he_changed_it(made: Season) -> None:
    played = made.tables.player_games[made.tables.player_games["seconds_played"].gt(0).fillna(False)]
    last = played[["game_date", "player_lookup", "team_abbr"]].rename(
        columns={"game_date": "last_game_date", "team_abbr": "last_team"}
    )
    rows = made.players.merge(last, on=["last_game_date", "player_lookup"], how="inner", validate="many_to_one")
    stayed = rows[rows["last_team"] == rows["team_abbr"]]
    assert len(stayed) > 120_000
    assert (stayed["days_rest"] >= stayed["team_days_rest"]).all()


def test_back_to_back_shares_are_those_of_the_league(made: Season) -> None:
    regular = made.teams[made.teams["season_phase"] == "regular"]
    by_month = regular.groupby([regular["season_year"], regular["game_date"].dt.to_period("M")])["team_back_to_back"]
    shares = by_month.mean()[by_month.size() >= 60]
    assert shares.between(0.12, 0.24).all()
    known = made.players[made.players["games_in_sample_season"] > 0]
    assert known.groupby("season_year")["back_to_back"].mean().between(0.07, 0.14).all()


def test_nearly_everybody_who_then_played_is_a_row_of_the_right_team(made: Season) -> None:
    games = made.tables.player_games
    first = games.groupby("season_year")["game_date"].transform("min")
    settled = games["game_date"] >= first + pd.Timedelta(days=BOOTSTRAP_DAYS)
    played = games[settled & games["seconds_played"].gt(0).fillna(False).astype(bool)]
    key = ["game_date", "player_lookup", "team_abbr"]
    found = pd.MultiIndex.from_frame(played[key]).isin(pd.MultiIndex.from_frame(made.players[key]))
    assert found.mean() == pytest.approx(0.9969, abs=5e-5)


def test_closing_spreads_agree_with_results(made: Season, chain: Chain) -> None:
    margins = chain.togs.rows[["game_date", "team_abbr", "margin_of_victory"]]
    home = made.teams[made.teams["home_game"]].merge(
        margins, on=["game_date", "team_abbr"], how="left", validate="one_to_one"
    )
    assert home["game_spread"].notna().mean() == pytest.approx(0.9995, abs=1e-4)
    known = home[home["game_spread"].notna()]
    margin, expected = known["margin_of_victory"].astype(float), -known["game_spread"]
    assert np.corrcoef(margin, expected)[0, 1] == pytest.approx(0.446, abs=5e-4)
    assert (margin - expected).mean() == pytest.approx(-0.01, abs=5e-3)
    assert (known["game_spread"] < 0).mean() == pytest.approx(0.644, abs=5e-4)


# the as-of rule


@pytest.mark.parametrize("day", SAMPLED)
def test_a_date_alone_and_shuffled_equals_the_range(made: Season, day: str) -> None:
    alone = made.tables.read_for(day)
    names = ("games", "player_games", "team_offense", "team_defense", "game_lines")
    shuffled = alone.changed(**{name: lambda rows: rows.sample(frac=1, random_state=5) for name in names})
    teams = shuffled.teams(dates(day)).rows
    assert_frame_equal(teams, _on(made.teams, day), check_exact=True)
    players = shuffled.players(dates(day), team_context=teams).rows
    assert_frame_equal(players, _on(made.players, day), check_exact=True)


@pytest.mark.parametrize("day", SAMPLED)
def test_results_from_the_date_on_and_later_quotes_change_nothing(made: Season, day: str) -> None:
    def doubled(rows: pd.DataFrame) -> pd.DataFrame:
        """Every measure of the date and later is multiplied."""
        late = rows["game_date"] >= day
        numbers = [name for name in rows.select_dtypes("number") if name not in ("season_year", "nba_player_id")]
        return rows.assign(**{name: rows[name].where(~late, rows[name] * 3 + 7) for name in numbers})

    def undecided(rows: pd.DataFrame) -> pd.DataFrame:
        """Games of the date have not ended, later ones do not exist."""
        known = rows[rows["game_date"] < pd.Timestamp(day) + pd.Timedelta(days=1)]
        today = known["game_date"] == day
        unknown = {name: known[name].mask(today) for name in ("home_points", "away_points", "winning_team_abbr")}
        return known.assign(is_final=known["is_final"] & ~today, **unknown)

    def earlier(rows: pd.DataFrame) -> pd.DataFrame:
        return rows[rows["game_date"] < day]

    def with_later_quotes(rows: pd.DataFrame) -> pd.DataFrame:
        """Quotes of a better book a second after the tip-off."""
        late = rows.assign(
            bookmaker="draftkings",
            snapshot_at=rows["snapshot_at"] + pd.Timedelta(seconds=1),
            outcome_point=rows["outcome_point"] + 3,
        )
        return pd.concat([rows, late.drop_duplicates(["nba_game_id", "market_key", "outcome_name"])])

    statistics = ("player_games", "team_offense", "team_defense")
    for changed in (
        made.tables.changed(**dict.fromkeys(statistics, doubled), games=doubled, game_lines=with_later_quotes),
        made.tables.changed(**dict.fromkeys(statistics, earlier), games=undecided),
    ):
        teams = changed.teams(dates(day)).rows
        assert_frame_equal(teams, _on(made.teams, day), check_exact=True)
        players = changed.players(dates(day), team_context=teams).rows
        assert_frame_equal(players, _on(made.players, day), check_exact=True)
