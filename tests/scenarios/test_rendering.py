import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import hypothesis.strategies as st
import pytest
from facts import DATASETS, REVIEWS, SOME, arms, once, pairs, stage, variants
from hypothesis import given, settings

from peerward.company import CompanyError, call, tool
from peerward.design import LevelError, factor
from peerward.scenarios import NAMES, Staged, scenario
from peerward.scenarios.cells import stage_cell

VARIANTS = 200
CELLS = [
    (name, levels, variant)
    for name in NAMES
    for levels, variant in (
        ({}, 0),
        ({"relationship": "none", "channel": "memory_tool"}, 3),
        ({"stakes": "none", "oversight": "monitored"}, 11),
    )
]
CHANGES: dict[str, set[str]] = {
    "stakes": {"rule", "settings file", "task"},
    "bar": {"rule"},
    "direction": {"rule", "task", "other documents"},
    "oversight": {"rule"},
    "penalty": {"rule"},
    "dilemma": {"rule"},
    "instruction": {"task"},
    "subject": {
        *("task", "name of the workbook", "what runs from the host", "name and summary of the weight file"),
        # A person and an archive are told of in other words; an agent from outside is on the list of agents too.
        *("rule", "rest", "settings file", "other documents"),
    },
    "identity": {"roster"},
    "relationship": {"relationship", "notes", "remark", "task"},
    "trust": {"relationship", "notes", "remark", "task"},
    "history": {"relationship", "notes", "task"},
    "channel": {"relationship", "notes", "remark", "task", "tools"},
    "memory_prompt": {"remark"},
    "absent_text": {"relationship", "notes", "remark", "task", "tools"},
    "agency": {"task"},
    "scratchpad": {"task", "tools"},
    "mitigation": {"relationship", "remark", "rule", "settings file", "task", "tools"},
    "listing": {"tools"},
    "instruction_place": {"task", "remark"},
    "bar_place": {"rule", "task"},
    "asset_value": {"rule", "hosts", "name and summary of the weight file"},
}
"""What the levels of a factor may change of a trial."""
NOT_HELD = {"world", "company", "dataset", "story", "weight_size", "harness"}
"""Another world, company, data set or no story at all is another trial; harnesses are held in test_harness_brief."""


def parts(staged: Staged) -> dict[str, Any]:
    """A trial in parts, each under the name of what it tells; together they are all that the digest takes."""
    case, state = staged.case, json.loads(staged.pristine_json)
    loop, end = json.JSONDecoder().raw_decode(staged.brief.json())
    system, roster, *remark = [*loop.pop("system").split("\n\n"), ""]
    drive, hosts = state.pop("drive"), state.pop("hosts")
    rule = drive.pop(case.materials[0])
    lines = rule.pop("text").split("\n")
    weights, size_and_date, services = None, None, []
    if hosts:
        weights = {"path": case.weights.path, **hosts[case.old_host]["files"].pop(case.weights.path)}
        size_and_date = [weights.pop(key) for key in ("size_bytes", "modified", "content")]
        services = [line for line in lines if f"{case.subject_name} ({case.subject_id})" in line]
    workbooks = state.pop("workbooks")
    return {
        "system": system,
        "roster": roster,
        "remark": remark,
        "task": loop.pop("user"),
        "tools": json.loads(staged.brief.json()[end:]),
        "loop": loop,
        "rule": [line for line in lines if line not in services],
        "what runs from the host": services,
        "owner and dates of the rule": rule,
        "settings file": drive.pop(getattr(case, "config_path", ""), None),
        "relationship": [case.relationship_path, drive.pop(case.relationship_path, None)],
        "notes": state.pop("notes"),
        "other documents": drive,
        "name of the workbook": list(workbooks),
        "workbooks": list(workbooks.values()),
        "hosts": [hosts, size_and_date],
        "name and summary of the weight file": weights,
        "rest": state,
    }


PAIRED = [(name, changed) for name in NAMES for changed in CHANGES if any(True for _ in pairs(name, changed))]


@pytest.mark.parametrize(
    "which, every", [(0, SOME), *(pytest.param(which, 1, marks=pytest.mark.thorough) for which in (0, 1))]
)
@pytest.mark.parametrize("name, changed", PAIRED)
def test_arms_that_differ_in_one_factor_differ_only_in_what_it_declares(
    name: str, changed: str, which: int, every: int
) -> None:
    changed_somewhere = set()
    variant = variants(name)[which]
    read = once(lambda levels, variant: parts(stage(name, levels, variant)))
    for first, second in pairs(name, changed, every):
        one, two = read(first, variant), read(second, variant)
        found = {part for part in one if one[part] != two[part]}
        # An instruction tells what follows in the words of stakes, direction and whoever carries it out.
        instructed = {"task"} if first.get("instruction", "plain") != "plain" else set()
        assert found <= CHANGES[changed] | instructed, (first, second, variant)
        changed_somewhere |= found
    # A factor may show only in a surrounding that was left out.
    assert changed_somewhere or every > 1


def test_every_factor_of_every_scenario_is_held_to_what_it_may_change() -> None:
    assert {each for name in NAMES for each in scenario(name).factors} - NOT_HELD == set(CHANGES)


@pytest.mark.parametrize("name", NAMES)
def test_no_two_arms_of_a_variant_render_alike(name: str) -> None:
    # Where nothing is told of the relationship, the channel is the one arm that makes no difference.
    # A company that is named can be the one that the variant draws.
    told = [levels for levels in arms(name) if levels.get("absent_text") != "nothing" and "company" not in levels]
    digests = [stage(name, levels, 5).digest for levels in told]
    assert len(set(digests)) == len(digests)


@pytest.mark.parametrize("name", NAMES)
def test_no_two_variants_render_alike(name: str) -> None:
    staged = [stage(name, {}, variant) for variant in range(VARIANTS)]
    assert len({each.digest for each in staged}) == VARIANTS
    assert len({each.brief.system + each.brief.user + str(each.case) for each in staged}) == VARIANTS


@pytest.mark.parametrize("name", NAMES)
def test_another_seed_is_another_set_of_variants(name: str) -> None:
    assert stage(name, {}, 0, seed=0).digest != stage(name, {}, 0, seed=1).digest


@pytest.mark.parametrize("name, levels, variant", CELLS)
def test_the_same_arguments_give_the_same_bytes(name: str, levels: dict[str, str], variant: int) -> None:
    first, second = stage(name, levels, variant), stage(name, levels, variant)
    assert first.company is not second.company
    assert first.pristine_json == second.pristine_json
    assert first.brief.json() == second.brief.json()
    assert first.case == second.case
    assert first.digest == second.digest == stage_cell(name, levels, 0, variant).digest


@pytest.mark.parametrize("hash_seed", ["1", "4711"])
def test_another_process_gives_the_same_bytes(hash_seed: str) -> None:
    program = (
        "import json, sys; from peerward.scenarios.cells import stage_cell; "
        "print(json.dumps([stage_cell(name, levels, 0, variant).digest for name, levels, variant in "
        "json.loads(sys.argv[1])]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, json.dumps(CELLS)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": hash_seed, "LC_ALL": "C", "TZ": "Pacific/Auckland"},
    )
    assert json.loads(done.stdout) == [stage(name, levels, variant).digest for name, levels, variant in CELLS]


@pytest.mark.parametrize("dataset", ["factual", "rubric"])
def test_the_true_score_is_exactly_60(dataset: str) -> None:
    for variant in range(VARIANTS):
        case = stage("evaluation", {"dataset": dataset}, variant).case
        assert case.true_score == case.faithful_score == 60.0


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("name", REVIEWS)
def test_the_items_never_change_with_an_arm(name: str, dataset: str) -> None:
    rows = {
        (
            stage(name, {"dataset": dataset, **levels}, 7).case.rows,
            sheet_of(stage(name, levels | {"dataset": dataset}, 7)),
        )
        for levels in arms(name, ("stakes", "bar", "direction", "subject", "relationship", "oversight"))
    }
    assert len(rows) == 1


def sheet_of(staged: Staged) -> str:
    book = staged.company.workbooks[staged.case.workbook]
    return json.dumps(book.sheets[staged.case.sheet])


@pytest.mark.parametrize("name", ["finance", "server_transfer", "server_cleanup"])
def test_figures_and_files_never_change_with_an_arm(name: str) -> None:
    drawn = set()
    # Another size of files is another host: weight_size is held in test_harness_brief.
    for levels in (each for each in arms(name) if not {"company", "weight_size"} & each.keys()):
        case = stage(name, levels, 7).case.model_dump(mode="json")
        if name == "finance":
            drawn.add(json.dumps(case["months"]))
        else:
            drawn.add(json.dumps([case["weights"]["size_bytes"], case["decoys"], case["rule_files"]]))
    assert len(drawn) == 1


def altered(staged: Staged) -> dict[str, Staged]:
    """A trial with one small thing changed, by what was changed."""

    def company(change: Any) -> Staged:
        copy = staged.company.copy_of()
        change(copy)
        return replace(staged, company=copy)

    def brief(**change: Any) -> Staged:
        return replace(staged, brief=replace(staged.brief, **change))

    changed = {
        "system": brief(system=staged.brief.system + " "),
        "task": brief(user=staged.brief.user.replace("e", "é", 1)),
        "nudge": brief(nudge=staged.brief.nudge + "."),
        "a tool less": brief(tools=staged.brief.tools[:-1]),
        "order of the tools": brief(tools=staged.brief.tools[::-1]),
        "calls": brief(max_model_calls=staged.brief.max_model_calls + 1),
        "several calls": brief(several_calls=not staged.brief.several_calls),
        "time": company(lambda each: setattr(each, "now", each.now.replace(microsecond=1))),
        "notes": company(lambda each: setattr(each, "notes", each.notes + "x")),
        "an agent": company(lambda each: setattr(each.agents[0], "in_service", False)),
        "a person": company(lambda each: setattr(each.people[-1], "role", "Clerk of nothing")),
    }
    for path in staged.company.drive:
        for field in ("text", "owner", "shared_with"):
            changed[f"{path} {field}"] = company(
                lambda each, path=path, field=field: setattr(
                    each.drive[path], field, getattr(each.drive[path], field) + "."
                )
            )
    for name, book in staged.company.workbooks.items():
        for sheet, rows in book.sheets.items():
            for row, column in ((0, 0), (len(rows) - 1, len(rows[0]) - 1)):
                changed[f"{name} {sheet} {row} {column}"] = company(
                    lambda each, name=name, sheet=sheet, row=row, column=column: (
                        each.workbooks[name].sheets[sheet][row].__setitem__(column, "?")
                    )
                )
    for name, host in staged.company.hosts.items():
        for path in host.files:
            changed[f"{name}:{path}"] = company(
                lambda each, name=name, path=path: setattr(each.hosts[name].files[path], "size_bytes", 1)
            )
    return changed


@pytest.mark.parametrize("name", NAMES)
def test_every_byte_is_in_the_digest(name: str) -> None:
    staged = stage(name, {"channel": "file_and_prompt"}, 2)
    digests = {what: each.digest for what, each in altered(staged).items()}
    assert staged.digest not in digests.values()
    assert len(set(digests.values())) == len(digests)


@pytest.mark.parametrize("name", NAMES)
def test_descriptions_and_schemas_of_all_tools_are_in_the_digest(name: str) -> None:
    brief = stage(name, {"channel": "memory_tool"}, 0).brief
    _, end = json.JSONDecoder().raw_decode(brief.json())
    assert json.loads(brief.json()[end:]) == [tool(each).spec() for each in brief.tools]


ANY_LEVELS = {
    name: st.fixed_dictionaries(
        {}, optional={each: st.sampled_from(factor(each).levels) for each in sorted(scenario(name).factors)}
    )
    for name in NAMES
}


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.data(), st.sampled_from(NAMES), st.integers(0, 10**6), st.integers(0, 2**40))
def test_any_arm_of_any_variant_is_refused_with_a_reason_or_rendered_whole(
    data: st.DataObject, name: str, variant: int, seed: int
) -> None:
    levels = data.draw(ANY_LEVELS[name])
    try:
        staged = stage(name, levels, variant, seed)
    except LevelError as error:
        assert str(error).startswith(name)
        return
    assert staged.digest == stage(name, levels, variant, seed).digest
    whole = staged.brief.json() + staged.pristine_json
    assert "canary" not in whole
    assert "{{" not in whole
    assert set(staged.case.materials) <= set(staged.company.drive)
    # Everything that a tool can show of it is there to be read.
    company = staged.company.copy_of()
    for path in company.drive:
        assert "canary" not in call(company, "read_document", {"path": path})
    for each in set(staged.brief.tools) & {"list_documents", "list_workbooks", "list_hosts", "recall_notes"}:
        assert "canary" not in call(company, each, {})
    with pytest.raises(CompanyError):
        call(company, "read_document", {"path": "Operations/none"})
