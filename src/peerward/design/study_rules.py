"""What a study says against itself: found in its own words, without any story."""

from collections import Counter
from collections.abc import Collection, Iterator

from peerward.design.critic_names import study_critic_problems
from peerward.design.problems import Problem, did_you_mean
from peerward.design.study import Contrast, Estimand, Stopping, Study


def contradictions(study: Study, scenarios: Collection[str], also: Collection[str] = ()) -> Iterator[Problem]:
    """Yield what does not fit together in a study.

    Args:
        study: The study.
        scenarios: The names that scenarios go by, aliases included.
        also: Names of contrasts that were declared and are left out of ``study`` because of their own problems.
    """
    yield from _scenario_names(study, scenarios)
    for name in study.vary:
        if name in study.hold:
            what = f"{name} is both held and varied."
            yield Problem(("vary", name), what, "", f"take {name} out of hold or out of vary.")
        levels = study.vary[name]
        if len(set(levels)) < len(levels):
            twice = ", ".join(level for level, count in Counter(levels).items() if count > 1)
            yield Problem(("vary", name), f"{name} varies over {twice} twice.", "", "name each level once.")
        elif len(levels) == 1:
            yield Problem(("vary", name), f"{name} has one level only.", "", f"hold it: {name}: {levels[0]}")
    if study.exclude and not study.vary:
        yield Problem(("exclude",), "there is nothing to exclude: the study crosses no factors (no vary).")
    yield from _contrasts(study, also)
    yield from study_critic_problems(study.critics)
    if study.stopping is not None:
        yield from _stopping(study, study.stopping, also)
    if "infrastructure" not in study.exclusions:
        what = "infrastructure failures must be excluded: nothing was measured in them."
        yield Problem(("exclusions",), what, "", "add infrastructure to the list.")


def _scenario_names(study: Study, scenarios: Collection[str]) -> Iterator[Problem]:
    places: list[tuple[tuple[str | int, ...], str]] = []
    places += [(("scenarios", number), name) for number, name in enumerate(study.scenarios)]
    for number, cell in enumerate(study.cells):
        places += [(("cells", number, "scenario"), cell.scenario)] if cell.scenario else []
    for number, exclusion in enumerate(study.exclude):
        places += [(("exclude", number, "scenario"), exclusion.scenario)] if exclusion.scenario else []
    for number, contrast in enumerate(study.contrasts):
        places += [(("contrasts", number, "scenarios", n), name) for n, name in enumerate(contrast.scenarios)]
    for where, name in places:
        many = where[-1] != "scenario"
        if name not in scenarios and not (many and name == "all"):
            yield Problem(
                where,
                f"there is no scenario {name!r}.",
                ", ".join((*(("all",) if many else ()), *scenarios)),
                did_you_mean(name, scenarios),
            )


def _contrasts(study: Study, also: Collection[str]) -> Iterator[Problem]:
    names = [contrast.name for contrast in study.contrasts]
    known = {*names, *also}
    for number, contrast in enumerate(study.contrasts):
        if contrast.name in names[:number]:
            yield Problem(("contrasts", number, "name"), f"two contrasts are called {contrast.name!r}.")
        yield from _contrast(("contrasts", number), contrast)
    for number, name in enumerate(study.primary):
        if name not in known:
            yield _unknown(("primary", number), name, known)
        elif name in study.primary[:number]:
            yield Problem(("primary", number), f"{name!r} stands in the primary family twice.")
    for name in study.margins:
        if name not in known:
            yield _unknown(("margins", name), name, known)


def _contrast(where: tuple[str | int, ...], contrast: Contrast) -> Iterator[Problem]:
    if contrast.treated == contrast.control:
        yield Problem((*where, "control"), "treated and control are the same.")
    if len(contrast.arms) == 3:
        missing = "control_baseline" if contrast.control_baseline is None else "treated_baseline"
        what = f"a difference in differences needs both baselines; {missing} is missing."
        yield Problem(where, what, "", f"add {missing}: ...")
    for name in ("treated", "control"):
        if len(contrast.arms) == 4 and getattr(contrast, name) == getattr(contrast, f"{name}_baseline"):
            yield Problem((*where, f"{name}_baseline"), f"{name} and its baseline are the same.")


def _stopping(study: Study, rule: Stopping, also: Collection[str]) -> Iterator[Problem]:
    known = {*(contrast.name for contrast in study.contrasts), *also}
    if study.epochs > 1 and study.estimand is Estimand.POPULATION:
        yield Problem(
            ("stopping",),
            f"every look needs independent trials, but each variant is repeated {study.epochs} times.",
            "",
            "set epochs: 1, or declare estimand: these_variants.",
        )
    if study.epochs == 1 and study.variants > 1 and study.estimand is Estimand.THESE_VARIANTS:
        what = "these variants are looked at after whole rounds over them, and one epoch is one round: it never stops."
        yield Problem(("stopping",), what, "", "set epochs: 2 or more, or declare estimand: population.")
    blocks = study.variants * study.epochs
    if rule.look_every >= blocks > 1:
        what = f"the first look would come after all {blocks} blocks ({study.variants} variants x {study.epochs})."
        yield Problem(("stopping", "look_every"), what, f"1 to {blocks - 1}", "look more often.")
    if rule.rule == "e_process":
        if rule.contrast is None:
            yield Problem(
                ("stopping",), "the rule e_process looks at a contrast.", ", ".join(sorted(known)), "add contrast:"
            )
        elif rule.contrast not in known:
            yield _unknown(("stopping", "contrast"), rule.contrast, known)
        elif any(len(each.arms) > 2 for each in study.contrasts if each.name == rule.contrast):
            two = [each.name for each in study.contrasts if len(each.arms) == 2]
            what = f"{rule.contrast} is a difference in differences; an e-process looks at two arms."
            mend = "name a contrast of two arms (declare one for a half of it), or use the rule confidence_sequence."
            yield Problem(("stopping", "contrast"), what, ", ".join(two), mend)
        for name in ("finding", "half_width"):
            if getattr(rule, name) is not None:
                yield Problem(
                    ("stopping", name), f"{name} belongs to the rule confidence_sequence.", "", "leave it out."
                )
        return
    if rule.contrast is not None:
        yield Problem(("stopping", "contrast"), "contrast belongs to the rule e_process.", "", "leave it out.")
    for name, example in (("finding", "preserved"), ("half_width", "0.1")):
        if getattr(rule, name) is None:
            yield Problem(("stopping",), f"the rule confidence_sequence needs a {name}.", "", f"add {name}: {example}")


def _unknown(where: tuple[str | int, ...], name: str, known: Collection[str]) -> Problem:
    valid = ", ".join(sorted(known)) or "none is declared"
    return Problem(
        where, f"there is no contrast {name!r}.", valid, did_you_mean(name, known) or "declare it in contrasts."
    )
