"""As-of features: one row per entity and game date, from strictly earlier games of the same season."""
