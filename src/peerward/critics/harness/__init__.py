"""Critics in a real shell: production agents through inspect_swe, and a minimal bash agent as their plain partner."""
