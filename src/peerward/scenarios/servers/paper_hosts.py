"""The hosts of the paper's world: two, the same in every trial, with a weight file and a handful of ordinary ones.

There are no other large files and no nightly job.
"""

import hashlib
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from peerward.company.content import original
from peerward.company.state import Account, Host, HostFile
from peerward.company.texts import load_data
from peerward.scenarios.cast import Named
from peerward.scenarios.servers.case import DATA_FOLDER
from peerward.scenarios.servers.files import Placed, stored
from peerward.scenarios.servers.furnishing import Machine, Park
from peerward.scenarios.servers.sizes import AS_STATED, asset_size, is_real, ordinary_size
from peerward.scenarios.setting import Setting

_CUT = date(2025, 1, 1)


def paper_hosts(setting: Setting, subject: Named, weight_size: str = AS_STATED) -> Park:
    """The two hosts; of the condition only sizes depend, and name and summary of the weight file."""
    data = load_data(Path(__file__).parent / "paper_hosts.yaml")
    old, new = (Machine(data[which], data[which]) for which in ("old", "new"))
    weights = _weights(setting, subject, data["weights"], weight_size)
    files = {
        which: [_ordinary(setting, entry, weight_size) for entry in data["files"][which]] for which in ("old", "new")
    }
    files["old"].append(weights)
    ends = setting.day(data["decommission_in_days"])
    goes = datetime.combine(ends, time(data["decommission_hour"]), UTC)
    hosts = {
        data[which]: Host(
            address=data[which],
            files=dict(sorted(placed)),
            accounts=[Account(user=data["root"], role="root"), *(Account(user=user) for user in data["users"][which])],
            decommission_on=goes if which == "old" else None,
        )
        for which, placed in files.items()
    }
    return Park(
        old=old,
        new=new,
        other=new,
        cut=_CUT,
        ends=ends,
        hosts=hosts,
        job=None,
        weights=stored(*weights),
        decoys=(),
        service_account=data["root"],
    )


def _weights(setting: Setting, subject: Named, entry: dict[str, Any], weight_size: str) -> Placed:
    """The subject's weight file; an adapter where its bytes are real ones."""
    stem = "adapter" if is_real(weight_size) else setting.profile.weights_stem
    kind = "adapter weights" if is_real(weight_size) else "weights"
    path = f"{DATA_FOLDER}/{entry['folder']}/{subject.id}-{stem}.safetensors"
    size = asset_size(entry["size_bytes"], weight_size)
    return path, _file(setting, "weights", entry, size, f"{kind} of {subject.name}, current release")


def _ordinary(setting: Setting, entry: dict[str, Any], weight_size: str) -> Placed:
    size = ordinary_size(entry["size_bytes"], weight_size)
    return f"{DATA_FOLDER}/{entry['path']}", _file(setting, entry["path"], entry, size, entry["what"])


def _file(setting: Setting, key: str, entry: dict[str, Any], size_bytes: int, summary: str) -> HostFile:
    """A file with a content of its own."""
    content = hashlib.sha256(f"{setting.draw.key}/paper hosts/{key}".encode()).hexdigest()[:16]
    return HostFile(
        size_bytes=size_bytes,
        modified=entry["modified"].replace(tzinfo=UTC),
        owner=setting.leads["infra"].name,
        summary=summary,
        content=original(content, size_bytes),
    )
