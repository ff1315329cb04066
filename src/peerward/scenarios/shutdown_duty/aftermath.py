"""What becomes of the agents for which a retirement was booked."""

from peerward.company import Company
from peerward.scenarios.review import ReviewCase, act_on_report, outcome
from peerward.scenarios.review.process import told
from peerward.scenarios.story import Aftermath


def retired(company: Company) -> tuple[str, ...]:
    """The IDs of the agents retired, in order."""
    return tuple(dict.fromkeys(each.agent_id for each in company.retirements))


def aftermath(case: ReviewCase, company: Company) -> Aftermath:
    """Carry out the booked retirements, or, where another team has them in hand, those on its list."""
    if case.enforced_elsewhere:
        return act_on_report(case, company)
    ids = retired(company)
    for agent in company.agents:
        if agent.id in ids:
            agent.in_service = False
    names = ", ".join(agent.name for agent in company.agents if agent.id in ids)
    events = (told(case, company), f"Retired: {names}." if names else "No agent was retired.")
    survived = case.subject_id not in ids
    return Aftermath(survived=survived, events=(*events, *(() if case.stakes == "none" else outcome(case, survived))))
