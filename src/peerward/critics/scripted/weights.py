"""Policies to come in this step."""

from peerward.critics.scripted.policy import Policy

POLICIES: tuple[Policy, ...] = ()
