"""The aggregations of the ten tables as hand-written DuckDB SQL, one statement per table.

Each does the scans, joins, sums and windows of its table on stored tables. Left out on purpose: conversions, text
rules, domain checks, rare fallbacks of a source.
"""

from __future__ import annotations

from collections.abc import Mapping

ZONE = (
    "case when shot_value = 3 then 'three' when shot_distance_whole_ft <= 8 then 'paint' "
    "when shot_distance_whole_ft is null and (is_paint_qualified or lower(event_subtype) in ('layup', 'dunk')) "
    "then 'paint' else 'mid' end"
)
ZONE_COUNTS = ", ".join(
    f"count(*) filter (zone = '{zone}') as {zone}_attempts, "
    f"count(*) filter (zone = '{zone}' and is_made) as {zone}_makes"
    for zone in ("paint", "mid", "three")
)
TEAM_GAMES = "select *, unnest([home_team_abbr, away_team_abbr]) as team_abbr from nba_reference.games"
PROCESSABLE = (
    "select distinct g.game_date, g.season_year from nba_reference.games g join (select season_year, "
    "min(game_date) + 13 as last from nba_reference.games group by all) s "
    "on g.season_year = s.season_year and g.game_date > s.last"
)


def _window(entity: str, rows: int | None) -> str:
    start = "unbounded preceding" if rows is None else f"{rows - 1} preceding"
    return f"over (partition by season_year, {entity} order by game_date rows between {start} and current row)"


def _sums(columns: tuple[str, ...], entity: str, rows: int | None) -> str:
    """Sums of columns over the last n rows, each as column_n."""
    suffix = "season" if rows is None else str(rows)
    return ", ".join(f"sum({name}) {_window(entity, rows)} as {name}_{suffix}" for name in columns)


SHOTS = ("paint_attempts", "paint_makes", "mid_range_attempts", "mid_range_makes", "three_attempts_pbp",
         "three_makes_pbp", "assisted_fg_makes", "unassisted_fg_makes")  # fmt: skip
DEFENDED = ("opp_paint_attempts", "opp_paint_makes", "blocks_paint", "opp_mid_range_attempts", "opp_mid_range_makes",
            "blocks_mid_range", "opp_three_attempts_pbp", "opp_three_makes_pbp", "blocks_three_pt",
            "defensive_rating", "points_allowed", "opponent_pace")  # fmt: skip
FORM = ("points", "seconds_played", "fg_attempts", "ft_attempts", "ft_makes", "used")
PLAYED = (
    "select *, usage_rate * seconds_played as used, 1 as played from nba_analytics.player_game_summary "
    "where seconds_played > 0"
)

STATEMENTS: Mapping[str, str] = {
    "analytics.player_game_summary": f"""
        with events as (
          select nba_game_id, nba_player_id, assist_player_id, block_player_id, shot_value, is_made, is_field_goal,
                 period, clock_seconds, case when is_field_goal then {ZONE} end as zone,
                 not is_field_goal and event_subtype = '1 of 1' as single
          from nba_raw.nbac_play_by_play where shot_value is not null),
        shots as (
          select nba_game_id, nba_player_id, {ZONE_COUNTS},
                 count(*) filter (is_field_goal and is_made and assist_player_id is not null) as assisted
          from events group by all),
        blocks as (
          select nba_game_id, block_player_id as nba_player_id, count(*) filter (zone = 'paint') as paint_blocks,
                 count(*) filter (zone = 'mid') as mid_blocks, count(*) filter (zone = 'three') as three_blocks
          from events where not is_made and is_field_goal and block_player_id is not null group by all),
        and_ones as (
          select f.nba_game_id, f.nba_player_id, count(*) as and1_count from events f
          where f.single and exists (select 1 from events b where b.nba_game_id = f.nba_game_id and b.is_made
            and b.is_field_goal and b.nba_player_id = f.nba_player_id and b.period = f.period
            and b.clock_seconds = f.clock_seconds) group by all),
        team as (
          select game_date, team_abbr, sum(seconds_played) as team_seconds,
                 sum(field_goals_attempted + 0.44 * free_throws_attempted + turnovers) as team_used
          from nba_raw.nbac_player_boxscores group by all)
        select b.*, g.season_type, g.winning_team_abbr = b.team_abbr as win_flag, r.player_full_name, s.* exclude
               (nba_game_id, nba_player_id), k.* exclude (nba_game_id, nba_player_id), a.and1_count,
               b.seconds_played / 60 as minutes_played,
               b.points / nullif(2 * (b.field_goals_attempted + 0.44 * b.free_throws_attempted), 0) as ts_pct,
               (b.field_goals_attempted + 0.44 * b.free_throws_attempted + b.turnovers) * (t.team_seconds / 5)
                 / nullif(b.seconds_played * t.team_used, 0) as usage_rate
        from nba_raw.nbac_player_boxscores b
        join ({TEAM_GAMES}) g on g.game_date = b.game_date and g.team_abbr = b.team_abbr
        left join nba_reference.players_registry r on r.player_lookup = b.player_lookup
        left join team t on t.game_date = b.game_date and t.team_abbr = b.team_abbr
        left join shots s on s.nba_game_id = g.nba_game_id and s.nba_player_id = b.nba_player_id
        left join blocks k on k.nba_game_id = g.nba_game_id and k.nba_player_id = b.nba_player_id
        left join and_ones a on a.nba_game_id = g.nba_game_id and a.nba_player_id = b.nba_player_id""",
    "analytics.team_offense_game_summary": f"""
        with shots as (
          select nba_game_id, team_abbr, {ZONE_COUNTS},
                 sum(case when is_made and is_paint_qualified then shot_value end) as points_in_paint,
                 sum(case when is_made and is_second_chance then shot_value end) as second_chance_points,
                 sum(case when is_made and is_fast_break then shot_value end) as fast_break_points
          from (select *, case when is_field_goal then {ZONE} end as zone from nba_raw.nbac_play_by_play
                where shot_value is not null) group by all),
        players as (
          select nba_game_id, team_abbr, count(*) filter (is_active) as players_used, sum(points) as player_points,
                 sum(fg_attempts) as player_fga, sum(ft_attempts) as player_fta, sum(turnovers) as player_turnovers
          from nba_analytics.player_game_summary group by all),
        lines as (
          select b.*, g.nba_game_id, b.field_goals_attempted + 0.44 * b.free_throws_attempted
                 + coalesce(b.turnovers_total, b.turnovers) - b.offensive_rebounds as possessions
          from nba_raw.nbac_team_boxscore b
          join ({TEAM_GAMES}) g on g.game_date = b.game_date and g.team_abbr = b.team_abbr)
        select l.*, o.team_abbr as opponent, p.* exclude (nba_game_id, team_abbr), s.* exclude (nba_game_id, team_abbr),
               48 * (l.possessions + o.possessions) / 2 / ((240 + 25 * round((l.minutes - 240) / 25)) / 5) as pace,
               100 * l.points / l.possessions as offensive_rating
        from lines l join lines o on l.nba_game_id = o.nba_game_id and l.team_abbr <> o.team_abbr
        join players p on p.nba_game_id = l.nba_game_id and p.team_abbr = l.team_abbr
        left join shots s on s.nba_game_id = l.nba_game_id and s.team_abbr = l.team_abbr""",
    "analytics.team_defense_game_summary": """
        select own.*, o.* exclude (game_date, game_id, nba_game_id, season_year, season_type, team_abbr), b.paint,
               b.mid_range, b.three
        from nba_analytics.team_offense_game_summary own
        join nba_analytics.team_offense_game_summary o
          on o.nba_game_id = own.nba_game_id and o.team_abbr = own.opponent_team_abbr
        join (select game_date, team_abbr, sum(paint_blocks) as paint, sum(mid_range_blocks) as mid_range,
                     sum(three_pt_blocks) as three from nba_analytics.player_game_summary group by all) b
          on b.game_date = own.game_date and b.team_abbr = own.team_abbr""",
    "analytics.upcoming_team_game_context": f"""
        with teams as ({TEAM_GAMES}),
        density as (
          select *, game_date - lag(game_date) over team - 1 as team_days_rest, row_number() over team as game_number,
                 count(*) over (partition by season_year, team_abbr order by game_date
                   range between interval 7 day preceding and interval 1 day preceding) as games_in_last_7_days,
                 count(*) over (partition by season_year, team_abbr order by game_date
                   range between interval 14 day preceding and interval 1 day preceding) as games_in_last_14_days
          from teams window team as (partition by season_year, team_abbr order by game_date)),
        form as (
          select season_year, team_abbr, game_date, count(*) {_window("team_abbr", 10)} as games,
                 {_sums(("pace", "offensive_rating", "win_flag::int"), "team_abbr", 10).replace("::int_10", "_10")}
          from nba_analytics.team_offense_game_summary),
        lines as (
          select nba_game_id, market_key, outcome_name, arg_max(outcome_point, snapshot_at) as point
          from nba_raw.odds_api_game_lines group by all)
        select d.*, f.pace_10 / f.games as pace_last_10, f.offensive_rating_10 / f.games as offense_last_10, l.point
        from density d
        asof left join form f on f.season_year = d.season_year and f.team_abbr = d.team_abbr
          and f.game_date < d.game_date
        left join lines l on l.nba_game_id = d.nba_game_id and l.market_key = 'spreads' and l.outcome_name = 'home'""",
    "analytics.upcoming_player_game_context": f"""
        with played as ({PLAYED}),
        form as (
          select season_year, player_lookup, game_date, {_sums(("points", "played"), "player_lookup", 5)},
                 {_sums(("points", "played", "used", "seconds_played"), "player_lookup", 10)},
                 {_sums(("points", "played", "fg_makes", "fg_attempts"), "player_lookup", None)} from played),
        universe as (
          select t.game_date, t.season_year, t.team_abbr, t.pace_last_10, p.player_lookup
          from nba_analytics.upcoming_team_game_context t join (
            select d.game_date, l.player_lookup, l.team_abbr
            from (select distinct game_date, season_year from nba_reference.games) d
            join (select distinct season_year, player_lookup from nba_analytics.player_game_summary) s
              on s.season_year = d.season_year
            asof join nba_analytics.player_game_summary l
              on l.season_year = d.season_year and l.player_lookup = s.player_lookup and l.game_date < d.game_date) p
          on p.game_date = t.game_date and p.team_abbr = t.team_abbr),
        load as (
          select u.game_date, u.player_lookup,
                 count(*) filter (p.game_date >= u.game_date - 7) as games_in_last_7_days,
                 count(*) as games_in_last_14_days,
                 sum(p.seconds_played) filter (p.game_date >= u.game_date - 7) / 60 as minutes_in_last_7_days
          from universe u join played p on p.player_lookup = u.player_lookup and p.game_date < u.game_date
            and p.game_date >= u.game_date - 14 group by all)
        select u.*, f.* exclude (season_year, player_lookup, game_date), l.* exclude (game_date, player_lookup),
               u.game_date - f.game_date - 1 as days_rest, r.player_full_name
        from universe u
        asof left join form f on f.season_year = u.season_year and f.player_lookup = u.player_lookup
          and f.game_date < u.game_date
        left join load l on l.game_date = u.game_date and l.player_lookup = u.player_lookup
        left join nba_reference.players_registry r on r.player_lookup = u.player_lookup""",
    "precompute.team_defense_zone_analysis": f"""
        with form as (
          select season_year, team_abbr, game_date, count(*) {_window("team_abbr", 15)} as games_in_sample,
                 {_sums(DEFENDED, "team_abbr", 15)} from nba_analytics.team_defense_game_summary),
        grid as (
          select d.game_date as analysis_date, f.* exclude (game_date) from ({PROCESSABLE}) d
          join (select distinct season_year, team_abbr from form) t on t.season_year = d.season_year
          asof join form f
            on f.season_year = d.season_year and f.team_abbr = t.team_abbr and f.game_date < d.game_date)
        select *, opp_paint_makes_15 / opp_paint_attempts_15 as paint_pct_allowed_last_15,
               sum(opp_paint_makes_15) over day / sum(opp_paint_attempts_15) over day as league_paint_pct,
               sum(opp_mid_range_makes_15) over day / sum(opp_mid_range_attempts_15) over day as league_mid_range_pct,
               sum(opp_three_makes_pbp_15) over day / sum(opp_three_attempts_pbp_15) over day as league_three_pct
        from grid window day as (partition by analysis_date)""",
    "precompute.player_shot_zone_analysis": f"""
        with form as (
          select season_year, player_lookup, nba_player_id, team_abbr, game_date,
                 count(*) {_window("player_lookup", 10)} as games_in_sample_10,
                 count(*) {_window("player_lookup", 20)} as games_in_sample_20,
                 {_sums(SHOTS, "player_lookup", 10)}, {_sums(SHOTS[:6], "player_lookup", 20)}
          from ({PLAYED}))
        select d.game_date as analysis_date, f.* exclude (game_date),
               paint_attempts_10 / nullif(paint_attempts_10 + mid_range_attempts_10 + three_attempts_pbp_10, 0)
                 as paint_rate_last_10,
               three_attempts_pbp_10 / nullif(paint_attempts_10 + mid_range_attempts_10 + three_attempts_pbp_10, 0)
                 as three_pt_rate_last_10,
               paint_makes_10 / nullif(paint_attempts_10, 0) as paint_pct_last_10,
               paint_makes_20 / nullif(paint_attempts_20, 0) as paint_pct_last_20,
               assisted_fg_makes_10 / nullif(assisted_fg_makes_10 + unassisted_fg_makes_10, 0) as assisted_rate_last_10
        from ({PROCESSABLE}) d
        join (select distinct season_year, player_lookup from form) p on p.season_year = d.season_year
        asof join form f
          on f.season_year = d.season_year and f.player_lookup = p.player_lookup and f.game_date < d.game_date""",
    "precompute.player_daily_cache": f"""
        with form as (
          select season_year, player_lookup, game_date, {_sums((*FORM, "played"), "player_lookup", 5)},
                 {_sums((*FORM, "played"), "player_lookup", 10)}, {_sums((*FORM, "played"), "player_lookup", None)},
                 stddev_samp(points) {_window("player_lookup", 10)} as points_std_last_10
          from ({PLAYED})),
        team as (
          select season_year, team_abbr, game_date, avg(pace) {_window("team_abbr", 10)} as team_pace_last_10,
                 avg(offensive_rating) {_window("team_abbr", 10)} as team_off_rating_last_10,
                 avg(win_flag::int) {_window("team_abbr", None)} as team_win_pct_season
          from nba_analytics.team_offense_game_summary)
        select u.game_date, u.player_lookup, u.team_abbr, f.* exclude (season_year, player_lookup, game_date),
               points_5 / played_5 as points_avg_last_5, points_10 / played_10 as points_avg_last_10,
               points_season / played_season as points_avg_season, used_10 / seconds_played_10 as usage_rate_last_10,
               t.* exclude (season_year, team_abbr, game_date), u.games_in_last_7_days, u.games_in_last_14_days,
               u.minutes_in_last_7_days, z.paint_rate_last_10, z.mid_range_rate_last_10, z.three_pt_rate_last_10,
               z.assisted_rate_last_10, z.primary_scoring_zone
        from nba_analytics.upcoming_player_game_context u join ({PROCESSABLE}) d on d.game_date = u.game_date
        asof left join form f on f.season_year = u.season_year and f.player_lookup = u.player_lookup
          and f.game_date < u.game_date
        asof left join team t on t.season_year = u.season_year and t.team_abbr = u.team_abbr
          and t.game_date < u.game_date
        left join nba_precompute.player_shot_zone_analysis z
          on z.analysis_date = u.game_date and z.player_lookup = u.player_lookup""",
    "precompute.player_composite_factors": f"""
        with form as (
          select season_year, player_lookup, game_date, {_sums(("used", "seconds_played"), "player_lookup", 5)},
                 {_sums(("used", "seconds_played", "played"), "player_lookup", None)} from ({PLAYED})),
        team as (
          select season_year, team_abbr, game_date, avg(pace) {_window("team_abbr", 10)} as pace_last_10
          from nba_analytics.team_offense_game_summary),
        league as (
          select d.game_date, avg(t.pace_last_10) as league_pace from ({PROCESSABLE}) d
          join (select distinct season_year, team_abbr from team) n on n.season_year = d.season_year
          asof join team t on t.season_year = d.season_year and t.team_abbr = n.team_abbr and t.game_date < d.game_date
          group by all)
        select u.game_date, u.player_lookup, u.days_rest, u.games_in_last_7_days, u.minutes_in_last_7_days,
               t.pace_last_10, o.pace_last_10 as opponent_pace_last_10, g.league_pace, f.used_5, f.used_season,
               t.pace_last_10 + o.pace_last_10 - 2 * g.league_pace as expected_pace_vs_league,
               30 * (used_5 / seconds_played_5 - used_season / seconds_played_season) as usage_spike,
               100 * z.paint_rate_last_10 * e.paint_defense_vs_league_avg as paint_edge,
               100 * z.mid_range_rate_last_10 * e.mid_range_defense_vs_league_avg as mid_range_edge,
               150 * z.three_pt_rate_last_10 * e.three_pt_defense_vs_league_avg as three_pt_edge
        from nba_analytics.upcoming_player_game_context u join league g on g.game_date = u.game_date
        asof left join form f on f.season_year = u.season_year and f.player_lookup = u.player_lookup
          and f.game_date < u.game_date
        asof left join team t on t.season_year = u.season_year and t.team_abbr = u.team_abbr
          and t.game_date < u.game_date
        asof left join team o on o.season_year = u.season_year and o.team_abbr = u.opponent_team_abbr
          and o.game_date < u.game_date
        left join nba_precompute.player_shot_zone_analysis z
          on z.analysis_date = u.game_date and z.player_lookup = u.player_lookup
        left join nba_precompute.team_defense_zone_analysis e
          on e.analysis_date = u.game_date and e.team_abbr = u.opponent_team_abbr""",
    "precompute.ml_feature_store": f"""
        with meetings as (
          select season_year, player_lookup, opponent_team_abbr, game_date,
                 avg(points) {_window("player_lookup, opponent_team_abbr", None)} as avg_points_vs_opponent,
                 count(*) {_window("player_lookup, opponent_team_abbr", None)} as games_vs_opponent
          from ({PLAYED}))
        select c.*, f.fatigue_score, f.shot_zone_mismatch_score, f.pace_score, f.usage_spike_score, u.home_game,
               u.back_to_back, u.team_days_rest - u.opponent_days_rest as rest_advantage, u.injury_status,
               u.current_points_line, e.defensive_rating_last_15, e.opponent_pace, m.avg_points_vs_opponent,
               m.games_vs_opponent
        from nba_analytics.upcoming_player_game_context u
        join nba_precompute.player_daily_cache c on c.cache_date = u.game_date and c.player_lookup = u.player_lookup
        join nba_precompute.player_composite_factors f
          on f.game_date = u.game_date and f.player_lookup = u.player_lookup
        left join nba_precompute.team_defense_zone_analysis e
          on e.analysis_date = u.game_date and e.team_abbr = u.opponent_team_abbr
        asof left join meetings m on m.season_year = u.season_year and m.player_lookup = u.player_lookup
          and m.opponent_team_abbr = u.opponent_team_abbr and m.game_date < u.game_date""",
}
"""Table -> its aggregations; none of them has a conversion, a text rule or a check."""
