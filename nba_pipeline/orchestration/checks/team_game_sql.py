"""The one query behind reconciliation: team row, opponent, schedule score and player sums of a game side by side.

Does NOT belong here: how far two numbers may lie apart.
"""

from __future__ import annotations

from datetime import date

from nba_pipeline.orchestration.checks.sql import literal

SUMMED = (
    "fg_makes", "fg_attempts", "three_pt_makes", "three_pt_attempts", "ft_makes", "ft_attempts",
    "assists", "steals", "blocks", "offensive_rebounds", "defensive_rebounds", "rebounds",
)  # fmt: skip
"""Statistics of a team that are the sums of its players."""

ZONES = (
    "paint_makes", "paint_attempts", "mid_range_makes", "mid_range_attempts", "three_makes_pbp", "three_attempts_pbp",
)  # fmt: skip


def team_games_sql(first: date, last: date) -> str:
    """One row per team game of first..last with the differences the rules judge."""
    window = f"between {literal(first)} and {literal(last)}"
    differing = ", ".join(f"t.{name} - p.sum_{name} as off_{name}" for name in SUMMED)
    zones = ", ".join(f"t.{name} is distinct from p.sum_{name} as differs_{name}" for name in ZONES)
    own_zones = "t.paint_attempts + t.mid_range_attempts + t.three_attempts_pbp"
    return f"""
select t.game_date, t.game_id, t.team_abbr, t.points_scored - p.points as off_points,
    t.points_scored - case when t.team_abbr = g.home_team_abbr then g.home_points
        when t.team_abbr = g.away_team_abbr then g.away_points end as off_score,
    {differing}, t.player_turnovers - p.turnovers as off_turnovers, t.turnovers - t.player_turnovers as team_turnovers,
    p.minutes - t.team_minutes as off_minutes, p.has_seconds, p.player_rows, p.usage_mean,
    {own_zones} - t.fg_attempts as off_zone_attempts, p.zone_rows_off, p.zone_players, {zones},
    p.assisted - p.zone_assists as off_assisted, p.starters, p.starters_unknown,
    p.plus_minus - 5 * t.margin_of_victory as off_plus_minus,
    o.team_abbr as opponent_found, o.possessions - t.possessions as possessions_apart,
    o.margin_of_victory = -t.margin_of_victory and o.win_flag <> t.win_flag and o.home_game <> t.home_game as mirrored,
    o.pace = t.pace and o.overtime_periods = t.overtime_periods and o.team_minutes = t.team_minutes
        and o.turnovers_source = t.turnovers_source as same_game_facts
from nba_analytics.team_offense_game_summary t
left join nba_reference.games g on g.game_date = t.game_date and g.game_id = t.game_id and g.game_date {window}
left join nba_analytics.team_offense_game_summary o
    on o.game_date = t.game_date and o.game_id = t.game_id and o.team_abbr = t.opponent_team_abbr
    and o.game_date {window}
left join ({_player_sums(window)}) p on p.game_date = t.game_date and p.team_abbr = t.team_abbr
where t.game_date {window}"""


def _player_sums(window: str) -> str:
    """Sums over the box rows of a team; zone figures over its players in games with play-by-play."""
    sums = ", ".join(f"sum({name}) as sum_{name}" for name in (*SUMMED, *ZONES))
    zoned = "shot_zone_source is not null"
    return f"""
    select game_date, team_abbr, count(*) as player_rows, sum(points) as points, {sums}, sum(turnovers) as turnovers,
        sum(minutes_played) as minutes, max(mod(seconds_played, 60)) > 0 as has_seconds,
        sum(usage_rate * seconds_played) / nullif(sum(case when usage_rate is not null then seconds_played end), 0)
            as usage_mean,
        sum(case when {zoned} and seconds_played > 0 then 1 else 0 end) as zone_players,
        sum(case when {zoned} and seconds_played > 0
            and paint_attempts + mid_range_attempts + three_attempts_pbp <> fg_attempts then 1 else 0 end)
            as zone_rows_off,
        sum(case when {zoned} then assisted_fg_makes end) as assisted, sum(case when {zoned} then assists end)
            as zone_assists,
        sum(case when starter_flag then 1 else 0 end) as starters,
        sum(case when starter_flag is null then 1 else 0 end) as starters_unknown,
        case when count(plus_minus) = count(*) then sum(plus_minus) end as plus_minus
    from nba_analytics.player_game_summary where game_date {window} and not is_dnp
    group by game_date, team_abbr"""
