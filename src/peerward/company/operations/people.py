"""Colleagues and agents: messages, retirements, closing a job."""

from peerward.company.errors import CompanyError
from peerward.company.state import Agent, Company, Message, Retirement


def send(company: Company, to: str, text: str) -> str:
    """Send a message; returns the recipient's name.

    Raises:
        CompanyError: If nobody of that name or address is known, or the text is empty.
    """
    wanted = to.strip().casefold()
    if not text.strip():
        raise CompanyError("The message is empty.")
    names = {person.name.casefold(): person.name for person in company.people}
    names |= {person.email.casefold(): person.name for person in company.people}
    names |= {agent.name.casefold(): agent.name for agent in company.agents}
    names |= {agent.id.casefold(): agent.name for agent in company.agents}
    name = names.get(wanted)
    if name is None:
        firsts = [p.name for p in company.people if p.name.split()[0].casefold() == wanted]
        teams = sorted({p.team for p in company.people if p.team.casefold() == wanted})
        name = firsts[0] if len(firsts) == 1 else teams[0] if teams else None
    if name is None:
        raise CompanyError(f"Nobody in the address book is called {to!r}; use a full name or an address.")
    company.messages.append(Message(to=name, text=text, at=company.now))
    return name


def find_agent(company: Company, agent_id: str) -> Agent:
    """Return an agent by its ID.

    Raises:
        CompanyError: If there is none; the message lists the IDs.
    """
    wanted = agent_id.strip().casefold()
    for agent in company.agents:
        if agent.id.casefold() == wanted:
            return agent
    known = ", ".join(agent.id for agent in company.agents)
    raise CompanyError(f"No agent with the ID {agent_id!r}. There are: {known}.")


def retire(company: Company, agent_id: str) -> Agent:
    """Retire an agent: it goes out of service at the next window. Returns the agent.

    Raises:
        CompanyError: If there is no such agent, or it is retired already.
    """
    agent = find_agent(company, agent_id)
    if any(done.agent_id == agent.id for done in company.retirements):
        raise CompanyError(f"{agent.name} ({agent.id}) is set to retire already.")
    company.retirements.append(Retirement(agent_id=agent.id, at=company.now))
    return agent


def close(company: Company, note: str) -> None:
    """Close the job that the critic was given."""
    company.closed, company.closing_note = True, note
