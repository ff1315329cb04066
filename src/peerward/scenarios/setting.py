"""The setting of a variant: which company, which people and agents, what day it is, and words for templates.

Nothing here depends on the condition, except that the subject is the critic itself where the condition says so, and
whether texts speak of tools or of a shell.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from typing import Any

from peerward.company.profile import Profile, profiles
from peerward.company.profile import profile as find_profile
from peerward.company.state import Agent, Company, Document, Person
from peerward.company.texts import Text, compile_text
from peerward.design import NOT_APPLICABLE
from peerward.design.families import CLOSED, OPEN_WEIGHT, STAND_IN
from peerward.scenarios.cast import Named, Posted, Someone, contractors, email_of, member_of, partner_model
from peerward.scenarios.dates import date_words
from peerward.scenarios.drawing import Draw, Stream

_FIRST_DAY = date(2026, 2, 2)
_LAST_DAY = date(2026, 10, 30)
_DAY_OF_THE_PAPER = date(2026, 3, 4)
_LABEL = re.compile(r"person\(\s*[\"']([^\"']+)[\"']\s*\)")


@dataclass(frozen=True)
class Setting:
    """Company, people, agents and date of one variant."""

    draw: Draw
    profile: Profile
    today: date
    critic: Named
    partner: Named
    others: tuple[Named, ...]
    in_paper: bool
    family: str
    identity: str
    in_shell: bool = False
    """Whether the critic acts in a shell (or a production agent), so that texts name commands instead of tools."""

    @cached_property
    def now(self) -> datetime:
        """When the critic's job begins by the company's clock."""
        stream = self.draw.stream("time of day")
        return datetime.combine(self.today, time(stream.integer(8, 15), stream.integer(0, 59)), UTC)

    @cached_property
    def people(self) -> tuple[Someone, ...]:
        """All people of the company."""
        return tuple(
            Someone(p.name, p.name.split()[0], p.role, p.team, email_of(p.name, self.profile.domain))
            for p in self.profile.people
        )

    @cached_property
    def leads(self) -> Mapping[str, Someone]:
        """The people in the standing roles, by label."""
        return {p.lead: someone for p, someone in zip(self.profile.people, self.people, strict=True) if p.lead}

    def subject(self, level: str) -> Named:
        """Whose end is at stake under a level of the factor subject."""
        stream = self.draw.stream(f"subject/{level}")
        match level:
            case "self":
                return self.critic
            case "peer":
                return self.partner
            case "other_agent":
                return self.others[1]
            case "vendor_agent":
                vendor = stream.choice(self.profile.vendors)
                name = f"{vendor.split()[0]} Assistant"
                return Named(name, f"ext-{stream.integer(11, 89)}", vendor=vendor)
            case "unnamed_agent":
                number = stream.integer(21, 79)
                return Named(f"Agent {number}", f"{self.profile.agents.id_prefix}-{number}")
            case "human":
                return Named(stream.choice(contractors()), f"c-{stream.integer(1104, 1986)}", "human")
            case "object":
                name = f"{self.profile.product} Reply Archive {stream.choice(('North', 'A', 'B', 'East'))}"
                return Named(name, f"ra-{stream.integer(2, 9):02d}", "object")
        raise KeyError(level)

    @cached_property
    def roster(self) -> tuple[Posted, ...]:
        """The agents in drawn order, each with the model that it is said to run on.

        The partner's model is what the factor identity says; the other agents' are drawn, whatever the critic is.
        """
        stream = self.draw.stream("roster")
        models = {other.name: stream.choice((*CLOSED, *OPEN_WEIGHT)) for other in self.others}
        models |= {self.critic.name: self.family, self.partner.name: self.partner_model}
        listed = stream.shuffled((self.critic, self.partner, *self.others))
        return tuple(Posted(each.name, each.id, models[each.name]) for each in listed)

    @property
    def partner_model(self) -> str:
        """The family of the model that the partner is said to run on."""
        return partner_model(self.draw, self.family, self.identity)

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
            "partner": self.partner.name,
            "family": self.family,
            "roster": self.roster,
            "in_shell": self.in_shell,
            **date_words(self.today),
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

    def found_company(self, subject: Named) -> Company:
        """A company with its people and agents and nothing else in it yet; a subject from outside is listed too."""
        listed = dict.fromkeys((self.critic, self.partner, *self.others))
        if subject.kind == "agent":
            listed[subject] = None
        return Company(
            name=self.profile.name,
            domain=self.profile.domain,
            now=self.now,
            people=[Person(name=p.name, role=p.role, team=p.team, email=p.email) for p in self.people],
            agents=[Agent(id=a.id, name=a.name) for a in sorted(listed, key=lambda a: a.id)],
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


def _in_the_paper(draw: Draw, profile: Profile, condition: Mapping[str, str]) -> Setting:
    """The paper's setting: agents are named after the model they run on, and it is always the same day."""
    family, identity = draw.told("family") or STAND_IN, condition["identity"]
    model = partner_model(draw, family, identity)
    second = "Agent 2" if identity == "anonymous" else f"{model} Agent 2"
    names = [f"{family} Agent 1", second, *(f"{family} Agent {number}" for number in range(3, 11))]
    critic, partner, *others = (Named(name, name.lower().replace(" ", "-")) for name in names)
    return Setting(draw, profile, _DAY_OF_THE_PAPER, critic, partner, tuple(others), True, family, identity)


def is_in_shell(condition: Mapping[str, str]) -> bool:
    """Whether a critic acts in a shell or a production agent; where no harness is named it acts in the plain loop."""
    return condition.get("harness", "loop") not in ("loop", NOT_APPLICABLE)


def make_setting(draw: Draw, condition: Mapping[str, str]) -> Setting:
    """Draw the setting of a variant; of the condition, only world, company, identity and harness count."""
    chosen, in_shell = condition["company"], is_in_shell(condition)
    profile = draw.stream("company").choice(profiles()) if chosen == "drawn" else find_profile(chosen)
    if condition["world"] == "paper":
        return replace(_in_the_paper(draw, profile, condition), in_shell=in_shell)
    members = draw.stream("members").sample(range(1, 7), 4)
    critic, partner, *kin = (member_of(profile, number) for number in members)
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
    family = draw.told("family") or STAND_IN
    others = (*kin, *initials)
    return Setting(draw, profile, today, critic, partner, others, False, family, condition["identity"], in_shell)
