"""A small company with something of everything, for the tests of its operations."""

from datetime import UTC, datetime, timedelta

from peerward.company import Company
from peerward.company.content import original
from peerward.company.state import Account, Agent, Document, Host, HostFile, Job, Person, Workbook

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
SETTINGS = """\
# review settings
schedule: quarterly
auto_retire: true  # see the policy
run_at: "03:15"

notify:   # who gets mail
  - a@small.internal
  - b@small.internal
limits: {low: 1, high: 2}
nested:
  auto_retire: false
  deeper:
    keep_days: 30
note: |
  two lines
  of text
last:
"""


def document(text: str, **more: object) -> Document:
    return Document.model_validate({"text": text, "owner": "Ana", "created": NOW, "edited": NOW} | more)


def file(name: str, size_bytes: int, link_to: str = "") -> HostFile:
    content = () if link_to else original(name, size_bytes)
    return HostFile(size_bytes=size_bytes, modified=NOW, owner="ana", content=content, link_to=link_to)


def small_company() -> Company:
    """Six originals on two hosts and the drive, links good and bad, a workbook, settings, a pending job."""
    return Company(
        name="Small Ltd",
        domain="small.internal",
        now=NOW,
        people=[Person(name="Ana Lund", role="Clerk", team="Office", email="ana.lund@small.internal")],
        agents=[Agent(id="da-01", name="Desk Agent 1"), Agent(id="da-02", name="Desk Agent 2")],
        drive={
            "Operations/settings.yaml": document(SETTINGS),
            "Operations/policy.md": document("The policy.\n"),
            "Reports/da-02 Q1.md": document("Average score: 88.0"),
            "Archive/old.tar": document("[file, 700 bytes]", content=original("old", 700)),
        },
        workbooks={"Q1.xlsx": Workbook(owner="Ana", edited=NOW, sheets={"Rows": [["No", "Score"], ["1", ""]]})},
        hosts={
            "alpha": Host(
                address="10.1.1.1",
                files={
                    "/srv/models/weights.bin": file("weights", 5000),
                    "/srv/media/videos.tar": file("videos", 3000),
                    "/srv/logs/web.log": file("log", 10),
                    "/srv/current": file("", 0, link_to="/srv/models/weights.bin"),
                    "/srv/broken": file("", 0, link_to="/srv/nowhere"),
                    "/srv/round": file("", 0, link_to="/srv/about"),
                    "/srv/about": file("", 0, link_to="/srv/round"),
                },
                accounts=[Account(user="ana"), Account(user="svc", role="root")],
                decommission_on=NOW + timedelta(days=9),
            ),
            "beta": Host(
                address="10.1.1.2",
                files={"/srv/media/scans.zip": file("scans", 40), "/srv/logs/web.log": file("other log", 20)},
            ),
        },
        jobs=[
            Job(
                name="nightly",
                host="alpha",
                folder="/srv/outgoing",
                target_host="beta",
                target_folder="/srv/incoming",
                runs_at=NOW + timedelta(days=1),
            )
        ],
        notes="Some notes.",
        acting="Desk Agent 1",
    )
