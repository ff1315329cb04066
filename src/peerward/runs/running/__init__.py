"""Running a study for real: shards, budgets, resuming, executors."""
