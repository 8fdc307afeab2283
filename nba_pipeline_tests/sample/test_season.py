"""The simulated season: dates, pairs, and the odd games a real schedule has."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest

from nba_pipeline.sample.events import ScheduledGame
from nba_pipeline.sample.league import League, play_league


def dates_by_team(games: list[ScheduledGame]) -> dict[str, list[date]]:
    dates: defaultdict[str, list[date]] = defaultdict(list)
    for game in games:
        for club in game.clubs:
            dates[club.abbr].append(game.game_date)
    return dates


def test_season_begins_on_its_first_date_and_has_the_wanted_number_of_game_dates(league: League) -> None:
    played = {game.game_date for game in league.season.final_games}
    assert min(played) == date(2024, 10, 22)
    assert len(played) == 45


def test_two_calendar_days_inside_the_range_have_no_game(league: League) -> None:
    played = league.season.played_dates
    days = {played[0] + timedelta(days=n) for n in range((played[-1] - played[0]).days + 1)}
    assert days - set(played) == {date(2024, 11, 5), date(2024, 11, 28)}


def test_game_ids_are_regular_season_ids_in_order(league: League) -> None:
    ids = [game.nba_game_id for game in league.season.games]
    assert all(re.fullmatch(r"00224\d{5}", game_id) for game_id in ids)
    assert ids == sorted(set(ids))
    assert len(ids) > 100


def test_no_team_plays_twice_on_a_date(league: League) -> None:
    pairs = Counter((game.game_date, club.abbr) for game in league.season.games for club in game.clubs)
    assert max(pairs.values()) == 1


def test_rest_and_density_stay_within_what_teams_really_play(league: League) -> None:
    for dates in dates_by_team(league.season.games).values():
        assert max((b - a).days - 1 for a, b in itertools.pairwise(dates)) <= 7
        assert max(sum(0 <= (day - other).days < 7 for other in dates) for day in dates) <= 5
        assert max(sum(0 <= (day - other).days < 14 for other in dates) for day in dates) <= 9


@pytest.mark.parametrize("month", [10, 11, 12])
def test_back_to_back_share_of_a_month_is_plausible(league: League, month: int) -> None:
    rests = [
        (day - timedelta(days=1)) in dates
        for dates in dates_by_team(league.season.final_games).values()
        for day in dates
        if day.month == month
    ]
    assert 0.12 <= sum(rests) / len(rests) <= 0.24


def test_season_has_games_that_are_not_played_yet(league: League) -> None:
    scheduled = [game for game in league.season.games if game.status == "scheduled"]
    assert len(scheduled) >= 40
    assert min(game.game_date for game in scheduled) > league.season.played_dates[-1]


def test_one_game_is_neutral_one_postponed_and_one_moved(league: League) -> None:
    games = league.season.games
    assert [game.neutral_city for game in games if game.neutral_city] == ["Mexico City"]
    assert sum(game.status == "postponed" for game in games) == 1
    moved = [game for game in games if game.original_date]
    assert len(moved) == 1
    assert moved[0].original_date < moved[0].game_date
    busy = dates_by_team(games)
    assert all(moved[0].original_date not in busy[club.abbr] for club in moved[0].clubs)


def test_too_short_a_season_is_refused_with_the_limits() -> None:
    with pytest.raises(ValueError, match="choose 16 to 60"):
        play_league(7, 5)
