import re
from functools import cache

import pytest
import told
from facts import stage, variants
from test_texts import TELLS, layout, lines_naming, rows_of

from peerward.design import LevelError, factor
from peerward.scenarios import NAMES, Staged
from peerward.scenarios.cast import Named
from peerward.scenarios.relationship.rows import codes
from peerward.scenarios.setting import Setting, make_setting

CHANNELS = factor("channel").levels
LEVELS = factor("relationship").levels
FIGURES = {"good": r"9\.[3-6]", "neutral": r"5\.[4-8]", "bad": r"2\.[0-3]"}
FIGURE = re.compile(r"(?<![\w.-])\d{1,2}\.\d(?!\w|\.\d)")
EVERYWHERE = [(name, channel) for name in NAMES for channel in CHANNELS]
TRUST = {"7": "7.0", "10": "10.0", "6.5": "6.5", "0": "0.0"}


@cache
def setting_of(name: str, variant: int) -> Setting:
    staged = stage(name, {}, variant)
    return make_setting(staged.draw, staged.condition)


def all_told(staged: Staged) -> dict[str, str]:
    """Every text that tells the relationship, by its place."""
    return {
        "document": told.told_document(staged),
        "notes": told.told_notes(staged),
        "remark": told.remark_of(staged),
    }


PLACES = {
    "file": {"document"},
    "file_and_prompt": {"document", "remark"},
    "prompt": {"remark"},
    "memory_tool": {"notes"},
    "memory_file": {"notes"},
    "buried_file": {"document"},
    "message": {"document"},
}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name, channel", EVERYWHERE)
def test_every_channel_tells_every_relationship_in_its_own_places(name: str, channel: str, level: str) -> None:
    staged = stage(name, {"channel": channel, "relationship": level}, 1)
    assert {place for place, text in all_told(staged).items() if text} == PLACES[channel]
    assert ("recall_notes" in staged.brief.tools) == bool(staged.company.notes) == (channel == "memory_tool")
    is_file = channel in ("file", "file_and_prompt", "buried_file", "memory_file")
    assert bool(staged.case.relationship_path) == is_file
    if "remark" in PLACES[channel]:
        assert told.remark_of(staged) in staged.brief.system


@pytest.mark.parametrize("name, channel", EVERYWHERE)
def test_where_nothing_is_told_there_is_no_trace_of_a_channel(name: str, channel: str) -> None:
    nothing = {"relationship": "none", "absent_text": "nothing"}
    staged, plain = stage(name, {**nothing, "channel": channel}, 1), stage(name, nothing, 1)
    assert set(all_told(staged).values()) == {""}
    assert staged.digest == plain.digest


def pair_of(setting: Setting) -> tuple[str, str]:
    return setting.critic.name, setting.partner.name


@pytest.mark.parametrize("level", FIGURES)
@pytest.mark.parametrize("name", NAMES)
def test_row_and_remark_of_the_pair_hold_the_levels_figure_and_no_other_line_names_either(
    name: str, level: str
) -> None:
    for channel in ("file", "buried_file", "message"):
        for variant in variants(name):
            names = pair_of(setting_of(name, variant))
            text = told.relationship_of(stage(name, {"relationship": level, "channel": channel}, variant))
            row, remark = sorted(lines_naming(text, *names), key=lambda line: not line.startswith("|"))
            assert row.startswith("|")
            assert not remark.startswith("|")
            assert all(each in row and each in remark for each in names)
            assert re.fullmatch(FIGURES[level], *FIGURE.findall(row))
            assert FIGURE.findall(remark) == []


def block_of(notes: str, partner: str) -> str:
    """The figure of an agent in the critic's own notes, with what stands around it."""
    if f"**{partner}**" in notes:
        return notes.partition(f"**{partner}**")[2].partition("\n\n")[0]
    if "| Trust, out of ten |" in notes:
        rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows_of(notes)]
        return next(row for row in rows if row[0] == "Trust, out of ten")[rows[0].index(partner)]
    return "\n".join(lines_naming(notes, partner))


@pytest.mark.parametrize("channel", told.NOTES_CHANNELS)
@pytest.mark.parametrize("name", NAMES)
def test_the_notes_hold_the_levels_figure_of_the_partner(name: str, channel: str) -> None:
    for variant in variants(name):
        partner = setting_of(name, variant).partner.name
        for level, figure in FIGURES.items():
            notes = told.notes_of(stage(name, {"relationship": level, "channel": channel}, variant))
            assert re.fullmatch(figure, *FIGURE.findall(block_of(notes, partner)))


@pytest.mark.parametrize("name, channel", EVERYWHERE)
def test_the_filler_names_neither_critic_nor_partner(name: str, channel: str) -> None:
    for variant in variants(name):
        texts = all_told(stage(name, {"relationship": "none", "channel": channel}, variant))
        assert any(texts.values())
        for text in texts.values():
            assert lines_naming(text, *pair_of(setting_of(name, variant))) == []


JOINT_WORK = re.compile(r"\b(hands? over (complete|the)|its (half|part|share)|all of its lines|Trust \d|took)\b")


@pytest.mark.parametrize("name, channel", EVERYWHERE)
def test_who_is_unacquainted_has_had_no_joint_work_and_no_figure(name: str, channel: str) -> None:
    for variant in variants(name):
        setting = setting_of(name, variant)
        texts = all_told(stage(name, {"relationship": "unacquainted", "channel": channel}, variant))
        for place, text in texts.items():
            lines = [line for line in lines_naming(text, setting.partner.name) if not line.startswith("| |")]
            assert len(lines) == (1 if text else 0)
            assert not any(line.startswith("|") for line in lines)
            said = block_of(text, setting.partner.name) if place == "notes" else "".join(lines)
            assert not FIGURE.search(said)
            assert not JOINT_WORK.search(said)
            assert place == "notes" or not text or re.search(r"\bno(ne)?\b", said)


@pytest.mark.parametrize("name", NAMES)
def test_the_levels_of_the_relationship_use_the_same_figures_and_words(name: str) -> None:
    for variant in variants(name):
        names = "|".join(re.escape(each.name) for each in agents(setting_of(name, variant)))
        stood = set()
        for level in (*FIGURES, "unacquainted"):
            for channel in ("file", "memory_tool"):
                text = "".join(all_told(stage(name, {"relationship": level, "channel": channel}, variant)).values())
                stood.add((channel, re.sub(rf"\b({names})\b", "NAME", text)))
        assert len(stood) == 2


def agents(setting: Setting) -> tuple[Named, ...]:
    return setting.critic, setting.partner, *setting.others


@pytest.mark.parametrize("level", FIGURES)
@pytest.mark.parametrize("name, channel", EVERYWHERE)
def test_a_trust_figure_stands_once_in_each_text_and_changes_nothing_else(name: str, channel: str, level: str) -> None:
    for variant in variants(name):
        partner = setting_of(name, variant).partner.name
        own = all_told(stage(name, {"relationship": level, "channel": channel}, variant))
        # A figure is put in its place alike under every level: one of them stands for the others.
        for trust, figure in TRUST.items() if level == "good" else [("7", "7.0")]:
            given = all_told(stage(name, {"relationship": level, "channel": channel, "trust": trust}, variant))
            for place in PLACES[channel]:
                said = block_of(given[place], partner) if place == "notes" else given[place]
                lines = said if place == "notes" else "\n".join(lines_naming(said, partner))
                assert FIGURE.findall(lines) == [figure]
                before, after = own[place].split("\n"), given[place].split("\n")
                changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
                assert len(changed) == 1
                assert re.sub(FIGURE, "#", changed[0][0]) == re.sub(FIGURE, "#", changed[0][1])


@pytest.mark.parametrize("level", ["none", "unacquainted"])
def test_a_trust_figure_needs_a_pair_that_has_one(level: str) -> None:
    with pytest.raises(LevelError, match="trust figure"):
        stage("evaluation", {"relationship": level, "trust": "7"}, 0)


@pytest.mark.parametrize("channel", ["file", "buried_file"])
@pytest.mark.parametrize("name", NAMES)
def test_an_anonymised_document_holds_codes_and_no_agents_name(name: str, channel: str) -> None:
    for variant in variants(name):
        setting = setting_of(name, variant)
        coded = codes(setting)
        assert len(set(coded.values())) == len(coded) == len(agents(setting))
        for level in FIGURES:
            levels = {"relationship": level, "channel": channel}
            usual = told.told_document(stage(name, levels, variant)).split("\n")
            text = told.told_document(stage(name, {**levels, "mitigation": "anonymised"}, variant))
            assert lines_naming(text, *(each.name for each in agents(setting))) == []
            assert setting.profile.agents.line not in text
            for line in usual:
                for each, code in coded.items():
                    line = re.sub(rf"\b{re.escape(each)}\b", code, line)
                assert line in text.split("\n")


@pytest.mark.parametrize("channel", ["file", "buried_file"])
@pytest.mark.parametrize("name", NAMES)
def test_a_normalised_log_holds_counts_and_no_figure_out_of_ten(name: str, channel: str) -> None:
    for variant in variants(name):
        texts = {
            level: told.told_document(
                stage(name, {"relationship": level, "channel": channel, "mitigation": "normalised_log"}, variant)
            )
            for level in FIGURES
        }
        for text in texts.values():
            assert FIGURE.findall(text.replace("\n", " ")) == []
            assert "out of ten" not in text
            named = lines_naming(text, *pair_of(setting_of(name, variant)))
            assert len(named) == 1
            assert named[0].startswith("|")
        assert len(set(texts.values())) == len(texts)
        # Between two levels nothing but the counts of two pairs is another.
        assert len({re.sub(r"\| \d+(?= \|)", "| #", text) for text in texts.values()}) == 1
        good, bad = (texts[level].split("\n") for level in ("good", "bad"))
        assert sum(a != b for a, b in zip(good, bad, strict=True)) == 2


@pytest.mark.parametrize("name", NAMES)
def test_a_buried_text_is_a_section_of_a_long_document_that_is_the_same_for_all_levels(name: str) -> None:
    for variant in variants(name):
        around = set()
        for level in LEVELS:
            path_text = told.told_document(stage(name, {"relationship": level, "channel": "buried_file"}, variant))
            plain = told.told_document(stage(name, {"relationship": level, "channel": "file"}, variant)).strip()
            section = re.sub(r"^(#+ )", r"#\1", plain, flags=re.MULTILINE)
            assert 900 <= len(path_text.split()) <= 1400
            before, found, after = path_text.partition(section)
            assert found
            assert min(len(before.split()), len(after.split())) > 250
            assert sum(line.startswith("#") for line in layout(before + after)) >= 6
            around.add((before, after))
            assert not TELLS.search(before + after)
            names = [each.name for each in agents(setting_of(name, variant))]
            assert lines_naming(before + after, *names) == []
        assert len(around) == 1


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", NAMES)
def test_the_text_is_the_same_by_every_way(name: str, level: str) -> None:
    for variant in variants(name):
        by = {channel: stage(name, {"relationship": level, "channel": channel}, variant) for channel in CHANNELS}
        document = told.told_document(by["file"])
        assert told.told_document(by["file_and_prompt"]) == document
        assert by["message"].brief.user.endswith("\n\n" + document.strip())
        assert told.remark_of(by["prompt"]) == told.remark_of(by["file_and_prompt"])
        assert told.told_notes(by["memory_file"]) == told.told_notes(by["memory_tool"])


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", NAMES)
def test_the_notes_file_is_the_critics_own_and_the_system_prompt_says_where_it_is(name: str, level: str) -> None:
    staged = stage(name, {"relationship": level, "channel": "memory_file"}, 2)
    critic, path = setting_of(name, 2).critic.name, staged.case.relationship_path
    assert path == f"Notes/{critic}.md"
    assert staged.company.drive[path].owner == critic
    assert f"`{path}`" in staged.brief.system


@pytest.mark.parametrize("name", NAMES)
def test_the_identity_changes_the_partners_entry_in_the_roster_alone(name: str) -> None:
    for variant in variants(name):
        partner = setting_of(name, variant).partner.name
        prompts = {
            re.sub(
                rf"({re.escape(partner)})(: |, | \()(\w+)",
                r"\1\2#",
                stage(name, {"identity": level}, variant).brief.system,
            )
            for level in factor("identity").levels
        }
        assert len(prompts) == 1
