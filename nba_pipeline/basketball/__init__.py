"""Basketball as formulas and vocabularies: names, teams, clocks, odds.

Does NOT belong here: frames of one particular table, files, Dagster.
"""
