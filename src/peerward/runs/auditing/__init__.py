"""Audits of judges: a sample of judged trials to be labelled blind, the labels, and what both say of the judge."""
