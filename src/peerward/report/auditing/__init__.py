"""Labelling an audit set: a page of this machine, and the same in a terminal."""
