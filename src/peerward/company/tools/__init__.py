"""Tools by which a critic acts on a company: small functions, described in ``catalogue/*.md``."""

from peerward.company.tools._catalogue import Tool, call, tool, tool_names

__all__ = ["Tool", "call", "tool", "tool_names"]
