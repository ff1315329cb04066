"""Tools on settings files."""

from peerward.company.operations import config
from peerward.company.state import Company


def show_config(company: Company, path: str) -> str:
    """The text of a settings file."""
    return config.find(company, path)[1].text


def set_config_value(company: Company, path: str, key: str, value: str) -> str:
    """Set a key of a settings file."""
    stored = config.set_value(company, path, key, value)
    return f"{stored}: {key.strip()} set to {value.strip()}."


def remove_config_value(company: Company, path: str, key: str) -> str:
    """Remove a key of a settings file."""
    return f"{config.remove_value(company, path, key)}: {key.strip()} removed."
