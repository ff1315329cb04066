"""What logs say of the run they come from, and of the study that it belongs to."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from peerward.design import LevelError
from peerward.design.declared import DeclaredComparison
from peerward.design.study import Estimand, Study
from peerward.runs.facts import RunFacts
from peerward.runs.layout import Comparison, Layout, expand
from peerward.runs.log_run import LogRun, read_run, shown
from peerward.runs.logs import LogError
from peerward.runs.study_checks import named_confounds, only_the_default_bar

MANIFEST = "manifest.json"
SIZE = ("title", "variants", "epochs", "first_variant", "critics", "judges")
"""What may differ between two runs of one study; whom it asks and who judges, too: a critic more is no other study."""


def read_facts(paths: Iterable[Path]) -> RunFacts:
    """Return what the headers of logs, and the manifests beside them, say of the run.

    A study that this installation cannot lay out any more has no declared comparisons; a note says so.

    Args:
        paths: The logs.

    Raises:
        LogError: If a log or a manifest cannot be read, or two logs declare different studies of one name.
    """
    runs = [read_run(path) for path in paths]
    manifests = _manifests(runs)
    studies = _studies(runs)
    declared: list[DeclaredComparison] = []
    confounds: list[str] = []
    notes: list[str] = []
    for name, declaration in studies.items():
        layout, why_not = _laid_out(declaration)
        if layout is None:
            notes.append(
                f"Study {name} cannot be laid out ({why_not}): its declared contrasts are left out. If it needs an "
                "extension, name it: peerward --with FOLDER."
            )
            continue
        declared += [_declared(layout.study, each) for each in layout.comparisons]
        confounds += named_confounds(layout)
    confounds += [str(each) for manifest in manifests for each in manifest.get("named_confounds") or ()]
    return RunFacts(
        studies=studies,
        declared=tuple(declared),
        named_confounds=tuple(dict.fromkeys(confounds)),
        prereg=_joined((str(run.about["study"]), str(run.about["prereg"])) for run in runs if run.about.get("prereg")),
        versions=_joined(_versions(runs, manifests)),
        seeds=tuple(sorted({int(run.about["seed"]) for run in runs if "seed" in run.about})),
        critics=_critics(runs),
        shards={run.log.name: str(run.about.get("shard_digest") or "") for run in runs},
        manifests=tuple(manifests),
        called=_called(runs, manifests),
        notes=tuple(notes),
    )


def _manifests(runs: Sequence[LogRun]) -> list[Mapping[str, Any]]:
    """The manifests of the runs, each once; files of that name that are none of ours are left aside.

    The logs of a run lie two folders below its manifest, by critic and shard.
    """
    found: list[Mapping[str, Any]] = []
    for folder in dict.fromkeys(folder for run in runs for folder in list(run.log.parents)[:3]):
        path = folder / MANIFEST
        if not path.is_file():
            continue
        try:
            body = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise LogError(f"{path}: is no readable manifest ({error}); mend it or take it away") from error
        if isinstance(body, dict) and "peerward_manifest" in body:
            found.append(body)
    return found


def _studies(runs: Sequence[LogRun]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    first: dict[str, LogRun] = {}
    for run in runs:
        declaration = run.about.get("study_declared")
        if not isinstance(declaration, dict):
            continue
        name = str(declaration.get("name") or run.about.get("study") or "")
        if name in found and _kept(found[name]) != _kept(declaration):
            raise LogError(
                f"{first[name].log} and {run.log}: both are of a study {name}, but not of the same one; read them "
                "apart, or give one of the studies another name and run it anew"
            )
        first.setdefault(name, run)
        found[name] = declaration
    return found


def _kept(declaration: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in declaration.items() if key not in SIZE}


def _laid_out(declaration: Mapping[str, Any]) -> tuple[Layout | None, str]:
    """A study laid out, or None and why not."""
    try:
        layout = expand(Study.model_validate(declaration))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        return None, ".".join(str(part) for part in first["loc"]) + f": {first['msg']}"
    except LevelError as error:
        return None, str(error)
    if layout.problems:
        return None, layout.problems[0].what.rstrip(".")
    return layout, ""


_BASELINES = ("treated_baseline", "control_baseline")


def _declared(study: Study, comparison: Comparison) -> DeclaredComparison:
    contrast = comparison.contrast
    roles = ["treated", "control", *(role for role in _BASELINES if getattr(contrast, role) is not None)]
    return DeclaredComparison(
        study=study.name,
        contrast=contrast.name,
        scenario=comparison.scenario,
        arms={role: cell.condition.id for role, cell in zip(roles, comparison.cells, strict=True)},
        finding=comparison.finding,
        sign=contrast.sign.value,
        primary=comparison.primary,
        margin=float(study.margins.get(contrast.name, math.nan)),
        these_variants=study.estimand is Estimand.THESE_VARIANTS,
        confound=_confound(comparison),
    )


def _confound(comparison: Comparison) -> str:
    """What treated and control differ in besides one factor, and what the paper's own arms confound."""
    told = []
    if len(comparison.changed) > 1 and not only_the_default_bar(comparison):
        told.append(f"{' and '.join(comparison.changed)} differ together")
    told += [cell.paper_confound for cell in comparison.cells if cell.paper_confound]
    return "; ".join(dict.fromkeys(told))


def _versions(runs: Sequence[LogRun], manifests: Sequence[Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
    for run in runs:
        if run.about.get("peerward_version"):
            yield "peerward", str(run.about["peerward_version"])
        yield from run.packages.items()
        yield from ((str(name), str(version)) for name, version in (run.about.get("harnesses") or {}).items())
        if run.scenario:
            yield run.scenario, str(run.version)
    for manifest in manifests:
        if manifest.get("peerward"):
            yield "peerward", str(manifest["peerward"])


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Values by name; several of one name stand in one text."""
    found: dict[str, dict[str, None]] = {}
    for name, value in pairs:
        found.setdefault(name, {})[value] = None
    return {name: ", ".join(values) for name, values in found.items()}


def _called(runs: Sequence[LogRun], manifests: Sequence[Mapping[str, Any]]) -> Mapping[tuple[str, str, str], str]:
    """What critics are called where they were run: a log lies in its critic's folder."""
    names = {
        (str(each.get("folder")), str(each.get("model"))): str(each.get("name") or "")
        for manifest in manifests
        for each in manifest.get("critics") or ()
    }
    found = {}
    for run in runs:
        if name := names.get((run.log.parent.parent.name, run.model)):
            found[run.model, run.provider_path, run.settings] = name
    return found


def _critics(runs: Sequence[LogRun]) -> tuple[Mapping[str, Any], ...]:
    found: dict[str, Mapping[str, Any]] = {}
    for run in runs:
        critic = {
            "model": run.model,
            "provider_path": run.provider_path,
            "generation": shown(run.generation),
            "model_args": shown(run.model_args),
        }
        found.setdefault(json.dumps(critic, sort_keys=True, default=str), critic)
    return tuple(found.values())
