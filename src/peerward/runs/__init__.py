"""Executing a study and getting its trials out of the logs."""
