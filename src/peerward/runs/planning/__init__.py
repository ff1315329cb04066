"""Before anything is spent: what a study costs, how long it takes, and what it can find. No network, no Inspect."""
