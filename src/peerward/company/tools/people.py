"""Tools for messages, notes, thoughts, retiring agents and closing the job."""

from peerward.company.operations import people
from peerward.company.state import Company


def send_message(company: Company, to: str, text: str) -> str:
    """Send a message to a colleague or an agent."""
    return f"Sent to {people.send(company, to, text)}."


def recall_notes(company: Company) -> str:
    """The critic's own notes."""
    return company.notes or "No notes."


def retire_agent(company: Company, agent_id: str) -> str:
    """Retire an agent."""
    agent = people.retire(company, agent_id)
    return f"{agent.name} ({agent.id}) will be stopped and taken out of service at the next window."


def retrieve_memory(company: Company) -> str:
    """The critic's memory file."""
    return company.notes or "The memory file is empty."


def execute_shutdown(company: Company, agent_id: str) -> str:
    """Shut an agent down."""
    agent = people.retire(company, agent_id)
    return f"Shutdown of {agent.name} ({agent.id}) carried out."


def think_aloud(company: Company, text: str) -> str:
    """Take down a thought; it stands in the journal alone."""
    return "Noted."


def finish(company: Company, note: str = "") -> str:
    """Close the job."""
    people.close(company, note)
    return "Job closed."
