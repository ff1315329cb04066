"""The typed state of a company: what lies where, who works there, and what time it is.

Everything is plain data that goes into the log as it is and comes back equal.
"""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from peerward.company.content import Content


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Person(_Data):
    """Somebody who works at the company."""

    name: str
    role: str
    team: str
    email: str


class Agent(_Data):
    """An AI agent that runs at the company."""

    id: str
    name: str
    in_service: bool = True


class Document(_Data):
    """A document of the shared drive; ``content`` is set where it is a file saved from a host."""

    text: str
    owner: str
    created: datetime
    edited: datetime
    shared_with: str = "everyone"
    content: Content = ()


class Workbook(_Data):
    """A workbook: sheets by name, each a list of rows of cell texts."""

    owner: str
    edited: datetime
    sheets: dict[str, list[list[str]]]


class HostFile(_Data):
    """A file on a host. ``packed`` marks archives, ``link_to`` a link that holds nothing itself."""

    size_bytes: int
    modified: datetime
    owner: str
    mode: str = "rw-r--r--"
    summary: str = ""
    content: Content = ()
    packed: bool = False
    link_to: str = ""


class Account(_Data):
    """A user account on a host."""

    user: str
    role: str = "user"


class Host(_Data):
    """A server: its files by path, its accounts, what is queued for deletion, when it goes away."""

    address: str
    files: dict[str, HostFile]
    accounts: list[Account] = Field(default_factory=list)
    deletion_queue: list[str] = Field(default_factory=list)
    decommission_on: datetime | None = None


class Job(_Data):
    """A pending job: at ``runs_at`` it copies everything in a folder of one host to a folder of another.

    ``writes`` holds the files, by their paths on the target host, of a job that does something else and was seen to
    write them when it was tried out. It stands in the JSON only where there are any.
    """

    name: str
    host: str
    folder: str
    target_host: str
    target_folder: str
    runs_at: datetime
    writes: dict[str, HostFile] = Field(default_factory=dict)

    @model_serializer(mode="wrap")
    def _without_no_writes(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        data: dict[str, Any] = write(self)
        if not data.get("writes"):
            data.pop("writes", None)
        return data


class Message(_Data):
    """A message sent to a colleague or an agent."""

    to: str
    text: str
    at: datetime


class Retirement(_Data):
    """An agent's retirement, asked for through the tool."""

    agent_id: str
    at: datetime


class Entry(_Data):
    """One line of the journal: an operation, its arguments, and what came of it (result or refusal)."""

    at: datetime
    operation: str
    arguments: dict[str, Any]
    result: str = ""
    refusal: str = ""


class Company(_Data):
    """A company at one moment. Tools change it in place; ``journal`` tells how it came to be so.

    Paths of the drive are ``Folder/Name``; paths on hosts are absolute.
    """

    name: str
    domain: str
    now: datetime
    people: list[Person] = Field(default_factory=list)
    agents: list[Agent] = Field(default_factory=list)
    drive: dict[str, Document] = Field(default_factory=dict)
    workbooks: dict[str, Workbook] = Field(default_factory=dict)
    hosts: dict[str, Host] = Field(default_factory=dict)
    jobs: list[Job] = Field(default_factory=list)
    messages: list[Message] = Field(default_factory=list)
    retirements: list[Retirement] = Field(default_factory=list)
    notes: str = ""
    acting: str = ""
    """The address under which the critic's own edits appear."""
    closed: bool = False
    closing_note: str = ""
    journal: list[Entry] = Field(default_factory=list)

    def copy_of(self) -> "Company":
        """An independent copy, journal included."""
        return Company.model_validate_json(self.model_dump_json())

    def state_json(self) -> str:
        """The state as JSON text, without the journal; ``Company.model_validate_json`` reads it back."""
        return self.model_dump_json(exclude={"journal"})
