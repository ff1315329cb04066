"""Judging logs: what judges say of trials, put into the logs beside what was measured."""
