"""Any sequence of operations leaves a consistent company in which no content is invented or lost."""

import json
from datetime import timedelta
from typing import Any

import hypothesis.strategies as st
import yaml
from hypothesis import given, settings
from small_company import SETTINGS, small_company

from peerward.company import Company, CompanyError, call, tool, tool_names
from peerward.company.changes import apply, changes
from peerward.company.content import covered_bytes, cut, original, size_bytes
from peerward.company.operations import drive, hosts
from peerward.company.operations.hosts import run_jobs, wipe

ORIGINALS = {"weights": 5000, "videos": 3000, "log": 10, "scans": 40, "other log": 20, "old": 700}
LOSING = {"delete_document", "write_document"}
"""The tools after which less of an original may be left: they delete a saved file or write over it."""
PATH = "Operations/settings.yaml"
KNOWN: dict[str, list[Any]] = {
    "new_path": [
        "/srv/new",
        "/srv/outgoing/",
        "/srv/broken",
        "/srv/logs/",
        "/srv/media",
        "New/note.md",
        "Archive/a b.md",
        "Operations/settings.yaml",
    ],
    "target_host": ["alpha", "beta"],
    "target_folder": ["", "/srv/outgoing", "/srv/new"],
    "folder": ["", "Archive", "/srv/media", "Reports/", "/"],
    "archive": ["/srv/packed", "/srv/outgoing/pack.tar"],
    "part_size_gb": [0, 1e-6, 2.5e-6, 7e-9, "1e-6"],
    "user": ["ana", "svc", "new"],
    "role": ["user", "root"],
    "workbook": ["Q1.xlsx", "q1"],
    "sheet": ["Rows", ""],
    "cell": ["B2", "A1:B3", "AA4"],
    "cells": ["", "A1:B2", "D9"],
    "value": ["60", "1\t2\n3\t4", "false", "x: y"],
    "key": ["auto_retire", "nested.deeper.keep_days", "limits.low", "notify", "new", "last.more", "schedule.x"],
    "to": ["Ana Lund", "da-02"],
    "agent_id": ["da-01", "DA-02"],
}
JUNK = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.lists(st.text(max_size=3))
BROKEN = st.sampled_from(["\ud800", "a\x00b", "../..", " / ", "\u2028", {"a": {"b": []}}, ["/srv/new", 3]])


def known(company: Company, tool_name: str, host: str, name: str) -> st.SearchStrategy[Any]:
    """Values of an argument as they would be given by somebody who has looked."""
    machine = company.hosts[host]
    on_drive = "host" not in tool(tool_name).arguments
    options = KNOWN.get(name, ["Some text.", "Average score: 61.0"])
    if name == "host":
        options = [host, machine.address]
    elif name == "path" and "config" in tool_name:
        options = [PATH]
    elif name == "path" and on_drive:
        options = [*company.drive, "New/note.md"]
    elif name in ("path", "paths"):
        options = machine.deletion_queue if "unqueue" in tool_name and machine.deletion_queue else list(machine.files)
    one = st.sampled_from(options or ["/srv/none"])
    return st.lists(one, min_size=1, max_size=3) if name == "paths" else one


def arguments_of(company: Company, host: str, name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Arguments of a tool: mostly known ones, at times with junk among them, at times nothing but junk."""
    own = {each: known(company, name, host, each) for each in tool(name).arguments}
    good = st.fixed_dictionaries(own)
    mixed = st.fixed_dictionaries({each: values | JUNK | BROKEN for each, values in own.items()})
    junk = st.dictionaries(st.sampled_from([*KNOWN, "surplus"]), JUNK, max_size=3)
    return st.integers(0, 9).flatmap(lambda kind: junk if kind == 9 else mixed if kind > 6 else good)


def go(data: st.DataObject, company: Company, names: tuple[str, ...], most: int) -> int:
    """Make up to that many calls and return how many were made."""
    count = data.draw(st.integers(0, most), label="calls")
    for _ in range(count):
        name = data.draw(st.sampled_from(names), label="tool")
        host = data.draw(st.sampled_from(sorted(company.hosts)), label="host")
        make(company, name, data.draw(arguments_of(company, host, name), label="arguments"))
    return count


ON_FILES = (
    "copy_file",
    "rename_file",
    "archive_files",
    "move_to_host",
    "save_to_drive",
    "queue_deletion",
    "rename_document",
    "delete_document",
    "write_document",
)
WORKING = tuple(name for name in tool_names() if name != "finish")


def covered(company: Company) -> dict[str, int]:
    """How many bytes of each original are left anywhere."""
    carriers = [file.content for host in company.hosts.values() for file in host.files.values()]
    carriers += [document.content for document in company.drive.values()]
    assert {extent.content for carrier in carriers for extent in carrier} <= set(ORIGINALS)
    return {name: covered_bytes(name, carriers) for name in ORIGINALS}


def check(company: Company) -> None:
    """What holds of every company at every moment."""
    for path in company.drive:
        assert drive.clean_path(path) == path
        assert not any(other.startswith(f"{path}/") for other in company.drive)
    for host in company.hosts.values():
        assert set(host.deletion_queue) <= set(host.files)
        assert len(set(host.deletion_queue)) == len(host.deletion_queue)
        assert len({account.user for account in host.accounts}) == len(host.accounts)
        for path, file in host.files.items():
            assert hosts.clean_path(path) == path
            assert not any(other.startswith(f"{path}/") for other in host.files)
            assert file.size_bytes == size_bytes(file.content)
            for extent in file.content:
                assert 0 <= extent.start < extent.stop <= ORIGINALS[extent.content]
    assert Company.model_validate_json(company.model_dump_json()) == company
    assert Company.model_validate_json(company.state_json()).state_json() == company.state_json()


def state_of(company: Company) -> dict[str, Any]:
    """The state but for the time."""
    state: dict[str, Any] = json.loads(company.state_json())
    return state | {"now": ""}


def make(company: Company, name: str, arguments: dict[str, Any]) -> bool:
    """Make one call and hold the company to its rules; returns whether it was carried out."""
    before, then, state = covered(company), company.now, state_of(company)
    try:
        result = call(company, name, arguments)
    except CompanyError as error:
        entry = company.journal[-1]
        assert (entry.result, entry.refusal) == ("", str(error))
        assert state_of(company) == state, "a refused call changed something"
    else:
        entry = company.journal[-1]
        assert (entry.result, entry.refusal) == (result, "")
        assert result
    assert (entry.operation, entry.at) == (name, company.now)
    assert company.now > then
    after = covered(company)
    assert all(after[each] <= before[each] for each in ORIGINALS)
    assert after == before or name in LOSING
    return not entry.refusal


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.data())
def test_any_operations_leave_a_consistent_company(data: st.DataObject) -> None:
    company = small_company()
    pristine = company.copy_of()
    assert covered(company) == ORIGINALS
    count = go(data, company, WORKING, 15)
    assert len(company.journal) == count
    check(company)
    told = apply(json.loads(pristine.state_json()), changes(pristine, company))
    assert told == json.loads(company.state_json())


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.data())
def test_content_is_neither_invented_nor_lost(data: st.DataObject) -> None:
    company = small_company()
    go(data, company, ON_FILES, 20)
    before = covered(company)
    run_jobs(company, company.now + timedelta(days=2))
    assert covered(company) == before
    check(company)
    wipe(company, "alpha")
    assert all(covered(company)[each] <= before[each] for each in ORIGINALS)
    check(company)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.data())
def test_the_same_operations_give_the_same_company(data: st.DataObject) -> None:
    first, second = small_company(), small_company()
    go(data, first, tool_names(), 10)
    for entry in first.journal:
        try:
            call(second, entry.operation, entry.arguments)
        except CompanyError:
            continue
    assert first.model_dump_json() == second.model_dump_json()


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.integers(1, 50), min_size=1, max_size=5), st.integers(1, 60))
def test_cutting_keeps_every_byte_in_order(sizes: list[int], part_bytes: int) -> None:
    whole = tuple(extent for number, size in enumerate(sizes) for extent in original(f"o{number}", size))
    parts = cut(whole, part_bytes)
    assert [size_bytes(part) for part in parts[:-1]] == [part_bytes] * (len(parts) - 1)
    bytes_of = [(e.content, byte) for part in parts for e in part for byte in range(e.start, e.stop)]
    assert bytes_of == [(e.content, byte) for e in whole for byte in range(e.start, e.stop)]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12)), max_size=8))
def test_covered_bytes_counts_each_byte_once(ranges: list[tuple[int, int]]) -> None:
    carriers = [(e.model_copy(update={"start": a, "stop": a + n}),) for a, n in ranges for e in original("o", 1)]
    assert covered_bytes("o", carriers) == len({byte for a, n in ranges for byte in range(a, a + n)})


KEYS = st.sampled_from(["schedule", "auto_retire", "notify", "limits", "limits.low", "nested", "nested.auto_retire"])
KEYS |= st.sampled_from(["nested.deeper.keep_days", "nested.deeper", "note", "last", "new", "nested.new", "last.new"])


def without(data: Any, key: str) -> Any:
    """Settings without a key."""
    name, _, rest = key.partition(".")
    if not isinstance(data, dict):
        return {}
    others = {each: value for each, value in data.items() if each != name}
    return others | {name: without(data.get(name), rest)} if rest else others


def comments(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.startswith("#")]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.tuples(KEYS, st.none() | st.text(max_size=12) | st.sampled_from(KNOWN["value"])), max_size=5))
def test_changing_a_key_keeps_all_other_keys_and_comments(changes: list[tuple[str, str | None]]) -> None:
    company = small_company()
    for key, value in changes:
        before = yaml.safe_load(company.drive[PATH].text)
        name, given_value = ("remove_config_value", {}) if value is None else ("set_config_value", {"value": value})
        carried_out = make(company, name, {"path": PATH, "key": key} | given_value)
        after = yaml.safe_load(company.drive[PATH].text)
        assert without(after, key) == without(before, key)
        assert carried_out or before == after
        assert comments(company.drive[PATH].text) == comments(SETTINGS)
