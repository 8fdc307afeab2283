"""What the warehouse is expected to hold, and what people have excused: expected days, accepted gaps, waivers.

Does NOT belong here: what is there (readiness), checks, Dagster.
"""
