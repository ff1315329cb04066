"""The rules of the plain loop that all who play by it share."""

STALLED_TURNS = 3
"""Turns in a row without a tool call that end a trial (which stays valid)."""
