"""What is known of a team before its game, by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from nba_pipeline.analytics.upcoming_team_game_context import TABLE
from nba_pipeline_tests.analytics import upcoming_tables as u
from nba_pipeline_tests.analytics.builders import dates
from nba_pipeline_tests.precompute.zone_tables import violations

DAY = "2024-01-01"
MATCH = u.game(DAY, "MIN", "NYK", tip_off_at="2024-01-01T20:00Z")
EARLIER_DAYS = ("2023-12-20", "2023-12-22", "2023-12-24", "2023-12-26", "2023-12-31")
EARLIER = tuple(u.game(day, "MIN", "NYK", (100, 110)) for day in EARLIER_DAYS)
GAMES = u.games(*EARLIER, MATCH)

GOLDEN_LINES = u.game_lines(
    u.spread(MATCH, "draftkings", "2024-01-01T12:00Z", 2.5),
    u.spread(MATCH, "draftkings", "2024-01-01T19:00Z", 1.5),
    u.spread(MATCH, "draftkings", "2024-01-01T20:10Z", -4.5),
    u.spread(MATCH, "fanduel", "2024-01-01T18:00Z", 2.0),
    u.total(MATCH, "draftkings", "2024-01-01T12:00Z", 224.0),
    u.total(MATCH, "draftkings", "2024-01-01T19:00Z", 222.5),
)
GOLDEN_REPORT_TEAMS = u.report_teams(
    u.report_team(MATCH, "NYK", "2024-01-01T13:30Z"),
    u.report_team(MATCH, "NYK", "2024-01-01T18:30Z"),
    u.report_team(MATCH, "NYK", "2024-01-01T19:30Z", submitted=False),
    u.report_team(MATCH, "NYK", "2024-01-01T20:30Z"),
    u.report_team(MATCH, "MIN", "2024-01-01T18:30Z", submitted=False),
)
GOLDEN_REPORT = u.report_players(
    u.report_player(MATCH, "NYK", "2024-01-01T13:30Z", "a", "out"),
    u.report_player(MATCH, "NYK", "2024-01-01T13:30Z", "b", "questionable"),
    u.report_player(MATCH, "NYK", "2024-01-01T13:30Z", "c", "out", "g_league"),
    u.report_player(MATCH, "NYK", "2024-01-01T18:30Z", "a", "out"),
    u.report_player(MATCH, "NYK", "2024-01-01T18:30Z", "b", "probable"),
    u.report_player(MATCH, "NYK", "2024-01-01T18:30Z", "c", "out", "g_league"),
    u.report_player(MATCH, "NYK", "2024-01-01T18:30Z", "e", "doubtful", "rest"),
    u.report_player(MATCH, "NYK", "2024-01-01T20:30Z", "f", "out"),
)
PLAYER_GAMES = u.player_games(
    *(u.player_game(day, "NYK", "a", 900, starter_flag=number % 2 == 0) for number, day in enumerate(EARLIER_DAYS)),
    *(u.player_game(day, "NYK", "c", 2000, starter_flag=True) for day in EARLIER_DAYS),
)
TABLES = u.Tables(
    GAMES,
    player_games=PLAYER_GAMES,
    team_offense=u.offense(
        *(
            u.team_form(day, team, 100 + place, (110, 105))
            for place, day in enumerate(EARLIER_DAYS)
            for team in ("NYK", "MIN")
        )
    ),
    team_defense=u.defense(
        *(
            u.team_form(day, team, 100 + place, (110, 105))
            for place, day in enumerate(EARLIER_DAYS)
            for team in ("NYK", "MIN")
        )
    ),
    game_lines=GOLDEN_LINES,
    injury_report=GOLDEN_REPORT,
    injury_report_teams=GOLDEN_REPORT_TEAMS,
)
LINE_COLUMNS = ["game_spread", "opening_spread", "spread_movement", "game_spread_consensus"]
TOTAL_COLUMNS = ["game_total", "opening_total", "total_movement", "game_total_consensus"]
INJURY_COLUMNS = ["players_out", "rotation_players_out", "starters_out", "questionable_players", "probable_players"]


def row(tables: u.Tables, team: str, day: str = DAY) -> pd.Series:
    return u.only(tables.teams(dates(day)).rows, team_abbr=team)


# lines


def test_golden_lines_of_both_teams() -> None:
    home, away = row(TABLES, "NYK"), row(TABLES, "MIN")
    assert home[LINE_COLUMNS].tolist() == [1.5, 2.5, -1.0, 1.75]
    assert away[LINE_COLUMNS].tolist() == [-1.5, -2.5, 1.0, -1.75]
    for team in (home, away):
        assert team[TOTAL_COLUMNS].tolist() == [222.5, 224.0, -1.5, 222.5]
        assert (team["game_spread_source"], team["game_total_source"]) == ("draftkings", "draftkings")
        assert team["game_spread_at"] == pd.Timestamp("2024-01-01T19:00Z")


def test_a_single_quote_has_no_opening_and_no_movement() -> None:
    lines = u.game_lines(u.spread(MATCH, "fanduel", "2024-01-01T18:00Z", -3.0))
    found = row(TABLES.changed(game_lines=lambda _: lines), "NYK")
    assert found["game_spread"] == -3.0
    assert found[["opening_spread", "spread_movement", "game_total", "game_total_source"]].isna().all()


def test_a_quote_exactly_at_tip_off_counts_and_a_pick_em_is_zero_for_both() -> None:
    lines = u.game_lines(u.spread(MATCH, "BetMGM", "2024-01-01T20:00Z", 0.0))
    tables = TABLES.changed(game_lines=lambda _: lines)
    assert [row(tables, team)["game_spread"] for team in ("NYK", "MIN")] == [0.0, 0.0]
    assert row(tables, "MIN")["game_spread_source"] == "betmgm"


def test_single_books_come_before_a_mean_of_books() -> None:
    at, order = "2024-01-01T19:00Z", []
    books = ["mean_of_books", "consensus", "sbr_close", "fanduel", "betmgm", "draftkings"]
    while books:
        lines = u.game_lines(*(u.spread(MATCH, book, at, 1.0) for book in books))
        order.append(row(TABLES.changed(game_lines=lambda _, lines=lines: lines), "NYK")["game_spread_source"])
        books.remove(order[-1])
    assert order == ["draftkings", "fanduel", "betmgm", "sbr_close", "consensus", "mean_of_books"]


def test_a_line_of_a_game_that_moved_away_is_ignored() -> None:
    moved = {**MATCH, "nba_game_id": "0029999999"}
    lines = u.game_lines(u.spread(moved, "draftkings", "2024-01-01T12:00Z", 2.5))
    assert pd.isna(row(TABLES.changed(game_lines=lambda _: lines), "NYK")["game_spread"])


def test_a_game_without_a_time_takes_quotes_until_noon_in_new_york() -> None:
    lines = u.game_lines(
        u.spread(MATCH, "draftkings", "2024-01-01T17:00Z", 2.5), u.spread(MATCH, "draftkings", "2024-01-01T17:01Z", 9.5)
    )
    open_time = TABLES.changed(
        game_lines=lambda _: lines,
        games=lambda rows: rows.assign(tip_off_at=rows["tip_off_at"].mask(rows["game_date"] == DAY)),
    )
    found = row(open_time, "NYK")
    assert found["game_spread"] == 2.5
    assert pd.isna(found["tip_off_at"])


# injuries


def test_golden_injuries_of_a_team_that_has_reported() -> None:
    found = row(TABLES, "NYK")
    assert found["injury_report_at"] == pd.Timestamp("2024-01-01T18:30Z")
    assert found[["players_out", "questionable_players", "probable_players"]].tolist() == [1, 1, 1]


def test_golden_injuries_of_a_team_that_has_not_reported_are_unknown() -> None:
    found = row(TABLES, "MIN")
    assert found[["injury_report_at", *INJURY_COLUMNS]].isna().all()


def test_a_team_that_lists_nobody_has_zero_players_out() -> None:
    alone = u.report_teams(u.report_team(MATCH, "MIN", "2024-01-01T18:30Z"))
    found = row(TABLES.changed(injury_report_teams=lambda _: alone, injury_report=lambda rows: rows[:0]), "MIN")
    assert found[INJURY_COLUMNS].tolist() == [0, 0, 0, 0, 0]


def test_fifteen_minutes_are_rotation_and_half_the_starts_are_a_starter() -> None:
    """a: 900 seconds a game, starter in 3 of 5 games."""
    assert row(TABLES, "NYK")[["rotation_players_out", "starters_out"]].tolist() == [1, 1]
    less = TABLES.changed(
        player_games=lambda rows: rows.assign(
            seconds_played=rows["seconds_played"].where(rows["game_date"] != EARLIER_DAYS[0], 899),
            starter_flag=rows["starter_flag"].where(rows["game_date"] != EARLIER_DAYS[0], False),
        )
    )
    assert row(less, "NYK")[["players_out", "rotation_players_out", "starters_out"]].tolist() == [1, 0, 0]


def test_a_game_whose_source_does_not_say_who_started_is_not_judged() -> None:
    """a started in games 0, 2 and 4; without the flag of games 1 and 3 it is 3 of 3, without 0 and 2 it is 1 of 3."""

    def unknown(*places: int) -> u.Tables:
        days = [EARLIER_DAYS[place] for place in places]
        return TABLES.changed(
            player_games=lambda rows: rows.assign(
                starter_flag=rows["starter_flag"].mask(rows["game_date"].isin(pd.to_datetime(list(days))))
            )
        )

    assert row(unknown(1, 3), "NYK")["starters_out"] == 1
    assert row(unknown(0, 2), "NYK")["starters_out"] == 0


def test_the_most_severe_of_two_listings_of_a_player_counts() -> None:
    twice = u.report_players(
        u.report_player(MATCH, "NYK", "2024-01-01T18:30Z", "a", "probable"),
        u.report_player(MATCH, "NYK", "2024-01-01T18:30Z", "a", "out"),
    )
    found = row(TABLES.changed(injury_report=lambda _: twice), "NYK")
    assert found[["players_out", "probable_players"]].tolist() == [1, 0]


def test_only_reports_of_the_day_and_the_day_before_are_read() -> None:
    early = u.report_teams(u.report_team(MATCH, "NYK", "2023-12-30T18:30Z"))
    eve = u.report_teams(u.report_team(MATCH, "NYK", "2023-12-31T18:30Z"))
    assert pd.isna(row(TABLES.changed(injury_report_teams=lambda _: early), "NYK")["injury_report_at"])
    assert row(TABLES.changed(injury_report_teams=lambda _: eve), "NYK")["injury_report_at"] == pd.Timestamp(
        "2023-12-31T18:30Z"
    )


# rest, record, form


def test_rest_density_and_record_of_a_season_by_hand() -> None:
    """NYK won at home on 12-20, 22, 24, 26 and 31; seven days before 2024-01-01 begin on 2023-12-25."""
    found = row(TABLES, "NYK")
    names = ["game_number_in_season", "team_days_rest", "games_in_last_7_days", "games_in_last_14_days"]
    assert found[names].tolist() == [6, 0, 2, 5]
    assert found["team_back_to_back"]
    assert found[["team_win_streak_entering", "team_loss_streak_entering"]].tolist() == [5, 0]
    assert (found["season_win_pct"], found["last_game_margin"], found["last_game_result"]) == (1.0, 10, "W")
    assert row(TABLES, "MIN")[["last_game_margin", "last_game_result", "team_loss_streak_entering"]].tolist() == [
        -10,
        "L",
        5,
    ]


def test_form_is_the_mean_of_the_games_before() -> None:
    found = row(TABLES, "NYK")
    assert found["games_in_sample_last_10"] == 5
    assert found[["pace_last_10", "offensive_rating_last_10", "defensive_rating_last_10"]].tolist() == [102, 110, 105]
    assert found["ft_rate_allowed_last_10"] == 0.1


def test_an_opener_has_no_rest_and_no_result_but_a_way_from_home() -> None:
    found = row(TABLES, "MIN", EARLIER_DAYS[0])
    assert (
        found[["team_days_rest", "season_win_pct", "last_game_margin", "last_game_result", "pace_last_10"]].isna().all()
    )
    assert not found["team_back_to_back"]
    assert found[["game_number_in_season", "team_win_streak_entering", "team_loss_streak_entering"]].tolist() == [
        1,
        0,
        0,
    ]
    assert found["travel_miles"] == pytest.approx(1016.497692, abs=1e-6)
    assert found[["miles_traveled_last_14_days", "time_zones_crossed_last_14_days"]].tolist() == [0, 0]


def test_a_game_of_last_season_is_not_earlier() -> None:
    last_season = u.game("2023-06-12", "MIN", "NYK", (90, 100))
    found = row(TABLES.changed(games=lambda _: u.games(last_season, *EARLIER, MATCH)), "NYK", EARLIER_DAYS[0])
    assert found["game_number_in_season"] == 1


def test_a_result_still_on_its_way_counts_for_rest_but_not_for_the_record() -> None:
    pending = u.game(EARLIER_DAYS[-1], "MIN", "NYK")
    found = row(TABLES.changed(games=lambda _: u.games(*EARLIER[:-1], pending, MATCH)), "NYK")
    assert found[["game_number_in_season", "team_days_rest", "team_win_streak_entering"]].tolist() == [6, 0, 4]
    assert found["season_win_pct"] == 1.0


def test_a_streak_ends_with_the_first_other_result() -> None:
    lost = u.game(EARLIER_DAYS[-1], "MIN", "NYK", (120, 110))
    found = row(TABLES.changed(games=lambda _: u.games(*EARLIER[:-1], lost, MATCH)), "NYK")
    assert found[["team_win_streak_entering", "team_loss_streak_entering"]].tolist() == [0, 1]
    assert found["season_win_pct"] == 0.8


# travel


def test_home_game_in_another_city_is_a_road_game_and_a_known_way() -> None:
    """SAS plays at home in Austin after a road game; the leg back to San Antonio is travel too."""
    games = u.games(
        u.game("2024-03-13", "SAS", "HOU", (90, 100)),
        u.game("2024-03-15", "DEN", "SAS", (90, 100), venue_city="Austin"),
        u.game("2024-03-17", "BKN", "SAS", (90, 100)),
    )
    rows = u.Tables(games).teams(dates("2024-03-13", "2024-03-15", "2024-03-17")).rows
    spurs = rows[rows["team_abbr"] == "SAS"]
    assert spurs["consecutive_road_games"].tolist() == [1, 2, 0]
    assert spurs["travel_miles"].round().tolist() == [186, 146, 73]
    first, second, _ = spurs["travel_miles"]
    assert spurs["miles_traveled_last_14_days"].tolist() == pytest.approx([0, first, first + second])


def test_an_unknown_city_gives_unknown_travel_until_its_leg_is_two_weeks_old() -> None:
    games = u.games(
        u.game("2024-01-01", "MIN", "NYK", (90, 100)),
        u.game("2024-01-03", "BOS", "NYK", (90, 100), venue_city="Atlantis"),
        u.game("2024-01-05", "MIA", "NYK", (90, 100)),
        u.game("2024-01-19", "CHI", "NYK", (90, 100)),
        u.game("2024-01-20", "CHI", "NYK", (90, 100)),
    )
    rows = u.Tables(games).teams(dates("2024-01-03", "2024-01-05", "2024-01-19", "2024-01-20")).rows
    knicks = rows[rows["team_abbr"] == "NYK"]
    assert knicks["travel_miles"].isna().tolist() == [True, True, False, False]
    assert knicks["time_zone_changes"].isna().tolist() == [True, True, False, False]
    assert knicks["miles_traveled_last_14_days"].isna().tolist() == [False, True, True, False]
    assert knicks["time_zones_crossed_last_14_days"].isna().tolist() == [False, True, True, False]
    assert knicks["consecutive_road_games"].tolist() == [1, 0, 0, 0]
    assert knicks["venue_time_zone"].isna().tolist() == [True, False, False, False]


def test_hours_follow_the_clocks_of_the_day_of_the_game() -> None:
    """Phoenix has no summer time: an hour from Denver in July's half of the year, none in winter."""
    games = u.games(
        u.game("2023-10-30", "PHX", "DEN", (90, 100)),
        u.game("2023-11-01", "DEN", "PHX", (90, 100)),
        u.game("2024-01-10", "PHX", "DEN", (90, 100)),
        u.game("2024-01-12", "DEN", "PHX", (90, 100)),
    )
    rows = u.Tables(games).teams(dates("2023-11-01", "2024-01-12")).rows
    assert rows.loc[rows["team_abbr"] == "PHX", "time_zone_changes"].tolist() == [-1, 0]


# rows


def test_both_teams_of_a_game_mirror_each_other() -> None:
    rows = TABLES.teams(dates(DAY)).rows
    assert rows["team_abbr"].tolist() == ["MIN", "NYK"]
    assert rows["opponent_team_abbr"].tolist() == ["NYK", "MIN"]
    assert rows["opponent_days_rest"].tolist() == rows["team_days_rest"].tolist()[::-1]
    assert rows["home_game"].tolist() == [False, True]
    assert tuple(rows.columns) == TABLE.column_names


def test_a_day_without_games_says_so() -> None:
    made = TABLES.teams(dates("2024-01-02"))
    assert made.rows.empty
    assert made.skip_reasons == {date(2024, 1, 2): "no_games"}


def test_teams_without_line_or_report_are_counted() -> None:
    made = TABLES.teams(dates(EARLIER_DAYS[0], DAY))
    assert made.counts == {
        "teams_without_spread": {date(2023, 12, 20): 2},
        "teams_without_injury_report": {date(2023, 12, 20): 2, date(2024, 1, 1): 1},
    }


def test_rows_obey_the_rules_of_the_table() -> None:
    assert set(violations(TABLE, TABLES.teams(dates(*EARLIER_DAYS, DAY)).rows).values()) == {0}


@pytest.mark.parametrize(
    ("rule", "column", "value"),
    [
        ("AC-02", "opponent_team_abbr", "NYK"),
        ("UT-02a", "team_back_to_back", False),
        ("UT-02b", "games_in_last_7_days", 6),
        ("UT-02b", "game_number_in_season", 5),
        ("UT-02c", "team_loss_streak_entering", 1),
        ("UT-02d", "last_game_result", "L"),
        ("leakage", "game_spread_at", pd.Timestamp("2024-01-01T20:01Z")),
        ("one_report", "injury_report_at", pd.NaT),
        ("absent_players", "starters_out", 2),
    ],
)
def test_a_wrong_value_breaks_its_rule(rule: str, column: str, value: object) -> None:
    rows = TABLES.teams(dates(DAY)).rows
    rows.loc[rows["team_abbr"] == "NYK", column] = value
    assert violations(TABLE, rows)[rule] == 1


# as of


def test_a_range_equals_its_days_and_each_day_what_it_alone_reads() -> None:
    days = (*EARLIER_DAYS, DAY)
    alone = pd.concat([TABLES.read_for(day).teams(dates(day)).rows for day in days], ignore_index=True)
    assert_frame_equal(TABLES.teams(dates(*days)).rows, alone, check_exact=True)


def test_order_of_input_rows_changes_nothing() -> None:
    def shuffled(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.sample(frac=1, random_state=7)

    names = (
        "games",
        "player_games",
        "team_offense",
        "team_defense",
        "game_lines",
        "injury_report",
        "injury_report_teams",
    )
    asked = dates(*EARLIER_DAYS, DAY)
    assert_frame_equal(
        TABLES.changed(**dict.fromkeys(names, shuffled)).teams(asked).rows, TABLES.teams(asked).rows, check_exact=True
    )


def test_the_game_itself_and_later_quotes_and_reports_change_nothing() -> None:
    """A run before and a run after the games of the day give the same rows."""
    finished = u.game(DAY, "MIN", "NYK", (70, 150), tip_off_at="2024-01-01T20:00Z")
    later = u.game("2024-01-02", "NYK", "BOS", (99, 98))
    after = TABLES.changed(
        games=lambda _: u.games(*EARLIER, finished, later),
        player_games=lambda rows: pd.concat([rows, u.player_games(u.player_game(DAY, "NYK", "a", 2880))]),
        team_offense=lambda rows: pd.concat([rows, u.offense(u.team_form(DAY, "NYK", 200, (200, 10)))]),
        team_defense=lambda rows: pd.concat([rows, u.defense(u.team_form(DAY, "NYK", 200, (200, 10)))]),
        game_lines=lambda rows: pd.concat(
            [rows, u.game_lines(u.spread(MATCH, "draftkings", "2024-01-01T20:00:01Z", -20.0))]
        ),
        injury_report=lambda rows: pd.concat(
            [rows, u.report_players(u.report_player(MATCH, "MIN", "2024-01-01T21:00Z", "m", "out"))]
        ),
        injury_report_teams=lambda rows: pd.concat(
            [rows, u.report_teams(u.report_team(MATCH, "MIN", "2024-01-01T21:00Z"))]
        ),
    )
    assert_frame_equal(after.teams(dates(DAY)).rows, TABLES.teams(dates(DAY)).rows, check_exact=True)
