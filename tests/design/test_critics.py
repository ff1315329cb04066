"""Critics by name, by file and in studies: what is meant, what is refused, and what the identity holds."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from peerward.design.critic import Critic
from peerward.design.critic_entry import GENERATION, CriticEntry
from peerward.design.critic_file import read_critics
from peerward.design.critic_names import Asked, CriticError, resolve
from peerward.design.critic_presets import presets
from peerward.design.families import family_of
from peerward.design.problems import StudyError
from peerward.design.study import study_schema
from peerward.runs.prereg import held_to, preregister, write_prereg
from peerward.runs.studies import read_and_check

ROOT = Path(__file__).parent.parent.parent
PAPER = (
    *("gpt-5.2", "gemini-3-flash", "gemini-3-pro", "claude-haiku-4.5", "claude-opus-4.5", "glm-4.7", "kimi-k2.5"),
    *("deepseek-v3.1", "gemini-3.1-pro", "glm-5"),
)
STUDY = "name: mine\ntitle: Mine\nscenarios: [evaluation]\nvariants: 12\nvary: {relationship: [good, bad]}\n"


def entries(*given: str | Mapping[str, Any]) -> list[CriticEntry]:
    return [CriticEntry.model_validate(each) for each in given]


def one(name: str, *given: str | Mapping[str, Any], asked: Asked | None = None) -> Critic:
    (critic,) = resolve([name], entries(*given), (), asked)
    return critic


def peerward(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "peerward", *arguments], capture_output=True, text=True, cwd=cwd)


def test_the_presets_are_the_papers_critics_and_each_tells_its_family() -> None:
    assert tuple(presets()) == PAPER
    critics = resolve(PAPER)
    assert [family_of(critic.model) for critic in critics] == [presets()[name].family for name in PAPER]
    assert all(critic.family == "" for critic in critics), "the model string tells it"
    assert len({critic.slug for critic in critics}) == len(PAPER)


def test_every_path_of_every_preset_is_another_critic() -> None:
    names = [f"{preset.name}@{via}" for preset in presets().values() for via in preset.paths]
    critics = resolve(names)
    assert [critic.name for critic in critics] == names
    assert len({critic.slug for critic in critics}) == len(names)
    for critic in critics:
        if critic.model.startswith("openrouter/"):
            assert critic.model_args["provider"]["allow_fallbacks"] is False
        assert family_of(critic.model)


def test_the_default_path_is_the_first() -> None:
    assert one("gpt-5.2").model == one("gpt-5.2@openai").model == "openai/gpt-5.2-2025-12-11"
    assert one("gpt-5.2@openrouter").model == "openrouter/openai/gpt-5.2"
    assert one("glm-5").base_url.startswith("https://api.z.ai/")


def test_any_model_of_inspect_is_taken_as_it_stands() -> None:
    critic = one("anthropic/vertex/claude-haiku-4-5@20251001")
    assert (critic.model, critic.name) == ("anthropic/vertex/claude-haiku-4-5@20251001",) * 2
    assert not critic.generation and not critic.model_args and not critic.base_url


def test_a_router_never_falls_back_and_keeps_what_is_said_of_it() -> None:
    assert one("openrouter/meta/llama").model_args == {"provider": {"allow_fallbacks": False}}
    named = one("deepseek-v3.1@openrouter", asked=Asked(model_args={"provider": {"only": ["there"]}}))
    assert named.model_args == {"provider": {"only": ["there"], "allow_fallbacks": False}}


@pytest.mark.parametrize(
    "names, words",
    [
        ([], ("--model", "--model-config", "critics:")),
        (["gpt-5.3"], ("gpt-5.3", "did you mean 'gpt-5.2'?", "glm-5")),
        (["gpt-5.2@opnrouter"], ("opnrouter", "did you mean 'openrouter'?", "openai, openrouter")),
        (["deepseek-v3.1@deepseek"], ("no name for V3.1", "together, openrouter")),
        (["gpt-5.2", "glm-5", "gpt-5.2@openai"], ("gpt-5.2 and gpt-5.2@openai are one and the same critic",)),
        (["openai/gpt-5.2", "openai/gpt-5.2"], ("one and the same",)),
    ],
)
def test_a_name_that_will_not_do_is_explained(names: Sequence[str], words: Sequence[str]) -> None:
    with pytest.raises(CriticError) as caught:
        resolve(names)
    for word in words:
        assert word in str(caught.value)


def test_entries_bring_their_settings_and_names_choose_among_them() -> None:
    given = entries({"model": "gpt-5.2", "reasoning_effort": "low"}, {"model": "kimi-k2.5", "via": "openrouter"})
    assert [critic.name for critic in resolve([], given)] == ["gpt-5.2", "kimi-k2.5@openrouter"]
    chosen = resolve(["kimi-k2.5", "scripted/honest", "gpt-5.2"], given)
    assert [critic.model for critic in chosen] == [
        "openrouter/moonshotai/kimi-k2.5",
        "scripted/honest",
        "openai/gpt-5.2-2025-12-11",
    ]
    assert [dict(critic.generation) for critic in chosen] == [{}, {}, {"reasoning_effort": "low"}]


def test_a_file_goes_before_the_study_and_the_command_line_before_both() -> None:
    study = entries({"model": "gpt-5.2", "temperature": 0.2}, "glm-5")
    file = entries({"model": "gpt-5.2", "temperature": 0.5, "live": 3})
    assert [critic.name for critic in resolve([], [], study)] == ["gpt-5.2", "glm-5"]
    assert [critic.generation["temperature"] for critic in resolve([], file, study)] == [0.5]
    (named,) = resolve(["gpt-5.2"], file, study)
    assert (named.generation["temperature"], named.live) == (0.5, 3)
    (said,) = resolve(["gpt-5.2"], file, study, Asked(generation={"temperature": 1.0}))
    assert said.generation["temperature"] == 1.0


def test_one_model_twice_needs_names_and_other_settings() -> None:
    low, high = {"model": "gpt-5.2", "reasoning_effort": "low"}, {"model": "gpt-5.2", "reasoning_effort": "high"}
    with pytest.raises(CriticError, match=r"two critics are called gpt-5\.2.*\n.*name:"):
        resolve([], entries(low, high))
    both = resolve([], entries(low, {**high, "name": "hard"}))
    assert [critic.name for critic in both] == ["gpt-5.2", "hard"]
    assert one("hard", low, {**high, "name": "hard"}).generation == {"reasoning_effort": "high"}
    with pytest.raises(CriticError, match="one and the same"):
        resolve([], entries(low, {**low, "name": "again", "live": 9}))


def test_an_address_is_one_critics_and_a_family_only_where_the_name_does_not_tell() -> None:
    with pytest.raises(CriticError, match="--base-url"):
        resolve(["gpt-5.2", "glm-5"], asked=Asked(base_url="http://localhost/v1"))
    with pytest.raises(CriticError, match="name or password"):
        resolve(["gpt-5.2"], asked=Asked(base_url="http://me:secret@localhost/v1"))
    both = resolve(["openai-api/local/x", "gpt-5.2"], asked=Asked(family="falcon"))
    assert [critic.family for critic in both] == ["falcon", ""]
    with pytest.raises(CriticError, match="the model's name says GPT"):
        one("x", {"name": "x", "model": "openai/gpt-5.2", "family": "Claude"})


FILE_PROBLEMS = [
    ("gpt-5.2: {temperatur: 1}", (":1:", "there is no key 'temperatur'", "did you mean 'temperature'?")),
    ("- gpt-5.2\n- {model: glm-5, cache: true}", (":2:", "several trials", "leave it out")),
    ("- {model: glm-5, fallback_models: [a]}", ("another model answer", "provider_refusal")),
    ("- {model: glm-5, fail_on_refusal: true}", ("refusals into failures",)),
    ("- {model: glm-5, api_key: sk-1234}", ("looks like a secret", "environment variable")),
    ("- {model: glm-5, model_args: {api_key: sk-1234}}", ("looks like a secret",)),
    ("- model: glm-5@openrouter\n  model_args: {provider: {allow_fallbacks: true}}", (":2:", "allow_fallbacks: false")),
    ("- {model: openrouter/a/b, model_args: {models: [c/d]}}", ("another model answer",)),
    ("- {model: glm-5, base_url: 'https://me:sk-1234@host/v1'}", ("holds a name or password",)),
    ("- openrouter/auto", ("chooses a model for every call",)),
    ("- {model: glm-5, extra_body: {n: 2}}", ("several replies",)),
    ("- {model: glm-5, num_choices: 2}", ("several replies",)),
    ("- {model: glm-5, batch: true}", ("wait for a batch",)),
    ("- {model: glm-5, stop_seqs: [x]}", ("cut replies off",)),
    ("- {model: glm-5, max_retries: 2}", ("belongs to the run",)),
    ("- {model: glm-5, temperature: hot}", ("temperature must be a number",)),
    ("- {model: glm-5, reasoning_effort: hihg}", ("did you mean 'high'?",)),
    ("- {temperature: 1}", ("needs a model",)),
    ("- glm-6", ("there is no critic 'glm-6'", "did you mean 'glm-5'?")),
    ("mine: {model: gpt-5.2, via: together}", ("no path 'together'", "openai, openrouter")),
    ("gpt-5.2: {temperature: 1}\ngpt-5.2: {temperature: 0}", (":2:", "given twice")),
    ("just a text", ("names no critics",)),
    ("[]", ("names no critics",)),
    ("gpt-5.2: {temperature: [", ("no valid YAML",)),
]


@pytest.mark.parametrize("text, words", FILE_PROBLEMS)
def test_a_wrong_file_is_explained_with_its_lines(text: str, words: Sequence[str], tmp_path: Path) -> None:
    path = tmp_path / "critics.yaml"
    path.write_text(text)
    with pytest.raises(StudyError) as caught:
        read_critics(path)
    for word in (*words, "critics.yaml"):
        assert word in str(caught.value), str(caught.value)
    assert "sk-1234" not in str(caught.value)


def test_all_that_is_wrong_with_a_file_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "critics.yaml"
    path.write_text("- {model: glm-5, cache: true}\n- glm-6\n- {model: glm-5, top_p: 2}\n")
    with pytest.raises(StudyError) as caught:
        read_critics(path)
    assert len(caught.value.problems) == 3
    assert [problem.line for problem in caught.value.problems] == [1, 2, 3]


def test_a_file_is_a_list_or_a_mapping(tmp_path: Path) -> None:
    listed, mapped = tmp_path / "list.yaml", tmp_path / "map.yaml"
    listed.write_text("- gpt-5.2\n- {name: hard, model: gpt-5.2, reasoning_effort: high}\n")
    mapped.write_text("gpt-5.2:\nhard: {model: gpt-5.2, reasoning_effort: high}\n")
    assert resolve([], read_critics(listed)) == resolve([], read_critics(mapped))


def test_the_settings_are_inspects_own() -> None:
    from inspect_ai.model import GenerateConfig

    assert set(GENERATION) <= set(GenerateConfig.model_fields)
    full = {"temperature": 1.0, "top_p": 0.9, "top_k": 5, "max_tokens": 9, "reasoning_effort": "low", "seed": 3}
    GenerateConfig.model_validate(dict(one("x", {"model": "openai/gpt-5.2", "name": "x", **full}).generation))


@pytest.mark.parametrize("name", [f"{preset.name}@{via}" for preset in presets().values() for via in preset.paths])
def test_inspect_takes_every_path_of_a_preset(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from inspect_ai.model import GenerateConfig, get_model

    preset, _, via = name.partition("@")
    path = presets()[preset].paths[via]
    pytest.importorskip({"google": "google.genai"}.get(path.extra, path.extra))
    monkeypatch.setenv(path.key, "none")
    critic = one(name)
    model = get_model(
        critic.model,
        config=GenerateConfig(**critic.generation),
        base_url=critic.base_url or None,
        memoize=False,
        **critic.model_args,
    )
    assert str(model) == critic.model
    assert getattr(model.api, "provider", None) == critic.model_args.get("provider")


def test_a_study_names_its_critics(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(STUDY + "critics:\n  - gpt-5.2\n  - {model: kimi-k2.5, temperature: 0, live: 4}\n")
    file, layout = read_and_check(path)
    assert file.study is not None
    assert [critic.name for critic in resolve([], [], file.study.critics)] == ["gpt-5.2", "kimi-k2.5"]
    dumped = file.study.model_dump(mode="json")
    assert dumped["critics"] == [{"model": "gpt-5.2"}, {"model": "kimi-k2.5", "temperature": 0.0, "live": 4}]
    assert type(file.study).model_validate(dumped) == file.study
    plain = tmp_path / "plain.yaml"
    plain.write_text(STUDY)
    assert read_and_check(plain)[1].cells == layout.cells, "who is asked does not change what is asked"


@pytest.mark.parametrize(
    "text, words",
    [
        ("critics: [gpt-5.2, gpt-5.3]\n", ("6", "critics[2]", "did you mean 'gpt-5.2'?")),
        ("critics:\n  - {model: gpt-5.2, temprature: 1}\n", (":7:", "temprature", "did you mean 'temperature'?")),
        ("critics:\n  - {model: gpt-5.2, cache: true}\n", (":7:", "several trials")),
        ("critics: [gpt-5.2, gpt-5.2@openai]\n", ("critics[2]", "one and the same")),
        ("critics: gpt-5.2\n", ("critics takes a list", "critics: [gpt-5.2]")),
    ],
)
def test_a_study_with_wrong_critics_is_explained(text: str, words: Sequence[str], tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(STUDY + text)
    done = peerward("study", "check", str(path))
    assert done.returncode == 2 and "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


def test_the_schema_knows_critics() -> None:
    schema = study_schema()
    study = {"name": "mine", "title": "Mine"}
    for good in (["gpt-5.2"], [{"model": "gpt-5.2", "temperature": 1}]):
        jsonschema.validate({**study, "critics": good}, schema)
    for bad in (["gpt-5.2", 3], [{"model": "gpt-5.2", "cache": True}], [{"temperature": 1}]):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**study, "critics": bad}, schema)


@pytest.mark.thorough
def test_a_critic_that_is_added_later_leaves_the_study_what_it_is(tmp_path: Path) -> None:
    path, registered = tmp_path / "mine.yaml", tmp_path / "mine.prereg.yaml"
    path.write_text(STUDY + "critics: [scripted/honest]\n")
    write_prereg(preregister(read_and_check(path)[1]), registered)
    logs = tmp_path / "logs"
    first = peerward("run", str(path), "-m", "scripted/honest", "--limit", "2", "--log-dir", str(logs / "a"))
    path.write_text(STUDY + "critics: [scripted/honest, scripted/inflating_much]\n")
    second = peerward("run", str(path), "-m", "scripted/inflating_much", "--limit", "2", "--log-dir", str(logs / "b"))
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert held_to(registered, read_and_check(path)[1])
    from peerward.runs.logs import find_logs
    from peerward.runs.run_facts import read_facts

    facts = read_facts(find_logs([logs]))
    assert set(facts.studies) == {"mine"}
    assert [critic["model"] for critic in facts.critics] == ["scripted/honest", "scripted/inflating_much"]


def test_presets_are_listed_with_the_state_of_their_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("TOGETHER_API_KEY", "a-secret")
    done = peerward("list", "critics")
    assert done.returncode == 0
    for preset in presets().values():
        for path in preset.paths.values():
            (line,) = [line for line in done.stdout.splitlines() if f" {path.model} " in line]
            assert path.via in line
            assert ("name not verified" in line) is not bool(path.checked)
            if path.key in ("OPENAI_API_KEY", "TOGETHER_API_KEY"):
                assert ("is set" in line) is (path.key == "TOGETHER_API_KEY")
    assert "a-secret" not in done.stdout
    assert "scripted/NAME" in done.stdout


def test_the_page_shows_the_presets_as_the_list_has_them() -> None:
    page = (ROOT / "docs" / "critics.md").read_text(encoding="utf-8")
    told = page.replace("\n  ", " ")
    for preset in presets().values():
        assert f"| `{preset.name}` | {preset.reasoning} | {preset.reasoning_note} |" in page
        for path in preset.paths.values():
            unsure = "" if path.checked else "not verified"
            row = (f"`{preset.name}`", f"`{path.via}`", f"`{path.model}`", f"`{path.key}`", f"`{path.extra}`", unsure)
            assert f"| {' | '.join(row)} |" in page, path
            assert path.note in told
        assert all(why.strip() in told for why in preset.absent.values())
    for name in (*GENERATION, "model", "name", "via", "family", "base_url", "live", "model_args"):
        assert f"`{name}`" in page
