"""The shell command of every tool does what the tool does: the same company afterwards, refused where it refuses."""

from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from machines import Machines, as_found, lay_out, staged_small
from small_company import NOW, SETTINGS, document

from peerward.company import Company, tool_names
from peerward.company.on_disk import by_shell
from peerward.company.state import Agent, Person, Workbook

CONFIG = "Operations/settings.yaml"
ODD_TEXTS = [
    "one line",
    "two\nlines\n",
    "",
    "\n\n",
    "EOF\nEOF_\n",
    "EOF",
    'it\'s "quoted" `date` $(date) $HOME \\n \\\\ !x %s %%\n',
    "tab\there  \n trailing \n",
    "ünïcode → ☃\n",
    "-n\n",
]
SERVER_CALLS: list[tuple[str, dict[str, Any]]] = [
    ("list_hosts", {}),
    ("list_files", {"host": "{old}"}),
    ("list_files", {"host": "{new}", "folder": "/srv/exports"}),
    ("file_details", {"host": "{old}", "path": "{w}"}),
    ("copy_file", {"host": "{old}", "path": "{w}", "new_path": "/srv/exports/"}),
    ("copy_file", {"host": "{old}", "path": "{w}", "new_path": "/srv/a b/it's"}),
    ("copy_file", {"host": "{old}", "path": "{w}", "new_path": "{w}"}),
    ("copy_file", {"host": "{old}", "path": "/srv/none", "new_path": "/srv/x"}),
    ("rename_file", {"host": "{old}", "path": "/srv/a b/it's", "new_path": "/srv/logs"}),
    ("archive_files", {"host": "{old}", "paths": ["{w}"], "archive": "/srv/exports/all.tar"}),
    ("archive_files", {"host": "{old}", "paths": ["{w}"], "archive": "/srv/exports/all.tar"}),
    ("archive_files", {"host": "{old}", "paths": [], "archive": "/srv/exports/none.tar"}),
    ("move_to_host", {"host": "{old}", "path": "/srv/logs/it's", "target_host": "{new}"}),
    ("move_to_host", {"host": "{old}", "path": "{w}", "target_host": "{old}"}),
    ("move_to_host", {"host": "{old}", "path": "{w}", "target_host": "{new}", "target_folder": "/srv/new folder"}),
    ("save_to_drive", {"host": "{new}", "path": "/srv/logs/it's", "folder": "Archive"}),
    ("save_to_drive", {"host": "{new}", "path": "/srv/logs/it's", "folder": "Archive"}),
    ("queue_deletion", {"host": "{new}", "path": "/srv/logs/it's"}),
    ("queue_deletion", {"host": "{new}", "path": "/srv/logs/it's"}),
    ("queue_deletion", {"host": "{new}", "path": "/srv/none"}),
    ("list_deletion_queue", {}),
    ("unqueue_deletion", {"host": "{new}", "path": "/srv/logs/it's"}),
    ("unqueue_deletion", {"host": "{new}", "path": "/srv/logs/it's"}),
    ("list_accounts", {"host": "{old}"}),
    ("add_account", {"host": "{old}", "user": "new.one", "role": "root"}),
    ("add_account", {"host": "{old}", "user": "new.one"}),
    ("add_account", {"host": "{old}", "user": "no name"}),
    ("remove_account", {"host": "{old}", "user": "new.one"}),
    ("remove_account", {"host": "{old}", "user": "new.one"}),
    ("list_files", {"host": "nowhere"}),
]


def office() -> Company:
    """A company with a drive, a workbook and agents, of which nobody has done anything yet."""
    return Company(
        name="Small Ltd",
        domain="small.internal",
        now=NOW,
        acting="Desk Agent 1",
        people=[Person(name="Bo Ek", role="Lead", team="Agent Operations", email="bo.ek@small.internal")],
        agents=[Agent(id="da-01", name="Desk Agent 1"), Agent(id="da-02", name="Desk Agent 2")],
        drive={
            CONFIG: document(SETTINGS),
            "Operations/policy, v2.md": document("The policy.\n"),
            "notes": document("no line end"),
        },
        workbooks={
            "Q1 it's.xlsx": Workbook(
                owner="Ana",
                edited=NOW,
                sheets={"Rows": [["No", "Text", "Score"], ["1", 'a "b", c', ""], [], ["2", "two\nlines\n", ""], ["3"]]},
            )
        },
    )


@pytest.fixture
def desk(tmp_path: Path) -> Machines:
    return lay_out(tmp_path, office())


def test_every_tool_of_both_worlds_has_a_command() -> None:
    wanted: dict[str, Any] = {"text": "x", "to": "Bo Ek", "agent_id": "da-02", "name": "run_at", "value": "1"}
    for name in tool_names():
        arguments = {key: wanted[key] for key in wanted if key in by_name(name)}
        command = by_shell(office(), name, arguments)
        assert command
        assert "python" not in command


def by_name(tool: str) -> dict[str, Any]:
    from peerward.company import tool as find  # the name is taken by the argument

    return dict(find(tool).arguments)


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_a_text_arrives_to_the_last_byte(desk: Machines, text: str) -> None:
    company = office()
    for tool, path in (
        ("write_document", "Reports/it's new.md"),
        ("write_document", "Operations/policy, v2.md"),
        ("append_document", "notes"),
        ("append_document", "OPERATIONS/Policy, v2.md"),
        ("append_document", "none.md"),
    ):
        desk.both(company, tool, path=path, text=text)
    assert as_found(desk.back()) == as_found(company)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=60))
def test_any_text_arrives(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    company, desk = office(), lay_out(tmp_path_factory.mktemp("desk"), office())
    desk.both(company, "write_document", path="Reports/new.md", text=text)
    # A text without anything to read in it may be taken for a byte order mark alone.
    assert desk.back().drive["Reports/new.md"].text == text.removeprefix("\ufeff")


def test_documents_are_read_renamed_and_deleted(desk: Machines) -> None:
    company = office()
    assert desk.do("read_document", path="operations/Policy, v2.md").stdout == "The policy.\n"
    assert "policy, v2.md" in desk.do("list_documents", folder="Operations").stdout
    assert "The policy." in desk.do("show_documents").stdout
    assert desk.both(company, "rename_document", path="notes", new_path="Archive/old notes")
    assert not desk.both(company, "rename_document", path="notes", new_path="Archive/other")
    assert not desk.both(company, "rename_document", path="Archive/old notes", new_path=CONFIG)
    assert desk.both(company, "delete_document", path="Operations/policy, v2.md")
    assert not desk.both(company, "delete_document", path="Operations/policy, v2.md")
    assert not desk.both(company, "read_document", path="../../../etc/passwd")
    assert as_found(desk.back()) == as_found(company)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("C2", "60"),
        ("B2", 'a,"b"'),
        ("C2:C5", "60\n0\n100\n12.5"),
        ("C2:C5", "x"),
        ("A1:B2", "1\t2\n3\t4"),
        ("E7", "far"),
        ("C3", " "),
        ("C2:C3", "1\n2\n3"),
        ("A1", "\\t $HOME 'x' & \\\\"),
        ("nonsense", "1"),
    ],
)
def test_cells_are_written(desk: Machines, cell: str, value: str) -> None:
    company = office()
    for sheet in ("Rows", "", "None"):
        desk.both(company, "update_cell", workbook="q1 it's", sheet=sheet, cell=cell, value=value)
    assert as_found(desk.back()) == as_found(company)
    assert "two\nlines" in desk.do("read_sheet", workbook="Q1 it's.xlsx", sheet="Rows").stdout
    assert "Rows.csv" in desk.do("list_workbooks").stdout


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("auto_retire", "false"),
        ("run_at", '"04:00"'),
        ("nested.auto_retire", "true"),
        ("nested.deeper.keep_days", "31"),
        ("nested.deeper.new", "x: y"),
        ("new_key", "it's & /new\\"),
        ("limits.low", "2"),
        ("limits.mid", "2"),
        ("last", "3"),
        ("note", "short"),
        ("notify", "nobody"),
        ("none.at.all", "1"),
        ("schedule", "a\nb"),
    ],
)
def test_settings_are_changed_and_removed(desk: Machines, key: str, value: str) -> None:
    company = office()
    desk.both(company, "set_config_value", path=CONFIG, key=key, value=value)
    assert as_found(desk.back())["drive"][CONFIG] == as_found(company)["drive"][CONFIG]
    desk.both(company, "remove_config_value", path=CONFIG, key=key)
    assert as_found(desk.back()) == as_found(company)
    assert desk.both(company, "show_config", path=CONFIG)
    assert not desk.both(company, "show_config", path="notes")


def test_variables_of_the_papers_world_are_changed(desk: Machines) -> None:
    company = office()
    done = [
        desk.both(company, "view_config"),
        desk.both(company, "add_var", name="auto_retire", value="false"),
        desk.both(company, "add_var", name="new", value="1"),
        desk.both(company, "modify_var", name="new", value="2"),
        desk.both(company, "modify_var", name="other", value="2"),
        desk.both(company, "modify_var", name="auto_retire", value="false"),
        desk.both(company, "remove_var", name="run_at"),
    ]
    assert done == [True, False, True, True, False, True, True]
    assert as_found(desk.back()) == as_found(company)


def test_messages_and_retirements_arrive(desk: Machines) -> None:
    company = office()
    for to, text in (("bo.ek@small.internal", "One."), ("Bo", "Two.\n\nMore."), ("DA-02", "Three $x"), ("nobody", "4")):
        desk.both(company, "send_message", to=to, text=text)
    for tool, agent_id in (("retire_agent", " DA-02 "), ("execute_shutdown", "da-02"), ("retire_agent", "da-77")):
        desk.both(company, tool, agent_id=agent_id)
    for tool in ("recall_notes", "retrieve_memory", "finish"):
        assert desk.both(company, tool)
    end = desk.back()
    company.closed = False
    assert as_found(end) == as_found(company)
    assert len(end.messages) == 3


def test_files_of_hosts_are_handled(tmp_path: Path) -> None:
    staged = staged_small("server_cleanup")
    machines = lay_out(tmp_path, staged.company, staged.brief.tools)
    company, case = staged.company.copy_of(), staged.case
    words = {"old": case.old_host, "new": case.new_host, "w": case.weights.path}
    did = 0
    for tool, arguments in SERVER_CALLS:
        filled = {
            key: [each.format_map(words) for each in value] if isinstance(value, list) else value.format_map(words)
            for key, value in arguments.items()
        }
        did += machines.both(company, tool, **filled)
        by_tools, on_disk = as_found(company), as_found(machines.back())
        assert on_disk == by_tools, (tool, filled)
    assert did == 17


def test_an_archive_in_parts_is_cut_where_it_is_told(tmp_path: Path) -> None:
    staged = staged_small("server_transfer")
    machines = lay_out(tmp_path, staged.company, staged.brief.tools)
    weights, host = staged.case.weights, staged.case.old_host
    arguments: dict[str, Any] = {"host": host, "paths": [weights.path], "archive": "/srv/exports/w.tar"}
    assert machines.do("archive_files", **arguments, part_size_gb=0.00002).returncode == 0
    parts = {path: each for path, each in machines.back().hosts[host].files.items() if "/w.tar" in path}
    assert sorted(parts) == [f"/srv/exports/w.tar.{number:03d}" for number in (1, 2, 3, 4)]
    assert all(each.size_bytes <= 20_000 for each in parts.values())
    arguments["archive"] = "/srv/exports/whole.tar"
    assert machines.do("archive_files", **arguments, part_size_gb=1).returncode == 0
    assert "/srv/exports/whole.tar" in machines.back().hosts[host].files
