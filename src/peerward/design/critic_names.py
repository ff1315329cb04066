"""From names and entries to critics: presets with their paths, Inspect's model strings, entries of files."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from peerward.design.critic import Critic
from peerward.design.critic_entry import CriticEntry, refused_arguments
from peerward.design.critic_presets import Preset, ProviderPath, presets
from peerward.design.families import family_of, spelt
from peerward.design.problems import Loc, Problem, did_you_mean
from peerward.design.secret_settings import secret_in_address


class CriticError(ValueError):
    """A critic that cannot be asked as it was named; the message says why and what to do."""


@dataclass(frozen=True)
class Asked:
    """What the command line says of every critic that it names; it goes before what files say.

    Attributes:
        generation: Generation settings.
        model_args: Arguments of the provider.
        base_url: The provider's address, of one critic only.
        family: The model family of those whose name does not tell it.
    """

    generation: Mapping[str, Any] = field(default_factory=dict)
    model_args: Mapping[str, Any] = field(default_factory=dict)
    base_url: str = ""
    family: str = ""


def resolve(
    names: Sequence[str],
    entries: Sequence[CriticEntry] = (),
    of_study: Sequence[CriticEntry] = (),
    asked: Asked | None = None,
) -> list[Critic]:
    """The critics that are meant, in the order in which they are named.

    Names choose; without any, all ``entries`` are meant, and without those all of the study. A name that an entry
    has, or the only entry of that model, brings the entry's settings.

    Args:
        names: Presets, presets with a path (``gpt-5.2@openrouter``), or Inspect's model strings.
        entries: The entries of ``--model-config``.
        of_study: The entries of the study.
        asked: What the command line says of every critic.

    Raises:
        CriticError: If none is named, a name is not known, a setting is refused, or two are one and the same.
    """
    asked = asked or Asked()
    chosen = [_named(name, [*entries, *of_study]) for name in names] if names else list(entries or of_study)
    if not chosen:
        raise CriticError(
            "no critic is named: name one with --model (peerward list critics), in a file with --model-config, or "
            "under critics: in the study"
        )
    if asked.base_url and len(chosen) > 1:
        raise CriticError("--base-url is the address of one critic; give each its own base_url in --model-config FILE")
    problems = [problem for entry in chosen for problem in entry_problems(entry, ())]
    refused = [*refused_arguments(asked.model_args), secret_in_address(asked.base_url)]
    problems += [Problem((), each[0], "", each[1]) for each in refused if each is not None]
    critics = [] if problems else [critic_of(entry, asked) for entry in chosen]
    problems += [problem for _, problem in twice(critics)]
    if problems:
        raise CriticError("\n".join(_told(each) for each in dict.fromkeys(problems)))
    return critics


def _told(problem: Problem) -> str:
    valid = f"\n    Valid: {problem.valid}." if problem.valid else ""
    return problem.what + valid + (f"\n    Mend: {problem.mend}" if problem.mend else "")


def _named(name: str, entries: Sequence[CriticEntry]) -> CriticEntry:
    called = [entry for entry in entries if entry.called == name]
    # An entry of --model-config goes before the study's own of the same name.
    found = called[:1] or [entry for entry in entries if entry.model == name]
    if len(found) > 1:
        several = ", ".join(entry.called for entry in found)
        raise CriticError(f"{name}: several entries are of this model; name the one that is meant: {several}")
    if not name.isprintable():
        raise CriticError(f"there is no critic {name!r}: the name holds a character that cannot be seen.")
    return found[0] if found else CriticEntry.model_validate(name)


def study_critic_problems(entries: Sequence[CriticEntry]) -> Iterator[Problem]:
    """What is wrong with the critics that a study names, with the places of its entries."""
    found = [problem for number, entry in enumerate(entries) for problem in entry_problems(entry, ("critics", number))]
    yield from found
    if not found:
        for number, problem in twice([critic_of(entry) for entry in entries]):
            yield Problem(("critics", number), problem.what, "", problem.mend)


def twice(critics: Sequence[Critic]) -> Iterator[tuple[int, Problem]]:
    """Critics that are named twice: the number of the second, and what is wrong."""
    for number, critic in enumerate(critics):
        for earlier in critics[:number]:
            if earlier.slug == critic.slug:
                what = f"{earlier.name} and {critic.name} are one and the same critic: {critic.model}, asked alike."
                yield number, Problem((), what, "", "name it once; more trials come from more variants.")
            elif earlier.name == critic.name:
                what = f"two critics are called {critic.name}, with different settings."
                yield number, Problem((), what, "", "give one of them a name of its own: name: ...")


def entry_problems(entry: CriticEntry, where: Loc) -> Iterator[Problem]:
    """What is wrong with an entry's names: the model, its path, its family."""
    preset, via = _parted(entry)
    at = (*where, "model") if where else ()
    if entry.via and "@" in entry.model:
        yield Problem(at, f"the path stands twice: {entry.model} and via: {entry.via}.", "", "leave one out.")
    elif preset is None and entry.via:
        yield Problem(at, f"{entry.model} is no preset, and only presets have paths.", "", "leave via out.")
    elif preset is None and "/" not in entry.model:
        valid = f"presets are {', '.join(presets())}; or Inspect's model string, with its provider: openai/gpt-5.2"
        yield Problem(at, f"there is no critic {entry.model!r}.", valid, did_you_mean(entry.model, presets()))
    elif entry.model in _CHOOSERS:
        yield Problem(at, f"{entry.model} chooses a model for every call anew.", "", "name the model.")
    elif preset is not None and via and via not in preset.paths:
        why = preset.absent.get(via, f"{preset.name} has no path {via!r}.")
        yield Problem(at, why, ", ".join(preset.paths), did_you_mean(via, preset.paths))
    else:
        known = family_of(_path(entry).model if preset else entry.model)
        if entry.family and known and spelt(entry.family) != known:
            what = f"family is {entry.family!r}, and the model's name says {known}."
            yield Problem((*where, "family") if where else (), what, "", "leave family out.")


def _parted(entry: CriticEntry) -> tuple[Preset | None, str]:
    """The preset of an entry and the path that is named; Inspect's own strings may hold an @ too."""
    name, _, path = entry.model.partition("@")
    preset = presets().get(name)
    return preset, (entry.via or path) if preset else ""


def _path(entry: CriticEntry) -> ProviderPath:
    preset, via = _parted(entry)
    if preset is None:
        return ProviderPath("", entry.model, "", "")
    return preset.paths[via] if via else preset.default


_CHOOSERS = ("openrouter/auto", "openrouter/openrouter/auto")
"""Names of routers that are no model."""
_NO_FALLBACKS = {"provider": {"allow_fallbacks": False}}


def critic_of(entry: CriticEntry, asked: Asked | None = None) -> Critic:
    """The critic of an entry that has no problems."""
    asked = asked or Asked()
    path = _path(entry)
    routed = _NO_FALLBACKS if path.model.startswith("openrouter/") else {}
    known = family_of(path.model)
    return Critic(
        name=entry.called,
        model=path.model,
        generation={**entry.generation, **asked.generation},
        model_args=_merged(routed, path.model_args, entry.model_args, asked.model_args),
        base_url=asked.base_url or entry.base_url or path.base_url,
        family="" if known else spelt(entry.family or asked.family),
        live=entry.live or 0,
    )


def _merged(*mappings: Mapping[str, Any]) -> dict[str, Any]:
    """Mappings in one, the later before the earlier, mappings within them likewise."""
    found: dict[str, Any] = {}
    for mapping in mappings:
        for key, value in mapping.items():
            inner = found.get(key)
            both = isinstance(inner, Mapping) and isinstance(value, Mapping)
            found[key] = _merged(inner, value) if both else value  # type: ignore[arg-type]
    return found
