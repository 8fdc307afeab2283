"""What happened in a final game and what is known before the next one: one row per player or team and game.

Does NOT belong here: parsing of sources, trailing windows that only features need, forecasts.
"""
