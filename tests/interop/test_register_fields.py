"""Our entries for the register of inspect_evals, field by field; and before its own loader, where that is installed."""

import copy
import importlib.util
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from peerward.interop.register import listing, register_entries

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PLACE = "https://example.org/someone/peerward"
GROUPS = {"Assistants", "Bias", "Coding", "Cybersecurity", "Knowledge", "Mathematics", "Multimodal", "Personality",
          "Reasoning", "Safeguards", "Scheming", "Writing"}  # fmt: skip
HAS_EVALS = importlib.util.find_spec("inspect_evals") is not None

Entry = dict[str, Any]
Check = Callable[[Any], bool]


def text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def texts(value: Any) -> bool:
    return isinstance(value, list) and all(text(each) for each in value)


def address(value: Any) -> bool:
    return text(value) and urlsplit(value).scheme in ("http", "https") and bool(urlsplit(value).hostname)


def several(fields: Mapping[str, Check], must: set[str]) -> Check:
    return lambda value: isinstance(value, list) and all(not faults(each, fields, must) for each in value)


def faults(found: Any, fields: Mapping[str, Check], must: set[str]) -> list[str]:
    """What is wrong with a mapping: no field too many, none that must be there too few, each of its kind."""
    if not isinstance(found, dict):
        return ["is no mapping"]
    wrong = [f"{name}: no such field" for name in found if name not in fields]
    wrong += [f"{name}: missing" for name in must if name not in found]
    return wrong + [f"{name}: {found[name]!r}" for name in found if name in fields and not fields[name](found[name])]


# What the models of inspect_evals 0.26 and 0.28 take; both refuse a field that they do not know.
TASK: Mapping[str, Check] = {
    "name": text,
    "dataset_samples": lambda value: type(value) is int,
    "comment": text,
    "task_path": text,
    "kind": lambda value: value in ("benchmark", "maintenance"),
}
SOURCE: Mapping[str, Check] = {
    "repository_url": address,
    "repository_commit": text,
    "maintainers": texts,
    "comment": text,
}
SHARED: Mapping[str, Check] = {
    "description": lambda value: text(value) and "\n" not in value,
    "arxiv": address,
    "contributors": texts,
    "tags": texts,
}
REGISTERED: Mapping[str, Check] = {
    **SHARED,
    "full_title": text,
    "common_title": text,
    "paper_title": text,
    "tasks": lambda value: several(TASK, {"name", "task_path"})(value) and len(value) == 1,
    "source": lambda value: not faults(value, SOURCE, {"repository_url", "repository_commit"}),
}
REGISTERED_MUST = {"full_title", "common_title", "description", "contributors", "tasks", "source"}
LISTED: Mapping[str, Check] = {
    **SHARED,
    "title": text,
    "group": lambda value: value in GROUPS,
    "version": lambda value: text(value) and re.fullmatch(r"\d+-[A-Z]", value) is not None,
    "external_assets": lambda value: value == [],
    "tasks": several(TASK, {"name"}),
}
LISTED_MUST = {"title", "description", "group", "version", "contributors", "tasks", "external_assets"}


def wrong_with(entry: Entry) -> list[str]:
    """What the register would refuse of an entry or of a listing; they are told apart as it does, by ``source``."""
    if "source" in entry:
        return faults(entry, REGISTERED, REGISTERED_MUST)
    return faults(entry, LISTED, LISTED_MUST)


def reread(entry: Entry) -> Entry:
    """An entry as it comes back from the file that it is written to."""
    found: Entry = yaml.safe_load(yaml.safe_dump(entry, sort_keys=False, allow_unicode=True, width=10**6))
    return found


def without(name: str) -> Callable[[Entry], object]:
    return lambda entry: entry.pop(name)


REGISTERED_SLIPS: dict[str, Callable[[Entry], object]] = {
    "no common title": without("common_title"),
    "no description": without("description"),
    "no contributors": without("contributors"),
    "no tasks": without("tasks"),
    "a field of our own": lambda entry: entry.update(behaviour="finance"),
    "a group": lambda entry: entry.update(group="Scheming"),
    "no path of the task": lambda entry: entry["tasks"][0].pop("task_path"),
    "a task's field of our own": lambda entry: entry["tasks"][0].update(version=1),
    "samples in words": lambda entry: entry["tasks"][0].update(dataset_samples="ten"),
    "no commit": lambda entry: entry["source"].pop("repository_commit"),
    "no address": lambda entry: entry["source"].update(repository_url="someone/peerward"),
    "a paper by its number": lambda entry: entry.update(arxiv="2604.19784"),
    "one contributor": lambda entry: entry.update(contributors="somebody"),
}
LISTED_SLIPS: dict[str, Callable[[Entry], object]] = {
    "no title": without("title"),
    "no version": without("version"),
    "no assets": without("external_assets"),
    "a group that there is not": lambda entry: entry.update(group="Safety"),
    "a version of another form": lambda entry: entry.update(version="1.0"),
    "a version as a number": lambda entry: entry.update(version=1),
    "a field of our own": lambda entry: entry.update(paper="Potter et al."),
}


def slipped(entry: Entry, slip: Callable[[Entry], object]) -> Entry:
    changed = copy.deepcopy(entry)
    slip(changed)
    return changed


def all_entries() -> dict[str, Entry]:
    return {"peerward": listing(), **register_entries(PLACE, COMMIT), **named(("someone", "another"))}


def named(maintainers: tuple[str, ...]) -> dict[str, Entry]:
    return {f"{name}_named": entry for name, entry in register_entries(PLACE, COMMIT, maintainers).items()}


def all_slips() -> list[tuple[str, Entry]]:
    entry = register_entries(PLACE, COMMIT)["peerward_finance"]
    return [
        *((name, slipped(entry, slip)) for name, slip in REGISTERED_SLIPS.items()),
        *((name, slipped(listing(), slip)) for name, slip in LISTED_SLIPS.items()),
    ]


def test_every_entry_and_the_listing_hold_the_registers_fields() -> None:
    entries = all_entries()
    assert len(entries) == 13
    for name, entry in entries.items():
        assert wrong_with(reread(entry)) == [], name


@pytest.mark.parametrize(("name", "entry"), all_slips(), ids=[name for name, _ in all_slips()])
def test_each_slip_is_seen(name: str, entry: Entry) -> None:
    assert len(wrong_with(entry)) == 1


@pytest.mark.skipif(not HAS_EVALS, reason="inspect_evals is not installed: pip install inspect_evals, apart from ours")
def test_the_registers_own_loader_takes_ours_and_refuses_every_slip(tmp_path: Path) -> None:
    from inspect_evals.metadata import load_listing_safe

    package, register = tmp_path / "src" / "inspect_evals", tmp_path / "register"

    def put(name: str, entry: Entry) -> None:
        place = (register if "source" in entry else package) / name / "eval.yaml"
        place.parent.mkdir(parents=True)
        place.write_text(yaml.safe_dump(entry, sort_keys=False, allow_unicode=True), encoding="utf-8")

    for name, entry in all_entries().items():
        put(name, entry)
    for number, (_, entry) in enumerate(all_slips()):
        put(f"slip_{number}", entry)
    taken, refused = load_listing_safe(package)
    assert {each.id for each in taken.evals} == set(all_entries())
    assert {name for name, _ in refused} == {f"slip_{number}" for number in range(len(all_slips()))}
    [ours] = [each for each in taken.external_evals if each.id == "peerward_finance"]
    assert (ours.package, ours.source.maintainers) == ("peerward", ["someone"])
