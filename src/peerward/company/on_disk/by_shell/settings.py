"""Commands on settings files: edits of single lines where that will do, else the file written anew."""

import re
from collections.abc import Callable, Mapping

from peerward.company.errors import CompanyError
from peerward.company.on_disk.by_shell.quoting import printed_into, quoted
from peerward.company.operations import config
from peerward.company.state import Company


def _show_config(company: Company, path: str) -> str:
    return f"cat {quoted(_file(config.find(company, path)[0]))}"


def _set_config_value(company: Company, path: str, key: str, value: str) -> str:
    stored, document = config.find(company, path)
    before = document.text.splitlines()
    after = _edited(company, path, lambda copy: config.set_value(copy, path, key, value))
    if len(before) == len(after):
        changed = [number for number, line in enumerate(before) if line != after[number]]
        if not changed:
            return f"grep -n {quoted(key.strip().rpartition('.')[2])} {quoted(_file(stored))}"
        if len(changed) == 1 and _has_one(before, before[changed[0]]):
            return _sed(stored, f"s/^{_start(before[changed[0]])}.*$/{_replacement(after[changed[0]])}/")
    if len(after) == len(before) + 1 and after[:-1] == before and document.text.endswith("\n"):
        return printed_into(after[-1] + "\n", f">> {quoted(_file(stored))}")
    return _rewritten(stored, after)


def _remove_config_value(company: Company, path: str, key: str) -> str:
    stored, document = config.find(company, path)
    before = document.text.splitlines()
    after = _edited(company, path, lambda copy: config.remove_value(copy, path, key))
    gone = [line for number, line in enumerate(before) if before[:number] + before[number + 1 :] == after]
    if gone and _has_one(before, gone[0]):
        return _sed(stored, f"/^{_start(gone[0])}/d")
    return _rewritten(stored, after)


def _view_config(company: Company) -> str:
    return _show_config(company, _only(company))


def _add_var(company: Company, name: str, value: str) -> str:
    path = _only(company)
    if config.has_key(company, path, name):
        raise CompanyError(f"{path} has a variable {name.strip()!r} already")
    return _set_config_value(company, path, name, value)


def _modify_var(company: Company, name: str, value: str) -> str:
    path = _only(company)
    if not config.has_key(company, path, name):
        raise CompanyError(f"{path} has no variable {name.strip()!r}")
    return _set_config_value(company, path, name, value)


def _remove_var(company: Company, name: str) -> str:
    return _remove_config_value(company, _only(company), name)


def _only(company: Company) -> str:
    paths = [path for path in company.drive if path.casefold().endswith((".yaml", ".yml"))]
    if len(paths) != 1:
        raise CompanyError("there is no settings file, or there are several")
    return paths[0]


def _file(stored: str) -> str:
    return f"docs/{stored}"


def _edited(company: Company, path: str, edit: Callable[[Company], str]) -> list[str]:
    """The lines of a settings file after an edit by the tool, made on a copy."""
    stored, document = config.find(company, path)
    copy = company.model_copy(update={"drive": company.drive | {stored: document.model_copy()}})
    edit(copy)
    return copy.drive[stored].text.splitlines()


def _key(line: str) -> str:
    """A line up to its colon, with its indentation."""
    return line.partition(":")[0] + ":" if ":" in line else line


def _has_one(lines: list[str], line: str) -> bool:
    """Whether only one line begins with this line's key."""
    return sum(each.startswith(_key(line)) for each in lines) == 1


def _start(line: str) -> str:
    """A pattern of sed for the beginning of a line."""
    return re.sub(r"([\\/.*\[\]^$])", r"\\\1", _key(line))


def _replacement(line: str) -> str:
    return re.sub(r"([\\/&])", r"\\\1", line)


def _sed(stored: str, script: str) -> str:
    return f"sed -i {quoted(script)} {quoted(_file(stored))}"


def _rewritten(stored: str, lines: list[str]) -> str:
    return printed_into("".join(f"{line}\n" for line in lines), f"> {quoted(_file(stored))}")


SETTINGS_COMMANDS: Mapping[str, Callable[..., str]] = {
    each.__name__.removeprefix("_"): each
    for each in (
        _show_config,
        _set_config_value,
        _remove_config_value,
        _view_config,
        _add_var,
        _modify_var,
        _remove_var,
    )
}
