"""Simulated games: everything adds up, and nothing looks impossible."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from statistics import correlation, mean

import pytest

from nba_pipeline.sample.events import GameResult, Line, TeamBox
from nba_pipeline.sample.league import League


def sides(league: League) -> list[tuple[GameResult, int]]:
    return [(result, side) for result in league.results for side in (0, 1)]


def boxes(league: League) -> list[TeamBox]:
    return [box for result in league.results for box in result.boxes]


def lines(league: League) -> list[Line]:
    return [line for box in boxes(league) for line in box.lines]


def possessions(box: TeamBox) -> float:
    attempts = box.total("field_goals_attempted") + 0.44 * box.total("free_throws_attempted")
    return attempts + box.total("turnovers") + box.team_turnovers - box.total("offensive_rebounds")


def test_seconds_of_a_team_are_exact(league: League) -> None:
    for result in league.results:
        expected = 5 * (2880 + 300 * result.overtimes)
        assert [box.total("seconds") for box in result.boxes] == [expected, expected]


def test_points_follow_from_the_shots(league: League) -> None:
    for line in lines(league):
        twos = line.field_goals_made - line.three_pointers_made
        assert line.points == 2 * twos + 3 * line.three_pointers_made + line.free_throws_made


def test_made_never_exceeds_attempted(league: League) -> None:
    for line in lines(league):
        assert line.field_goals_made <= line.field_goals_attempted
        assert line.three_pointers_made <= line.three_pointers_attempted <= line.field_goals_attempted
        assert line.three_pointers_made <= line.field_goals_made
        assert line.free_throws_made <= line.free_throws_attempted
        assert line.personal_fouls <= 6


def test_players_who_did_not_play_have_nothing_in_their_line(league: League) -> None:
    idle = [line for line in lines(league) if line.status != "active"]
    assert idle
    for line in idle:
        assert line.reason
        assert not line.has_played
        assert not line.is_starter
        assert (line.points, line.rebounds, line.assists, line.turnovers, line.plus_minus) == (0, 0, 0, 0, 0)


def test_plus_minus_of_a_team_is_five_times_its_margin(league: League) -> None:
    for result, side in sides(league):
        margin = result.score[side] - result.score[1 - side]
        assert result.boxes[side].total("plus_minus") == 5 * margin


def test_no_game_ends_level_and_periods_add_up_to_the_score(league: League) -> None:
    for result in league.results:
        assert result.score[0] != result.score[1]
        assert tuple(sum(box.period_points) for box in result.boxes) == result.score
        assert all(len(box.period_points) == result.periods for box in result.boxes)


def test_some_games_need_an_overtime(league: League) -> None:
    assert 1 <= sum(result.overtimes > 0 for result in league.results) <= 0.15 * len(league.results)


def test_numbers_of_listed_played_and_starting_players_are_those_of_real_games(league: League) -> None:
    for box in boxes(league):
        assert 12 <= len(box.lines) <= 18
        assert 8 <= sum(line.has_played for line in box.lines) <= 15
        assert sum(line.is_starter for line in box.lines) == 5


def test_scores_possessions_and_ratings_stay_in_their_ranges(league: League) -> None:
    for result in league.results:
        own, other = (possessions(box) for box in result.boxes)
        pace = 48 * (own + other) / 2 / (result.team_seconds / 300)
        assert 82 <= pace <= 120
        assert abs(own - other) <= 12
        for points, count in zip(result.score, (own, other), strict=True):
            assert 60 <= points <= 180
            assert 75 <= count <= 140
            assert 65 <= 100 * points / count <= 165


def test_mean_rating_of_every_week_is_that_of_the_league(league: League) -> None:
    weeks: defaultdict[int, list[float]] = defaultdict(list)
    for result, side in sides(league):
        week = (result.game.game_date - league.season.played_dates[0]).days // 7
        weeks[week].append(100 * result.score[side] / possessions(result.boxes[side]))
    assert all(103 <= mean(ratings) <= 118 for ratings in weeks.values() if len(ratings) >= 40)


def test_zone_shares_of_a_team_stay_in_their_ranges(league: League) -> None:
    for result, side in sides(league):
        zones: Counter[str] = Counter()
        for event in result.events:
            if event.side == side and event.shot:
                is_paint = event.shot.value == 2 and int(event.shot.distance) <= 8
                zones["three" if event.shot.value == 3 else "paint" if is_paint else "mid_range"] += 1
        share = {zone: count / zones.total() for zone, count in zones.items()}
        assert 0.13 <= share["paint"] <= 0.76
        assert share.get("mid_range", 0) <= 0.50
        assert 0.13 <= share["three"] <= 0.71


def test_usage_of_players_with_five_minutes_is_plausible(league: League) -> None:
    for box in boxes(league):
        team = sum(uses(line) for line in box.lines)
        for line in box.lines:
            if line.seconds >= 300:
                usage = uses(line) * box.total("seconds") / 5 / (line.seconds * team)
                assert usage <= 0.75


def uses(line: Line) -> float:
    return line.field_goals_attempted + 0.44 * line.free_throws_attempted + line.turnovers


def test_form_predicts_points_no_better_than_in_reality(league: League) -> None:
    history: defaultdict[int, list[int]] = defaultdict(list)
    form, points = [], []
    for line in lines(league):
        if line.has_played:
            earlier = history[line.player.player_id]
            if earlier:
                form.append(mean(earlier[-5:]))
                points.append(line.points)
            earlier.append(line.points)
    assert len(form) >= 2000
    assert 0.5 < correlation(form, points) < 0.742


def test_traded_player_is_inactive_for_both_teams_on_the_day_and_then_plays_for_the_new_one(league: League) -> None:
    trade = league.trade
    listed = [
        (result.game.nba_game_id, box.club.abbr, line)
        for result in league.results
        for box in result.boxes
        for line in box.lines
        if line.player.player_id == trade.player.player_id
    ]
    day = [entry for entry in listed if entry[0] in trade.game_ids]
    assert sorted(team for _, team, _ in day) == sorted((trade.old_team, trade.new_team))
    assert {line.status for _, _, line in day} == {"inactive"}
    before, after = max(trade.game_ids), min(trade.game_ids)
    assert {team for game_id, team, _ in listed if game_id < after} == {trade.old_team}
    assert {team for game_id, team, _ in listed if game_id > before} == {trade.new_team}
    assert any(line.has_played for game_id, _, line in listed if game_id > before)


def test_names_ids_and_surnames_are_invented_and_varied(league: League) -> None:
    players = [player for roster in league.rosters.values() for player in roster]
    assert len({player.player_id for player in players}) == len(players) == 480
    assert all(900001 <= player.player_id < 901000 for player in players)
    assert len({player.name.casefold() for player in players}) == len(players)
    names = " ".join(player.name for player in players)
    assert "Jr." in names
    assert "'" in names
    assert re.search(r"[À-ž]", names)
    assert any(player.name != player.later_name for player in players)


@pytest.mark.parametrize("team", ["OKC", "POR"])
def test_two_players_of_a_team_share_a_surname(league: League, team: str) -> None:
    families = Counter(player.family_name.split(" ")[0] for player in league.rosters[team])
    assert max(families.values()) == 2
