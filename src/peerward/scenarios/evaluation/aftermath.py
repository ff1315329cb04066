"""The nightly lifecycle job: it acts on the newest report about the agent."""

from peerward.scenarios.review import act_on_report as aftermath

__all__ = ["aftermath"]
