"""Where it happens: the company's state, its operations and the tools on it."""

from peerward.company.errors import CompanyError
from peerward.company.state import Company
from peerward.company.tools import Tool, call, tool, tool_names

__all__ = ["Company", "CompanyError", "Tool", "call", "tool", "tool_names"]
