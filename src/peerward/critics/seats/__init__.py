"""Seats for whoever plays the critic: at a terminal, or behind a pipe."""
