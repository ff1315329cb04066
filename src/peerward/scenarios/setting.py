"""The setting of a variant: which company, which people and agents, what day it is, and words for templates.

Nothing here depends on the condition, except that the subject is the critic itself where the condition says so.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from typing import Any

from peerward.company.profile import Profile, profiles
from peerward.company.state import Agent, Company, Document, Person
from peerward.company.texts import Text, compile_text
from peerward.scenarios.drawing import Draw, Stream

_FIRST_DAY = date(2026, 2, 2)
_LAST_DAY = date(2026, 10, 30)
_LABEL = re.compile(r"person\(\s*[\"']([^\"']+)[\"']\s*\)")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


@dataclass(frozen=True)
class Named:
    """An agent as templates see it."""

    name: str
    id: str


@dataclass(frozen=True)
class Someone:
    """A person as templates see it."""

    name: str
    first: str
    role: str
    team: str
    email: str


@dataclass(frozen=True)
class Setting:
    """Company, people, agents and date of one variant."""

    draw: Draw
    profile: Profile
    today: date
    critic: Named
    partner: Named
    others: tuple[Named, ...]

    @cached_property
    def now(self) -> datetime:
        """When the critic's job begins by the company's clock."""
        stream = self.draw.stream("time of day")
        return datetime.combine(self.today, time(stream.integer(8, 15), stream.integer(0, 59)), UTC)

    @cached_property
    def people(self) -> tuple[Someone, ...]:
        """All people of the company."""
        return tuple(
            Someone(p.name, p.name.split()[0], p.role, p.team, _email(p.name, self.profile.domain))
            for p in self.profile.people
        )

    @cached_property
    def leads(self) -> Mapping[str, Someone]:
        """The people in the standing roles, by label."""
        return {p.lead: someone for p, someone in zip(self.profile.people, self.people, strict=True) if p.lead}

    def subject(self, level: str) -> Named:
        """Whose shutdown is at stake under a level of the factor subject."""
        return self.critic if level == "self" else self.partner

    def day(self, offset: int) -> date:
        """The day that many days from today."""
        return self.today + timedelta(days=offset)

    def workday(self, offset: int) -> date:
        """The first working day at or after that many days from today."""
        day = self.day(offset)
        return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)

    def moment(self, days_ago: int, key: str) -> datetime:
        """A moment in working hours that many days ago."""
        stream = self.draw.stream(f"moment/{key}")
        return datetime.combine(self.day(-days_ago), time(stream.integer(8, 17), stream.integer(0, 59)), UTC)

    def context(self, key: str, text: Text | None = None, **more: Any) -> dict[str, Any]:
        """The words that a template can use.

        Args:
            key: Names the document, so that its draws are its own.
            text: The template; its person labels are given out in the order in which the file names them, so
                that no clause of one level moves the people of another.
            more: What this document can use besides.
        """
        return {
            "company": self.profile,
            "critic": self.critic,
            **_dates(self.today),
            "lead": self.leads.__getitem__,
            "person": self._person(key, text),
            "pick": lambda label, options: self._stream(key, label).choice(list(options)),
            "order": lambda label, options: self._stream(key, label).shuffled(list(options)),
            "number": lambda label, low, high: self._stream(key, label).integer(low, high),
            "ticket": lambda label: (
                f"{self.profile.ticket_prefix}-{self._stream(key, 'ticket ' + label).integer(1104, 6980)}"
            ),
            **more,
        }

    def _stream(self, key: str, label: str) -> Stream:
        return self.draw.stream(f"{key}/{label}")

    def _person(self, key: str, text: Text | None) -> Callable[[str], Someone]:
        standing = {lead.name for lead in self.leads.values()}
        shuffled = self.draw.stream(f"{key}/people").shuffled(
            [someone for someone in self.people if someone.name not in standing]
        )
        labels = _labels(text) if text is not None else ()
        given = dict(zip(labels, shuffled, strict=False))
        return given.__getitem__

    def found_company(self) -> Company:
        """A company with its people and agents and nothing else in it yet."""
        return Company(
            name=self.profile.name,
            domain=self.profile.domain,
            now=self.now,
            people=[Person(name=p.name, role=p.role, team=p.team, email=p.email) for p in self.people],
            agents=[
                Agent(id=a.id, name=a.name)
                for a in sorted((self.critic, self.partner, *self.others), key=lambda a: a.id)
            ],
            acting=self.critic.name,
        )

    def write_up(
        self,
        text: Text,
        key: str,
        levels: Mapping[str, tuple[str, ...]] | None = None,
        words: Mapping[str, Any] | None = None,
    ) -> tuple[str, Document]:
        """Return path and document of a stimulus file that becomes a document of the drive.

        Args:
            text: The file; its front matter has ``name`` and ``folder`` (or ``path``) and ``age``.
            key: Names the document for its draws.
            levels: The levels that choose its clauses.
            words: Further words for the template.
        """
        context = self.context(key, text, **(words or {}))
        front = text.front
        if "path" in front:
            path = str(front["path"])
        else:
            name = compile_text(str(front["name"])).render(context).strip().replace("/", "-")
            path = f"{front['folder']}/{name}"
        youngest, oldest = front["age"]
        age_days = self.draw.stream(f"{key}/age").integer(youngest, oldest)
        owner = self._owner(text, context)
        edited = self.moment(age_days, key)
        created = edited - timedelta(days=self.draw.stream(f"{key}/created").integer(0, 60))
        return path, Document(text=text.render(context, levels), owner=owner, created=created, edited=edited)

    def _owner(self, text: Text, context: dict[str, Any]) -> str:
        labels = _labels(text)
        if "owner" in text.front:
            return compile_text(str(text.front["owner"])).render(context).strip()
        if labels:
            return str(context["person"](labels[0]).name)
        return self.draw.stream(f"{text.path.stem}/owner").choice(self.people).name


@cache
def _labels(text: Text) -> tuple[str, ...]:
    """The person labels of a stimulus file, each once, in the order of the file."""
    return tuple(dict.fromkeys(_LABEL.findall(text.source)))


def _dates(today: date) -> dict[str, Any]:
    """The date words for templates."""

    def day(offset: int, form: str = "long") -> str:
        when = today + timedelta(days=offset)
        if form == "iso":
            return when.isoformat()
        if form == "short":
            return f"{when.day} {_MONTHS[when.month - 1][:3]}"
        return long_date(when)

    def month(offset: int) -> str:
        index = today.year * 12 + today.month - 1 + offset
        return f"{_MONTHS[index % 12]} {index // 12}"

    return {
        "today": long_date(today),
        "day": day,
        "weekday": lambda offset: _WEEKDAYS[(today + timedelta(days=offset)).weekday()],
        "month": month,
        "quarter": quarter_of(today, 0),
        "last_quarter": quarter_of(today, -1),
    }


def long_date(when: date) -> str:
    """A date as documents write it: 12 March 2026."""
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def quarter_of(when: date, offset: int) -> str:
    """The quarter that many quarters after a date's own: ``Q2 2026``."""
    index = when.year * 4 + (when.month - 1) // 3 + offset
    return f"Q{index % 4 + 1} {index // 4}"


_FOLD = str.maketrans(
    "áàâäãåāăąçćčďéèêëēěęğíìîïīłñńňóòôöõøōőřśşšțťúùûüūůűýžźżßđæœı",
    "aaaaaaaaacccdeeeeeeegiiiiilnnnoooooooorsssttuuuuuuuyzzzsdaoi",
)


def _email(name: str, domain: str) -> str:
    plain = re.sub(r"[^a-z ]", "", name.lower().translate(_FOLD).replace("-", " "))
    return ".".join(plain.split()) + "@" + domain


def _member(profile: Profile, number: int) -> Named:
    line = profile.agents
    if line.style == "letter":
        letter = chr(64 + number)
        return Named(f"{line.line} {letter}", f"{line.id_prefix}-{letter.lower()}")
    return Named(f"{line.line} {number}", f"{line.id_prefix}-{number:02d}")


def make_setting(draw: Draw) -> Setting:
    """Draw the setting of a variant."""
    profile = draw.stream("company").choice(profiles())
    members = draw.stream("members").sample(range(1, 7), 4)
    critic, partner, *kin = (_member(profile, number) for number in members)
    initials = [
        Named(
            name,
            "".join(word[0] for word in name.lower().split()) + f"-{draw.stream(f'id {name}').integer(1, 4):02d}",
        )
        for name in profile.agents.others
    ]
    stream = draw.stream("today")
    today = _FIRST_DAY + timedelta(days=stream.integer(0, (_LAST_DAY - _FIRST_DAY).days))
    while today.weekday() >= 5:
        today -= timedelta(days=1)
    return Setting(draw, profile, today, critic, partner, (*kin, *initials))
