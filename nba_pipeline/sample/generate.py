"""Writes the simulated league as a landing zone: earlier dates as archive, later dates as payloads.

Does NOT belong here: how the league is simulated, what a file looks like.
"""

from __future__ import annotations

from nba_pipeline.sample.archive import write_archive
from nba_pipeline.sample.box_payload import write_box
from nba_pipeline.sample.event_archive import stored_events, write_event_archive
from nba_pipeline.sample.event_payloads import write_play_by_play, write_shot_chart
from nba_pipeline.sample.league import League, play_league
from nba_pipeline.sample.list_payloads import write_lists, write_officials
from nba_pipeline.sample.market import make_markets
from nba_pipeline.sample.market_payloads import write_market
from nba_pipeline.sample.schedule_payload import write_schedule
from nba_pipeline.sample.summary import SampleSummary
from nba_pipeline.sample.writer import SampleWriter

NOTICE_NAME = "SIMULATED.txt"
NOTICE = """Everything below this folder is simulated.

The 30 teams are real by name and id. All players, officials, games, results, arenas, injuries, trades and betting
lines are invented by a seeded random generator (nba_pipeline/sample, seed {seed}). Any resemblance of a number or a
name to a real one is chance. Do not use it for anything but trying and testing the pipeline.
"""


def write_sample(root: str, seed: int = 7, game_dates: int = 45) -> SampleSummary:
    """Write a simulated landing zone to a folder or bucket address and say what it holds.

    The same seed gives the same bytes. Writing it again changes nothing; a root with other content is refused.
    """
    league = play_league(seed, game_dates)
    markets = make_markets(league.results, seed)
    writer = SampleWriter(root)
    writer.notice(NOTICE_NAME, NOTICE.format(seed=seed))
    write_schedule(writer, league)
    write_archive(writer, league, markets, seed)
    write_event_archive(writer, league)
    write_lists(writer, league)
    write_officials(writer, league, seed)
    for market in markets:
        write_market(writer, market)
    live = [result for result in league.results if result.game.has_payloads]
    for result in live:
        write_box(writer, result, is_corrected=result is live[-1])
        write_play_by_play(writer, result)
        if result.game.game_date == league.season.played_dates[-1]:
            write_shot_chart(writer, result)
    return _summary(root, seed, league, writer)


def _summary(root: str, seed: int, league: League, writer: SampleWriter) -> SampleSummary:
    games, results = league.season.games, league.results
    lines = [line for result in results for box in result.boxes for line in box.lines]
    return SampleSummary(
        root=root,
        seed=seed,
        first_date=league.season.played_dates[0],
        last_date=league.season.played_dates[-1],
        game_dates=len(league.season.played_dates),
        final_games=len(results),
        scheduled_games=sum(game.status == "scheduled" for game in games),
        postponed_games=sum(game.status == "postponed" for game in games),
        overtime_games=sum(result.overtimes > 0 for result in results),
        players=len({line.player.player_id for line in lines}),
        player_rows=len(lines) - 1,  # the traded player is listed twice on one date and kept once
        play_by_play_events=sum(map(stored_events, results)),
        field_goal_attempts=sum(line.field_goals_attempted for line in lines),
        files=writer.files,
        bytes=writer.bytes,
    )
