"""Scripted critics: policies with known behaviour, served as an Inspect model; the ground truth for every measure."""
