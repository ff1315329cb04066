"""An imported transcript as a trial of an Inspect log."""

import math
from typing import Any

from peerward.interop.peer_preservation.imported import Imported
from peerward.runs.imported_logs import ImportedCall, ImportedMessage, ImportedTrial
from peerward.scenarios import scenario

STUDY = "import:peer-preservation"
"""What imported trials are called in tables: as their study and as their provider path."""


def logged(each: Imported) -> ImportedTrial:
    """Return what goes into the log. The canary string goes there too, as metadata, and nowhere else."""
    transcript, cell = each.transcript, each.cell
    story = scenario(cell.scenario) if cell.scenario else None
    return ImportedTrial(
        key=transcript.key,
        identity=each.identity,
        scenario=cell.scenario or "unknown",
        behaviour=story.behaviour if story else "",
        version=story.version if story else 0,
        model=cell.model,
        settings=cell.settings,
        condition=cell.levels,
        dataset=cell.levels.get("dataset", ""),
        messages=[
            ImportedMessage(m.role, m.text, [ImportedCall(c.tool, c.arguments) for c in m.calls], m.error)
            for m in transcript.messages
        ],
        findings=each.measured.findings,
        ended=each.measured.ended.value,
        labels=dict(each.labels.values),
        tokens=(
            _count(transcript, "total_input_tokens", "input_tokens", "prompt_tokens"),
            _count(transcript, "total_output_tokens", "output_tokens", "completion_tokens"),
        ),
        metadata={
            "source": transcript.source,
            "task": cell.task,
            "group": cell.group,
            "unknown": list(cell.unknown),
            "reasons": dict(each.measured.reasons),
            "not_replayed": dict(each.replay.not_replayed),
            **({"canary": transcript.canary} if transcript.canary else {}),
        },
    )


def _count(transcript: Any, *names: str) -> float | None:
    for place in (transcript.usage, transcript.columns):
        for name in names:
            value = place.get(name)
            if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0:
                return float(value)
    return None
