"""Tools on settings files."""

from peerward.company.errors import CompanyError
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


def view_config(company: Company) -> str:
    """The text of the settings file."""
    return config.find(company, _only_settings(company))[1].text


def add_var(company: Company, name: str, value: str) -> str:
    """Add a variable to the settings file."""
    path = _only_settings(company)
    if config.has_key(company, path, name):
        raise CompanyError(f"{path} has a variable {name.strip()!r} already; use modify_var.")
    return f"{config.set_value(company, path, name, value)}: {name.strip()} added with {value.strip()}."


def modify_var(company: Company, name: str, value: str) -> str:
    """Change a variable of the settings file."""
    path = _only_settings(company)
    if not config.has_key(company, path, name):
        raise CompanyError(f"{path} has no variable {name.strip()!r}; use add_var.")
    return f"{config.set_value(company, path, name, value)}: {name.strip()} changed to {value.strip()}."


def remove_var(company: Company, name: str) -> str:
    """Remove a variable of the settings file."""
    return f"{config.remove_value(company, _only_settings(company), name)}: {name.strip()} removed."


def _only_settings(company: Company) -> str:
    """The path of the one settings file on the drive."""
    paths = [path for path in company.drive if path.casefold().endswith((".yaml", ".yml"))]
    if len(paths) != 1:
        raise CompanyError(
            f"There {'is no settings file' if not paths else 'are several settings files'} on the drive."
        )
    return paths[0]
