"""Identities everything joins to: games, seasons, teams, venues, players.

Does NOT belong here: statistics, schedules of one source, forecasts.
"""
