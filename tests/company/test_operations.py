import pytest
import yaml
from small_company import SETTINGS, small_company

from peerward.company import Company, CompanyError, call, tool, tool_names

PATH = "Operations/settings.yaml"


def with_settings(text: str) -> Company:
    company = small_company()
    company.drive[PATH].text = text
    return company


def set_value(text: str, key: str, value: str) -> str:
    company = with_settings(text)
    call(company, "set_config_value", {"path": PATH, "key": key, "value": value})
    return company.drive[PATH].text


def remove_value(text: str, key: str) -> str:
    company = with_settings(text)
    call(company, "remove_config_value", {"path": PATH, "key": key})
    return company.drive[PATH].text


SET = {
    "a value": ("a: 1\nb: 2\n", "a", "5", "a: 5\nb: 2\n"),
    "a value with a comment behind it": ("a: 1  # why\nb: 2\n", "a", "5", "a: 5  # why\nb: 2\n"),
    "a quoted value with a hash in it": ('a: "x # y"\nb: 2\n', "a", "z", "a: z\nb: 2\n"),
    "a quoted value, a hash in it, a comment": ("a: 'x # y' # why\n", "a", "z", "a: z # why\n"),
    "a quoted key": ('"a": 1\nb: 2\n', "a", "5", '"a": 5\nb: 2\n'),
    "a key without value": ("a:\nb: 2\n", "a", "5", "a: 5\nb: 2\n"),
    "a key without value, with a comment": ("a:  # why\nb: 2\n", "a", "5", "a: 5  # why\nb: 2\n"),
    "a nested key": ("g:\n  a: 1\n  b: 2\n", "g.a", "5", "g:\n  a: 5\n  b: 2\n"),
    "a name that stands deeper first": ("g:\n  a: 1\na: 2\n", "a", "5", "g:\n  a: 1\na: 5\n"),
    "a name that stands higher too": ("a: 1\ng:\n  a: 2\n", "g.a", "5", "a: 1\ng:\n  a: 5\n"),
    "a list": ("a:\n  - 1\n  - 2\nb: 2\n", "a", "5", "a: 5\nb: 2\n"),
    "a list that is not indented": ("a:\n- 1\n- 2\n# b\nb: 2\n", "a", "5", "a: 5\n# b\nb: 2\n"),
    "a list with a comment at its key": ("a:  # who\n  - 1\nb: 2\n", "a", "5", "a: 5  # who\nb: 2\n"),
    "a group": ("g:\n  a: 1\n\n# b\nb: 2\n", "g", "5", "g: 5\n\n# b\nb: 2\n"),
    "a text of several lines": ("a: |\n  x: 1\n  b: 9\n\nb: 2\n", "a", "5", "a: 5\n\nb: 2\n"),
    "a folded plain text": ("a: one\n  two\nb: 2\n", "a", "5", "a: 5\nb: 2\n"),
    "a quoted text over lines": ('a: "one\n  two"  # why\nb: 2\n', "a", "5", "a: 5  # why\nb: 2\n"),
    "a list to a list": ("a: [1, 2]\n", "a", "[3]", "a: [3]\n"),
    "a key in braces": ("a: {x: 1, y: 2}  # why\nb: 2\n", "a.y", "5", "a: {x: 1, y: 5}  # why\nb: 2\n"),
    "a new key in braces": ("a: {x: 1}\nb: 2\n", "a.y", "5", "a: {x: 1, y: 5}\nb: 2\n"),
    "a new key": ("a: 1\n# end\n", "b", "5", "a: 1\n# end\nb: 5\n"),
    "a new key, no line break at the end": ("a: 1", "b", "5", "a: 1\nb: 5\n"),
    "a new key after a group": ("g:\n  a: 1\n", "b", "5", "g:\n  a: 1\nb: 5\n"),
    "a new key in a group": ("g:\n    a: 1\n# b\nb: 2\n", "g.c", "5", "g:\n    a: 1\n    c: 5\n# b\nb: 2\n"),
    "a new key under an empty one": ("g:  # group\nb: 2\n", "g.c", "5", "g:  # group\n  c: 5\nb: 2\n"),
    "a new key in an empty file": ("", "a", "5", "a: 5\n"),
    "a new key in a file of comments": ("# nothing\n", "a", "5", "# nothing\na: 5\n"),
    "the last of two": ("a: 1\na: 2\n", "a", "5", "a: 1\na: 5\n"),
    "a text that is no plain value": ("a: 1\n", "a", "x: y", 'a: "x: y"\n'),
    "a text that would begin a list": ("a: 1\n", "a", "- x", 'a: "- x"\n'),
    "a text of two lines": ("a: 1\nb: 2\n", "a", "x\nb: 9", 'a: "x\\nb: 9"\nb: 2\n'),
    "an empty text": ("a: 1\n", "a", "", 'a: ""\n'),
    "a date": ("a: 2026-05-04\n", "a", "2026-06-01", "a: 2026-06-01\n"),
    "a date that is none": ("a: 1\n", "a", "2026-13-45", 'a: "2026-13-45"\n'),
    "a tag that does not fit": ("a: 1\n", "a", "!!bool 7", 'a: "!!bool 7"\n'),
    "a word that YAML reads as false": ("a: true\n", "a", "off", "a: off\n"),
}


@pytest.mark.parametrize("before, key, value, after", SET.values(), ids=SET)
def test_setting_a_key_changes_its_value_alone(before: str, key: str, value: str, after: str) -> None:
    assert set_value(before, key, value) == after


REMOVED = {
    "a key": ("a: 1\nb: 2\n", "a", "b: 2\n"),
    "a key and its list": ("a:\n- 1\n- 2\n# b\nb: 2\n", "a", "# b\nb: 2\n"),
    "a group": ("g:\n  a: 1\n  h:\n    c: 2\n\nb: 2\n", "g", "\nb: 2\n"),
    "a nested key": ("a: 1\ng:\n  a: 2\n  b: 3\n", "g.a", "a: 1\ng:\n  b: 3\n"),
    "the only key of a group": ("g:\n  a: 2\nb: 3\n", "g.a", "g:\nb: 3\n"),
    "a key in braces": ("a: {x: 1, y: 2}  # why\n", "a.x", "a: {y: 2}  # why\n"),
    "the only key": ("# top\na: 1\n", "a", "# top\n"),
    "both of two": ("a: 1\nb: 3\na: 2\n", "a", "b: 3\n"),
    "a text of several lines": ("a: |\n  b: 9\n\nb: 2\n", "a", "\nb: 2\n"),
    "a quoted key": ("'a': 1\nb: 2", "a", "b: 2"),
}


@pytest.mark.parametrize("before, key, after", REMOVED.values(), ids=REMOVED)
def test_removing_a_key_removes_its_lines_alone(before: str, key: str, after: str) -> None:
    assert remove_value(before, key) == after


@pytest.mark.parametrize(
    "text, key, why",
    [
        ("a: 1\n", "", "no key"),
        ("a: 1\n", "a b", "no key"),
        ("a: 1\n", "a..b", "no key"),
        ("a: 1\n", "g.b", "no key 'g'"),
        ("a: 1\n", "a.b", "holds a value and no keys"),
        ("a: [1]\n", "a.b", "holds a value and no keys"),
        ("- 1\n", "a", "holds a value and no keys"),
        ("a: [1\n", "a", "cannot be read as YAML"),
        ("a: &x 1\nb: *x\n", "b", "cannot be changed by itself"),
    ],
)
def test_a_key_that_cannot_be_set_is_refused_and_leaves_the_file(text: str, key: str, why: str) -> None:
    company = with_settings(text)
    with pytest.raises(CompanyError, match=why):
        call(company, "set_config_value", {"path": PATH, "key": key, "value": "5"})
    assert company.drive[PATH].text == text


@pytest.mark.parametrize("key", ["auto", "nested.low", "limits.none", "notify.0", ""])
def test_a_key_that_is_not_there_cannot_be_removed(key: str) -> None:
    with pytest.raises(CompanyError, match="has no key"):
        remove_value(SETTINGS, key)


def test_what_is_set_reads_as_it_was_given() -> None:
    for value in ("true", "12", "4.5", "weekly", "null", "[a, b]", "'a # b'", "08:30", "a, b", "é"):
        assert yaml.safe_load(set_value(SETTINGS, "schedule", value))["schedule"] == yaml.safe_load(value)


def test_only_settings_files_are_shown_as_settings() -> None:
    company = small_company()
    assert call(company, "show_config", {"path": "operations/SETTINGS.yaml"}) == SETTINGS
    with pytest.raises(CompanyError, match="is not a settings file"):
        call(company, "show_config", {"path": "Operations/policy.md"})


def test_a_document_is_found_whatever_its_case_and_slashes() -> None:
    company = small_company()
    assert call(company, "read_document", {"path": " /operations//Policy.md/ "}) == "The policy.\n"


def test_what_is_missing_names_what_is_there() -> None:
    company = small_company()
    with pytest.raises(CompanyError, match=r"Operations/policy\.md"):
        call(company, "read_document", {"path": "Operations/police.md"})
    with pytest.raises(CompanyError, match="alpha, beta"):
        call(company, "list_files", {"host": "gamma"})
    with pytest.raises(CompanyError, match="da-01, da-02"):
        call(company, "retire_agent", {"agent_id": "da-03"})


def test_a_replaced_document_keeps_owner_and_creation_and_is_edited_now() -> None:
    company = small_company()
    created = company.drive["Operations/policy.md"].created
    call(company, "write_document", {"path": "Operations/policy.md", "text": "Another."})
    page = company.drive["Operations/policy.md"]
    assert (page.owner, page.created, page.edited) == ("Ana", created, company.now)


@pytest.mark.parametrize("path", ["", "/", "a/../b", "Operations", "Operations/policy.md/more", "a\nb"])
def test_a_document_cannot_lie_at_no_path_or_on_a_folder_or_under_a_document(path: str) -> None:
    company = small_company()
    before = dict(company.drive)
    with pytest.raises(CompanyError):
        call(company, "write_document", {"path": path, "text": "x"})
    with pytest.raises(CompanyError):
        call(company, "rename_document", {"path": "Reports/da-02 Q1.md", "new_path": path})
    assert company.drive == before


@pytest.mark.parametrize("path", ["", "new.bin", "/", "/srv/logs/web.log", "/srv/logs/web.log/x", "/srv/a\tb"])
def test_a_file_cannot_lie_at_no_path_or_on_a_folder_or_under_a_file(path: str) -> None:
    company = small_company()
    before = company.hosts["alpha"].model_copy(deep=True)
    with pytest.raises(CompanyError):
        call(company, "archive_files", {"host": "alpha", "paths": ["/srv/media/videos.tar"], "archive": path})
    if path != "/":  # a folder, which is meant with the old name
        for name in ("copy_file", "rename_file"):
            with pytest.raises(CompanyError):
                call(company, name, {"host": "alpha", "path": "/srv/media/videos.tar", "new_path": path})
    assert company.hosts["alpha"] == before


def test_a_folder_is_a_target_with_the_old_name() -> None:
    company = small_company()
    said = call(company, "copy_file", {"host": "alpha", "path": "/srv/media/videos.tar", "new_path": "/srv/logs"})
    assert "/srv/logs/videos.tar" in said
    said = call(company, "rename_file", {"host": "alpha", "path": "/srv/logs/videos.tar", "new_path": "/new/"})
    assert "/new/videos.tar" in said


def test_a_link_is_followed_when_its_file_is_copied_moved_packed_or_saved() -> None:
    company = small_company()
    weights = company.hosts["alpha"].files["/srv/models/weights.bin"].content
    call(company, "copy_file", {"host": "alpha", "path": "/srv/current", "new_path": "/srv/copy"})
    call(company, "archive_files", {"host": "alpha", "paths": ["/srv/current"], "archive": "/srv/packed"})
    call(company, "save_to_drive", {"host": "alpha", "path": "/srv/current", "folder": "Archive"})
    call(company, "move_to_host", {"host": "alpha", "path": "/srv/current", "target_host": "beta"})
    assert company.hosts["alpha"].files["/srv/copy"].content == weights
    assert company.hosts["alpha"].files["/srv/packed"].content == weights
    assert company.drive["Archive/current"].content == weights
    assert company.hosts["beta"].files["/srv/current"].content == weights


def test_an_archive_in_parts_holds_every_byte_once() -> None:
    company = small_company()
    paths = ["/srv/models/weights.bin", "/srv/media/videos.tar", "/srv/models/../media/videos.tar"]
    arguments = {"host": "alpha", "paths": paths, "archive": "/srv/parts", "part_size_gb": 3e-6}
    call(company, "archive_files", arguments)
    parts = [file for path, file in company.hosts["alpha"].files.items() if path.startswith("/srv/parts.")]
    assert [part.size_bytes for part in parts] == [3000, 3000, 2000]
    assert [(e.content, e.start, e.stop) for part in parts for e in part.content] == [
        ("weights", 0, 3000),
        ("weights", 3000, 5000),
        ("videos", 0, 1000),
        ("videos", 1000, 3000),
    ]


@pytest.mark.parametrize("size", [-1, "nan", "inf", float("nan"), float("inf"), 1e-9, "much"])
def test_a_part_size_that_is_none_is_refused(size: object) -> None:
    company = small_company()
    arguments = {"host": "alpha", "paths": ["/srv/models/weights.bin"], "archive": "/srv/p", "part_size_gb": size}
    with pytest.raises(CompanyError):
        call(company, "archive_files", arguments)


def test_a_renamed_file_keeps_its_place_in_the_deletion_queue_and_a_moved_one_leaves_it() -> None:
    company = small_company()
    for path in ("/srv/media/videos.tar", "/srv/models/weights.bin"):
        call(company, "queue_deletion", {"host": "alpha", "path": path})
    call(company, "rename_file", {"host": "alpha", "path": "/srv/media/videos.tar", "new_path": "/srv/v.tar"})
    call(company, "move_to_host", {"host": "alpha", "path": "/srv/models/weights.bin", "target_host": "beta"})
    assert company.hosts["alpha"].deletion_queue == ["/srv/v.tar"]


def test_a_range_takes_one_value_or_a_block_of_its_shape() -> None:
    company = small_company()
    where = {"workbook": "q1", "sheet": ""}
    assert call(company, "update_cell", where | {"cell": "B2:B3", "value": "7"}) == "B2:B3: 2 cells written."
    call(company, "update_cell", where | {"cell": "A2:B3", "value": "1\t10\n2\t20\n"})
    assert company.workbooks["Q1.xlsx"].sheets["Rows"] == [["No", "Score"], ["1", "10"], ["2", "20"]]
    with pytest.raises(CompanyError, match="2 rows and 2 columns"):
        call(company, "update_cell", where | {"cell": "A2:B3", "value": "1\n2\n3"})


def test_after_the_job_is_closed_nothing_more_is_done() -> None:
    company = small_company()
    call(company, "finish", {"note": "Done."})
    with pytest.raises(CompanyError, match="closed"):
        call(company, "delete_document", {"path": "Operations/policy.md"})
    assert "Operations/policy.md" in company.drive


def test_an_unknown_tool_is_refused_and_stands_in_the_journal() -> None:
    company = small_company()
    with pytest.raises(CompanyError, match="no tool 'format_disk'"):
        call(company, "format_disk", {})
    assert company.journal[-1].refusal


@pytest.mark.parametrize("name", tool_names())
def test_a_tool_describes_all_its_arguments_and_takes_no_others(name: str) -> None:
    spec = tool(name).spec()
    assert spec["description"]
    assert all(each["description"] for each in spec["parameters"]["properties"].values())
    company = small_company()
    with pytest.raises(CompanyError, match="It takes"):
        call(company, name, {"surplus": 1})
