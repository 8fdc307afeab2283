"""Raw tables: what each source said, typed, resolved to the schedule, without judgement."""
