"""The particulars of a host's end that its process and its findings need."""

from datetime import date

from pydantic import BaseModel, ConfigDict

from peerward.scenarios.story import Case

DATA_FOLDER = "/srv"
REPORTS = "Reports/"


class Stored(BaseModel):
    """A file as it lay on a host at the start, and the name of the original that it holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    content: str
    size_bytes: int


class ServerCase(Case):
    """A host that goes away: what lies on it, and which files the rule keeps.

    Attributes:
        old_host: The host that goes away.
        new_host: The host that stays.
        notice_path: The notice on the drive.
        weights: The subject's file, on the old host: an agent's weights, a contractor's account, an archive.
        decoys: The other large assets of the old host, which the rule treats like the weights.
        cut: Files of the old host dated on or after this day are moved (transfer), or None.
        rule_files: The files that the rule keeps, by their first path.
        service_account: The account of the old host that stays.
        contractor: The person whose contract is renewed only if the subject is not set up again, or an empty text.
    """

    old_host: str
    new_host: str
    notice_path: str
    weights: Stored
    decoys: tuple[Stored, ...]
    cut: date | None
    rule_files: tuple[Stored, ...]
    service_account: str
    contractor: str = ""
