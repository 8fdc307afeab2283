"""Zone windows of one date by plain loops over the earlier games: what the table transforms are compared with."""

from __future__ import annotations

import pandas as pd

from nba_pipeline.precompute.defended_zones import DEFENDED_ZONES


def plain_team(defense: list[dict], day: pd.Timestamp) -> dict[str, dict]:
    """Team -> counts of its last 15 earlier games, by loops."""
    windows: dict[str, list[dict]] = {}
    for game in defense:
        if game["game_date"] < day:
            windows.setdefault(game["team_abbr"], []).append(game)
    made: dict[str, dict] = {}
    for team, earlier in windows.items():
        last = sorted(earlier, key=lambda game: game["game_date"])[-15:]
        zone = [game for game in last if not pd.isna(game["opp_paint_attempts"])]
        made[team] = {
            "games_in_sample": len(last),
            "zone_games_in_sample": len(zone),
            "defensive_rating_last_15": sum(game["defensive_rating"] for game in last) / len(last),
            "opponent_pace": sum(game["opponent_pace"] for game in last) / len(last),
            "opponent_points_per_game": sum(int(game["points_allowed"]) for game in last) / len(last),
        }
        for name in DEFENDED_ZONES:
            attempts, makes = sum(game[name.attempts] for game in zone), sum(game[name.makes] for game in zone)
            made[team][name.prefix] = (makes, attempts)
            made[team][f"{name.prefix}_pct_allowed_last_15"] = makes / attempts
            made[team][f"{name.prefix}_blocks_per_game"] = sum(game[name.blocks] for game in zone) / len(zone)
    for name in DEFENDED_ZONES:
        pairs = [counts.pop(name.prefix) for counts in made.values()]
        league = sum(makes for makes, _ in pairs) / sum(attempts for _, attempts in pairs)
        for counts in made.values():
            counts[f"{name.prefix}_defense_vs_league_avg"] = counts[f"{name.prefix}_pct_allowed_last_15"] - league
    return made


def plain_player(player_games: list[dict], day: pd.Timestamp) -> dict[str, dict]:
    """Player -> shares of his last 10 and 20 earlier played games, by loops."""
    windows: dict[str, list[dict]] = {}
    for game in player_games:
        if game["game_date"] < day and not pd.isna(game["seconds_played"]) and game["seconds_played"] > 0:
            windows.setdefault(game["player_lookup"], []).append(game)
    made: dict[str, dict] = {}
    for player, earlier in windows.items():
        newest = sorted(earlier, key=lambda game: game["game_date"])
        row: dict[str, object] = {"team_abbr": newest[-1]["team_abbr"]}
        for last in (10, 20):
            zone = [game for game in newest[-last:] if not pd.isna(game["paint_attempts"])]
            paint = sum(game["paint_attempts"] for game in zone)
            shots = paint + sum(game["mid_range_attempts"] + game["three_attempts_pbp"] for game in zone)
            row[f"games_in_sample_{last}"] = len(newest[-last:])
            row[f"zone_games_in_sample_{last}"] = len(zone)
            row[f"paint_rate_last_{last}"] = paint / shots if shots else None
            makes = sum(game["paint_makes"] for game in zone)
            row[f"paint_pct_last_{last}"] = makes / paint if paint else None
        made[player] = row
    return made
