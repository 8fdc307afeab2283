"""Pictures of what the warehouse holds: each module is one chart, a pure function from frames to a figure.

Does NOT belong here: reading a warehouse, Dagster, files, deciding what is wrong.
"""
