"""Who is a player of a team before its game, and what is known of him, by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from nba_pipeline.analytics.upcoming_player_game_context import TABLE
from nba_pipeline.schema.frames import frame_dtype
from nba_pipeline_tests.analytics import builders as b
from nba_pipeline_tests.analytics import upcoming_tables as u
from nba_pipeline_tests.analytics.builders import dates
from nba_pipeline_tests.analytics.test_upcoming_team_game_context import (
    EARLIER,
    EARLIER_DAYS,
    GOLDEN_REPORT,
    GOLDEN_REPORT_TEAMS,
    MATCH,
)
from nba_pipeline_tests.precompute.zone_tables import violations

DAY = "2024-01-01"
STAR_LINES = {"a": (1800, 20), "b": (1200, 10), "c": (900, 4), "e": (1700, 12), "f": (600, 6)}


def history(lookup: str, *points: int, team: str = "NYK", **more: object) -> list[dict[str, object]]:
    """Played games of a player on the newest of the earlier days, points newest first."""
    days = EARLIER_DAYS[::-1][: len(points)]
    return [
        u.player_game(day, team, lookup, 1800, points=scored, **more) for day, scored in zip(days, points, strict=True)
    ]


TABLES = u.Tables(
    u.games(*EARLIER, MATCH),
    player_games=u.player_games(
        *(
            u.player_game(day, "NYK", lookup, seconds, points=points)
            for day in EARLIER_DAYS
            for lookup, (seconds, points) in STAR_LINES.items()
        ),
        *(u.player_game(day, "MIN", "m", 1800, points=15) for day in EARLIER_DAYS),
    ),
    team_offense=u.offense(
        *(
            u.team_form(day, team, pace, (110, 105))
            for day in EARLIER_DAYS
            for team, pace in (("NYK", 98), ("MIN", 101))
        )
    ),
    team_defense=u.defense(
        *(
            u.team_form(day, team, 98, (110, rating))
            for day in EARLIER_DAYS
            for team, rating in (("NYK", 105), ("MIN", 112))
        )
    ),
    injury_report=GOLDEN_REPORT,
    injury_report_teams=GOLDEN_REPORT_TEAMS,
)


def row(tables: u.Tables, lookup: str, day: str = DAY) -> pd.Series:
    return u.only(tables.players(dates(day)).rows, player_lookup=lookup)


def with_players(*listings: list[dict[str, object]]) -> u.Tables:
    rows = u.player_games(*(listing for player in listings for listing in player))
    return TABLES.changed(player_games=lambda _: rows)


# availability


def test_golden_availability_of_the_players_of_a_team_that_has_reported() -> None:
    rows = TABLES.players(dates(DAY)).rows.set_index("player_lookup")
    assert rows.loc[["a", "b", "c", "e", "f"], "injury_status"].tolist() == [
        "out",
        "probable",
        "out",
        "doubtful",
        "available",
    ]
    assert rows.loc[["a", "f"], "on_injury_report"].tolist() == [True, False]
    assert rows.loc["c", "injury_reason_category"] == "g_league"
    assert rows.loc["a", "injury_reason"] == "injury of a"
    assert pd.isna(rows.loc["f", "injury_reason"])


def test_golden_team_mates_in_doubt_leave_the_player_himself_out() -> None:
    """a is a star by points, e by 28 minutes and 12 points; c is on duty elsewhere and never counts."""
    rows = TABLES.players(dates(DAY)).rows.set_index("player_lookup")
    assert rows.loc[["a", "b", "e"], "questionable_teammates"].tolist() == [1, 1, 0]
    assert rows.loc[["a", "b", "e"], "probable_teammates"].tolist() == [1, 0, 1]
    assert rows.loc[["a", "b", "e", "f"], "star_teammates_out"].tolist() == [1, 2, 1, 2]


def test_golden_availability_of_a_team_that_has_not_reported_is_unknown() -> None:
    unknown = ["injury_status", "on_injury_report", "injury_report_at", "questionable_teammates", "star_teammates_out"]
    assert row(TABLES, "m")[unknown].isna().all()


@pytest.mark.parametrize(("column", "less"), [("points", 11), ("seconds_played", 1679)])
def test_a_star_by_minutes_needs_both_28_minutes_and_12_points(column: str, less: int) -> None:
    def lower(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(**{column: rows[column].mask(rows["player_lookup"] == "e", less)})

    assert row(TABLES.changed(player_games=lower), "b")["star_teammates_out"] == 1


def test_nobody_is_a_star_after_four_games() -> None:
    four = TABLES.changed(player_games=lambda rows: rows[rows["game_date"] > EARLIER_DAYS[0]])
    assert row(four, "b")["star_teammates_out"] == 0


# universe


def test_a_traded_player_belongs_to_the_old_team_until_the_new_one_lists_him() -> None:
    games = u.games(
        u.game("2023-12-29", "TOR", "BOS", (100, 110)),
        u.game("2023-12-29", "NYK", "ORL", (100, 110)),
        u.game("2023-12-30", "TOR", "DET", (100, 110)),
        u.game("2023-12-30", "NYK", "IND", (100, 110)),
        u.game("2024-01-01", "MIN", "NYK"),
        u.game("2024-01-01", "CLE", "TOR"),
    )
    listings = u.player_games(
        u.player_game("2023-12-29", "TOR", "oganunoby", 2220, points=12),
        u.player_game("2023-12-29", "NYK", "rjbarrett", 2000, points=10),
        u.player_game("2023-12-30", "NYK", "oganunoby", None),
        u.player_game("2023-12-30", "TOR", "rjbarrett", None),
    )
    rows = u.Tables(games, player_games=listings).players(dates("2023-12-30", DAY)).rows
    assert rows[["game_date", "player_lookup", "team_abbr"]].astype(str).to_numpy().tolist() == [
        ["2023-12-30", "oganunoby", "TOR"],
        ["2023-12-30", "rjbarrett", "NYK"],
        ["2024-01-01", "oganunoby", "NYK"],
        ["2024-01-01", "rjbarrett", "TOR"],
    ]
    assert rows["opponent_team_abbr"].tolist() == ["DET", "IND", "MIN", "CLE"]
    assert rows["days_rest"].tolist() == [0, 0, 2, 2]


def test_a_listing_counts_for_ten_games_of_the_team() -> None:
    days = [f"2024-01-{day:02}" for day in range(1, 13)]
    games = u.games(*(u.game(day, "MIN", "NYK", (90, 100)) for day in days))
    listings = u.player_games(
        u.player_game(days[0], "NYK", "gone", None),
        *(u.player_game(day, "NYK", "stays", 600) for day in days),
    )
    rows = u.Tables(games, player_games=listings).players(dates(*days)).rows
    assert rows.loc[rows["player_lookup"] == "gone", "game_date"].dt.day.tolist() == list(range(2, 12))
    assert rows.loc[rows["player_lookup"] == "stays", "game_date"].dt.day.tolist() == list(range(2, 13))


def test_a_game_without_a_result_does_not_push_a_listing_out() -> None:
    days = [f"2024-01-{day:02}" for day in range(1, 13)]
    games = u.games(*(u.game(day, "MIN", "NYK", None if day == days[4] else (90, 100)) for day in days))
    listings = u.player_games(u.player_game(days[0], "NYK", "waits", None))
    rows = u.Tables(games, player_games=listings).players(dates(*days)).rows
    assert rows["game_date"].dt.day.tolist() == list(range(2, 13))


def test_a_player_who_never_played_is_a_row_without_averages() -> None:
    tables = with_players([u.player_game(day, "NYK", "bench", None) for day in EARLIER_DAYS])
    found = row(tables, "bench")
    counters = ["games_in_sample_season", "games_in_sample_last_5", "games_in_last_14_days", "points_line_books"]
    assert found[counters].tolist() == [0, 0, 0, 0]
    assert found[["minutes_in_last_7_days", "minutes_in_last_14_days"]].tolist() == [0.0, 0.0]
    assert found[["days_rest", "points_avg_last_5", "avg_minutes_per_game_last_7", "last_game_date"]].isna().all()
    assert not found["back_to_back"]


def test_the_first_days_of_a_season_have_no_rows_and_say_why() -> None:
    made = TABLES.players(dates(EARLIER_DAYS[0], "2023-12-21", EARLIER_DAYS[1]))
    assert made.rows["game_date"].unique().tolist() == [pd.Timestamp(EARLIER_DAYS[1])]
    assert made.skip_reasons == {date(2023, 12, 20): "no_earlier_game", date(2023, 12, 21): "no_games"}


def test_a_day_whose_teams_have_played_but_have_no_players_gives_no_reason() -> None:
    """The write then fails: the player rows of the day before are missing."""
    made = TABLES.changed(player_games=lambda rows: rows[:0]).players(dates(DAY))
    assert made.rows.empty
    assert made.skip_reasons == {}


def test_a_missing_team_row_is_named() -> None:
    context = TABLES.teams(dates(DAY)).rows
    with pytest.raises(ValueError, match=r"upcoming_team_game_context has no row for 1 game\(s\)"):
        TABLES.players(dates(DAY), team_context=context[:0])


# identity


def test_a_key_that_changed_with_a_later_spelling_never_splits_a_player() -> None:
    tables = with_players(
        [u.player_game(EARLIER_DAYS[0], "NYK", "jimmybutler", 600, points=10, nba_player_id=7)],
        [u.player_game(EARLIER_DAYS[1], "NYK", "jimmybutleriii", 600, points=20, nba_player_id=7)],
        [u.player_game(EARLIER_DAYS[2], "NYK", "jbutler", 600, points=30)],
    ).changed(
        players_registry=lambda _: u.frame(
            u.players_registry.TABLE,
            u.REGISTRY,
            {
                "player_lookup": "jimmybutleriii",
                "nba_player_id": 7,
                "player_full_name": "Jimmy Butler III",
                "birth_date": "1989-09-14",
            },
        ),
        player_aliases=lambda _: b.aliases(("jbutler", "jimmybutleriii")),
    )
    made = tables.players(dates(DAY))
    found = u.only(made.rows)
    assert (found["player_lookup"], found["nba_player_id"]) == ("jimmybutleriii", 7)
    assert found["player_full_name"] == "Jimmy Butler III"
    assert (found["games_in_sample_season"], found["points_avg_season"]) == (3, 20.0)
    assert found["player_age"] == 12527 / 365.25
    assert made.counts == {"unregistered_players": {}}


def test_two_names_of_one_person_on_one_day_are_the_row_with_playing_time() -> None:
    tables = with_players(
        [u.player_game(EARLIER_DAYS[4], "MIN", "cjones", None, nba_player_id=9)],
        [u.player_game(EARLIER_DAYS[4], "NYK", "carljones", 600, points=8, nba_player_id=9)],
    ).changed(players_registry=lambda _: _registry("carljones", 9))
    assert row(tables, "carljones")[["team_abbr", "games_in_sample_season"]].tolist() == ["NYK", 1]


def _registry(lookup: str, nba_player_id: int) -> pd.DataFrame:
    person = {"player_lookup": lookup, "nba_player_id": nba_player_id, "player_full_name": lookup.title()}
    return u.frame(u.players_registry.TABLE, u.REGISTRY, person)


def test_a_player_whom_the_registry_does_not_have_is_kept_and_counted() -> None:
    made = with_players(history("newcomer", 4)).players(dates(DAY))
    assert u.only(made.rows)["player_full_name"] == "Newcomer"
    assert made.counts == {"unregistered_players": {date(2024, 1, 1): 1}}


# workload and form


def test_workload_by_hand() -> None:
    """Played 12-20, 22, 24, 26 and 31: seven days before 2024-01-01 hold two games, fourteen all five."""
    found = row(with_players(history("gus", 30, 20, 10, 20, 20)), "gus")
    assert found[["games_in_sample_season", "games_in_sample_last_5", "games_in_sample_last_10"]].tolist() == [5, 5, 5]
    assert found["last_game_date"] == pd.Timestamp("2023-12-31")
    assert (found["days_rest"], found["days_rest_before_last_game"], found["days_since_2_plus_days_rest"]) == (0, 4, 1)
    assert found["back_to_back"]
    assert found[["games_in_last_7_days", "games_in_last_14_days", "back_to_backs_last_14_days"]].tolist() == [2, 5, 0]
    assert found[["minutes_in_last_7_days", "minutes_in_last_14_days"]].tolist() == [60.0, 150.0]
    assert (found["avg_minutes_per_game_last_7"], found["points_avg_last_5"]) == (30.0, 20.0)


def test_pairs_of_games_count_when_both_lie_in_the_fourteen_days() -> None:
    days = ("2024-01-01", "2024-01-02", "2024-01-03", "2024-01-15", "2024-01-16")
    games = u.games(*(u.game(day, "MIN", "NYK", (90, 100)) for day in days))
    listings = u.player_games(*(u.player_game(day, "NYK", "gus", 600) for day in days[:4]))
    rows = u.Tables(games, player_games=listings).players(dates(*days)).rows
    assert rows["back_to_backs_last_14_days"].tolist() == [0, 1, 2, 1]
    assert rows["days_since_2_plus_days_rest"].isna().tolist() == [True, True, True, False]


def test_a_listing_without_playing_time_is_not_a_game_of_zero_points() -> None:
    listed = u.player_game(EARLIER_DAYS[0], "NYK", "gus", 0), u.player_game(EARLIER_DAYS[1], "NYK", "gus", None)
    found = row(with_players(history("gus", 20, 10), list(listed)), "gus")
    assert (found["games_in_sample_season"], found["points_avg_season"]) == (2, 15.0)


def test_usage_is_weighted_by_time_and_leaves_unknown_games_out() -> None:
    games = [
        u.player_game(EARLIER_DAYS[2], "NYK", "gus", 600, usage_rate=0.1),
        u.player_game(EARLIER_DAYS[3], "NYK", "gus", 1800, usage_rate=0.3),
        u.player_game(EARLIER_DAYS[4], "NYK", "gus", 2400),
    ]
    assert row(with_players(games), "gus")["avg_usage_rate_last_7_games"] == pytest.approx(0.25)


def test_shooting_compares_the_pooled_last_five_with_the_pooled_season() -> None:
    """Six games: five of 2-4 with a three each (0.625), before them one of 0-5: season 12.5 of 25."""
    days = [f"2024-01-{day:02}" for day in range(1, 8)]
    shots = [{"fg_makes": 0, "fg_attempts": 5}] + [{"fg_makes": 2, "fg_attempts": 4, "three_pt_makes": 1}] * 5
    games = u.games(*(u.game(day, "MIN", "NYK", (90, 100)) for day in days))
    played = [u.player_game(day, "NYK", "gus", 600, **line) for day, line in zip(days[:6], shots, strict=True)]
    rows = u.Tables(games, player_games=u.player_games(*played)).players(dates(days[0], days[6])).rows
    assert u.only(rows)["efg_pct_last_5_vs_season"] == pytest.approx(0.625 - 12.5 / 25)


# lines and streaks

GOLDEN_PROPS = (
    ("draftkings", "2024-01-01T15:00Z", 24.5, 1.91),
    ("draftkings", "2024-01-01T23:00Z", 25.5, 1.87),
    ("draftkings", "2024-01-01T23:00Z", 27.5, 2.40),
    ("draftkings", "2024-01-02T00:30Z", 26.5, 1.95),
    ("draftkings", "2024-01-02T00:35Z", 30.5, 1.90),
    ("fanduel", "2024-01-02T00:00Z", 26.0, 1.90),
)


@pytest.mark.parametrize(
    ("tip_off", "line", "opening", "movement", "source", "consensus", "books"),
    [
        ("2024-01-02T00:30Z", 26.5, 24.5, 2.0, "odds_api:draftkings", 26.25, 2),
        ("2024-01-01T23:30Z", 25.5, 24.5, 1.0, "odds_api:draftkings", 25.5, 1),
        ("2024-01-01T10:00Z", None, None, None, None, None, 0),
    ],
)
def test_points_line_at_tip_off(
    tip_off: str,
    line: float | None,
    opening: float | None,
    movement: float | None,
    source: str | None,
    consensus: float | None,
    books: int,
) -> None:
    """The quotes of the golden prop line, without those of the second source."""
    match = {**MATCH, "tip_off_at": tip_off}
    quotes = u.props(*(u.prop(match, "gus", at, point, price, book) for book, at, point, price in GOLDEN_PROPS))
    tables = with_players(history("gus", 20)).changed(
        games=lambda _: u.games(*EARLIER, match), player_props=lambda _: quotes
    )
    found = row(tables, "gus")
    names = ["current_points_line", "opening_points_line", "line_movement", "points_line_consensus"]
    expected = [np.nan if value is None else value for value in (line, opening, movement, consensus)]
    assert found[names].astype(float).tolist() == pytest.approx(expected, nan_ok=True)
    assert found["has_prop_line"] == (line is not None)
    assert found["points_line_books"] == books
    assert pd.isna(found["points_line_source"]) if source is None else found["points_line_source"] == source


@pytest.mark.parametrize(
    ("points", "line", "over", "under"),
    [
        ((30, 26, 28, 20, 31), 26.0, 2, 0),
        ((20, 26, 22, 27), 26.0, 0, 2),
        ((26, 26), 26.0, 0, 0),
        ((30, 31, 32), 26.0, 3, 0),
        ((30,), None, None, None),
    ],
)
def test_golden_streaks_against_the_line_of_today(
    points: tuple[int, ...], line: float | None, over: int | None, under: int | None
) -> None:
    tables = with_players(history("gus", *points))
    if line is not None:
        tables = tables.changed(player_props=lambda _: u.props(u.prop(MATCH, "gus", "2024-01-01T15:00Z", line)))
    found = row(tables, "gus")[["over_current_line_streak", "under_current_line_streak"]]
    assert [None if pd.isna(value) else value for value in found] == [over, under]


@pytest.mark.parametrize(
    ("results", "over", "under"),
    [
        (("PUSH", "OVER", "OVER", "UNDER"), 2, 0),
        ((None, "UNDER", None, "UNDER", "OVER"), 0, 2),
        (("PUSH", None), 0, 0),
        ((None, None), None, None),
    ],
)
def test_golden_streaks_of_own_results(results: tuple[str | None, ...], over: int | None, under: int | None) -> None:
    games = [
        u.player_game(day, "NYK", "gus", 600, over_under_result=result)
        for day, result in zip(EARLIER_DAYS[::-1], results, strict=False)
    ]
    found = row(with_players(games), "gus")[["prop_over_streak", "prop_under_streak"]]
    assert [None if pd.isna(value) else value for value in found] == [over, under]


def test_a_line_of_a_game_that_moved_away_is_ignored_and_one_without_a_row_selects_nobody() -> None:
    moved = {**MATCH, "nba_game_id": "0029999999"}
    quotes = u.props(
        u.prop(moved, "gus", "2024-01-01T15:00Z", 20.5), u.prop(MATCH, "stranger", "2024-01-01T15:00Z", 20.5)
    )
    found = u.only(with_players(history("gus", 20)).changed(player_props=lambda _: quotes).players(dates(DAY)).rows)
    assert found["player_lookup"] == "gus"
    assert not found["has_prop_line"]


# team facts


def test_team_facts_are_those_of_the_team_and_its_opponent() -> None:
    lines = u.game_lines(u.spread(MATCH, "draftkings", "2024-01-01T12:00Z", 2.5))
    tables = TABLES.changed(game_lines=lambda _: lines)
    found = row(tables, "m")
    assert (found["team_abbr"], found["opponent_team_abbr"], found["home_game"]) == ("MIN", "NYK", False)
    assert (found["game_spread"], found["pace_differential"], found["opponent_pace_last_10"]) == (-2.5, 3.0, 98.0)
    assert (found["opponent_def_rating_last_10"], found["opponent_ft_rate_allowed_last_10"]) == (105.0, 0.1)
    assert row(tables, "a")["opponent_def_rating_last_10"] == 112.0


# rules


def test_rows_obey_the_rules_of_the_table_and_have_its_types() -> None:
    rows = _with_market().players(dates(*EARLIER_DAYS, DAY)).rows
    assert set(violations(TABLE, rows).values()) == {0}
    assert {name: rows[name].dtype for name in rows} == {c.name: frame_dtype(c) for c in TABLE.columns}


@pytest.mark.parametrize(
    ("rule", "column", "value"),
    [
        ("AC-02", "opponent_team_abbr", "NYK"),
        ("UP-03a", "games_in_sample_last_5", 4),
        ("UP-03a", "games_in_last_7_days", 6),
        ("UP-03b", "minutes_in_last_14_days", 316.0),
        ("UP-03b", "avg_minutes_per_game_last_7", None),
        ("UP-03c", "has_prop_line", False),
        ("UP-03c", "points_line_books", 0),
        ("UP-03d", "back_to_back", False),
        ("UP-03d", "last_game_date", pd.Timestamp(DAY)),
        ("UP-03e", "under_current_line_streak", 1),
        ("one_report", "injury_status", None),
        ("leakage", "points_line_at", pd.Timestamp("2024-01-01T20:01Z")),
    ],
)
def test_a_wrong_value_breaks_its_rule(rule: str, column: str, value: object) -> None:
    rows = _with_market().players(dates(DAY)).rows
    rows.loc[rows["player_lookup"] == "a", column] = value
    assert violations(TABLE, rows)[rule] == 1


def _with_market() -> u.Tables:
    quotes = [u.prop(MATCH, lookup, "2024-01-01T15:00Z", 11.5) for lookup in STAR_LINES]
    return TABLES.changed(player_props=lambda _: u.props(*quotes))


# as of


def test_a_range_equals_its_days_and_each_day_what_it_alone_reads() -> None:
    tables, days = _with_market(), (*EARLIER_DAYS, DAY)
    alone = pd.concat([tables.read_for(day).players(dates(day)).rows for day in days], ignore_index=True)
    assert_frame_equal(tables.players(dates(*days)).rows, alone, check_exact=True)


def test_order_of_input_rows_changes_nothing() -> None:
    tables, asked = _with_market(), dates(*EARLIER_DAYS, DAY)

    def shuffled(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.sample(frac=1, random_state=7)

    names = ("games", "player_games", "player_props", "injury_report", "injury_report_teams")
    made = tables.changed(**dict.fromkeys(names, shuffled)).players(asked)
    assert_frame_equal(made.rows, tables.players(asked).rows, check_exact=True)


def test_the_game_itself_and_later_quotes_and_reports_change_nothing() -> None:
    """A run before and a run after the games of the day give the same rows, new team mates included."""
    tables = _with_market()
    finished = u.game(DAY, "MIN", "NYK", (70, 150), tip_off_at="2024-01-01T20:00Z")
    box = u.player_games(
        u.player_game(DAY, "NYK", "a", 2880, points=60, over_under_result="OVER"),
        u.player_game(DAY, "MIN", "b", 2880, points=60),
        u.player_game(DAY, "NYK", "debut", 2880, points=60),
    )
    after = tables.changed(
        games=lambda _: u.games(*EARLIER, finished),
        player_games=lambda rows: pd.concat([rows, box]),
        player_props=lambda rows: pd.concat([rows, u.props(u.prop(MATCH, "a", "2024-01-01T20:00:01Z", 40.5))]),
        injury_report=lambda rows: pd.concat(
            [rows, u.report_players(u.report_player(MATCH, "NYK", "2024-01-01T21:00Z", "a", "available"))]
        ),
        injury_report_teams=lambda rows: pd.concat(
            [rows, u.report_teams(u.report_team(MATCH, "NYK", "2024-01-01T21:00Z"))]
        ),
    )
    assert_frame_equal(after.players(dates(DAY)).rows, tables.players(dates(DAY)).rows, check_exact=True)
