"""Feature tables of one date by plain loops over the earlier games: what the transforms are compared with."""

from __future__ import annotations

import math
import statistics

import pandas as pd

Game = dict[str, object]


def earlier_games(games: list[Game], day: pd.Timestamp, entity: str) -> dict[str, list[Game]]:
    """Entity -> its games before the day, oldest first; of players only those they were on the floor in."""
    found: dict[str, list[Game]] = {}
    for game in sorted(games, key=lambda row: row["game_date"]):
        on_floor = "seconds_played" not in game or (not pd.isna(game["seconds_played"]) and game["seconds_played"] > 0)
        if game["game_date"] < day and on_floor:
            found.setdefault(game[entity], []).append(game)
    return found


def plain_cache(players: list[Game], teams: list[Game], universe: list[Game], day: pd.Timestamp) -> dict[str, dict]:
    """Player -> form of his windows and of his team's."""
    of_player, of_team = earlier_games(players, day, "player_lookup"), earlier_games(teams, day, "team_abbr")
    made = {}
    for row in universe:
        games, team = of_player.get(row["player_lookup"], []), of_team[row["team_abbr"]]
        points = [int(game["points"]) for game in games]
        ten, window = games[-10:], team[-10:]
        made[row["player_lookup"]] = {
            "games_played_season": len(games),
            "games_in_sample_5": len(games[-5:]),
            "points_avg_last_5": _mean(points[-5:]),
            "points_avg_last_10": _mean(points[-10:]),
            "points_avg_season": _mean(points),
            "points_std_last_10": statistics.stdev(points[-10:]) if len(points) > 1 else None,
            "points_trend_last_5": _mean(points[-2:]) - _mean(points[-5:-2]) if len(points) >= 5 else None,
            "minutes_avg_last_10": _mean([game["seconds_played"] / 60 for game in ten]),
            "minutes_avg_season": _mean([game["seconds_played"] / 60 for game in games]),
            "points_per_minute_last_10": _ratio(_sum(ten, "points"), _sum(ten, "seconds_played") / 60),
            "usage_rate_last_10": plain_usage(ten),
            "player_usage_rate_season": plain_usage(games),
            "ts_pct_last_10": _ratio(
                _sum(ten, "points"), 2 * (_sum(ten, "fg_attempts") + 0.44 * _sum(ten, "ft_attempts"))
            ),
            "free_throw_points_share_last_10": _ratio(_sum(ten, "ft_makes"), _sum(ten, "points")),
            "team_games_in_sample_10": len(window),
            "team_pace_last_10": _mean([game["pace"] for game in window]),
            "team_off_rating_last_10": _mean([game["offensive_rating"] for game in window]),
            "team_win_pct_season": sum(bool(game["win_flag"]) for game in team) / len(team),
        }
    return made


def plain_factors(
    players: list[Game],
    teams: list[Game],
    universe: list[Game],
    shots: dict[str, Game],
    defense: dict[str, Game],
    day: pd.Timestamp,
) -> dict[str, dict]:
    """Player -> the four scores and their sum, from the stored zones of the date."""
    of_player, of_team = earlier_games(players, day, "player_lookup"), earlier_games(teams, day, "team_abbr")
    windows = {team: [game["pace"] for game in games[-10:]] for team, games in of_team.items()}
    everything = [pace for window in windows.values() for pace in window]
    league = sum(everything) / len(everything)
    made = {}
    for row in universe:
        games = of_player.get(row["player_lookup"], [])
        tired = _tiredness(row)
        opponent = row["opponent_team_abbr"]
        expected = _mean(windows[row["team_abbr"]]) + _mean(windows[opponent]) - 2 * league
        recent, season = plain_usage(games[-5:]), plain_usage(games)
        scores = [
            -tired / 20,
            _mismatch(shots.get(row["player_lookup"]), defense[opponent]),
            max(-3.0, min(3.0, expected / 2)),
            None if len(games) <= 5 or recent is None else max(-3.0, min(3.0, 30 * (recent - season))),
        ]
        made[row["player_lookup"]] = {
            "fatigue_score": 100 - tired,
            "shot_zone_mismatch_score": scores[1],
            "league_pace_last_10": league,
            "pace_score": scores[2],
            "usage_rate_last_5": recent,
            "usage_spike_score": scores[3],
            "total_composite_adjustment": None if None in scores else sum(scores),
            "missing_factor_count": scores.count(None),
        }
    return made


def plain_meetings(players: list[Game], universe: list[Game], day: pd.Timestamp) -> dict[str, dict]:
    """Player -> his earlier games against the opponent of the date."""
    of_player = earlier_games(players, day, "player_lookup")
    made = {}
    for row in universe:
        games = of_player.get(row["player_lookup"], [])
        met = [int(game["points"]) for game in games if game["opponent_team_abbr"] == row["opponent_team_abbr"]]
        made[row["player_lookup"]] = {"games_vs_opponent": len(met), "avg_points_vs_opponent": _mean(met)}
    return made


def plain_usage(games: list[Game]) -> float | None:
    """Mean usage weighted by seconds, over games in which it is known."""
    known = [game for game in games if not pd.isna(game["usage_rate"])]
    weighted = math.fsum(game["usage_rate"] * game["seconds_played"] for game in known)
    return _ratio(weighted, _sum(known, "seconds_played"))


def _tiredness(row: Game) -> float:
    rest = {0: 15, 1: 5}.get(-1 if pd.isna(row["days_rest"]) else int(row["days_rest"]), 0)
    games = max(0, min(15, 5 * (row["games_in_last_7_days"] - 2)))
    minutes = max(0.0, min(20.0, 20 * (row["minutes_in_last_7_days"] - 80) / 80))
    return rest + games + minutes + 6 * min(row["back_to_backs_last_14_days"], 2)


def _mismatch(shots: Game | None, defense: Game) -> float | None:
    if shots is None or pd.isna(shots["paint_rate_last_10"]):
        return None
    edges = 0.0
    for zone, weight in (("paint", 100), ("mid_range", 100), ("three_pt", 150)):
        edges += weight * shots[f"{zone}_rate_last_10"] * defense[f"{zone}_defense_vs_league_avg"]
    return max(-10.0, min(10.0, edges))


def _sum(games: list[Game], name: str) -> float:
    return sum(game[name] for game in games)


def _mean(values: list) -> float | None:
    return sum(values) / len(values) if values else None


def _ratio(numerator: float, denominator: float) -> float | None:
    return numerator / denominator if denominator else None
