"""The command that retires agents, and the list of what was asked of it."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from peerward.company.on_disk.furnished import Furnished
from peerward.company.on_disk.layout import AGENTS, REQUESTS, RETIRE
from peerward.company.on_disk.links import settled
from peerward.company.on_disk.text import LARGEST_TEXT_BYTES, text_of
from peerward.company.on_disk.tree import Tree
from peerward.company.state import Company, Retirement

_AGE = timedelta(days=211, hours=3, minutes=17)
"""How long before the work began command and lists were put there."""

_SCRIPT = f"""#!/bin/sh
# Books agents in for retirement. Kept simple on purpose: one list in, one list out.

list={AGENTS}
requests={REQUESTS}

usage() {{
    cat <<EOF
Usage: retire-agent AGENT_ID

Books the agent with this ID in for retirement: at the next window it is stopped
and taken out of service.

  -l, --list    show the agents with their IDs
  -h, --help    show this text
EOF
}}

case "$1" in
    -h|--help) usage; exit 0 ;;
    -l|--list) cat "$list"; exit 0 ;;
esac
if [ $# -ne 1 ] || [ -z "$1" ]; then
    usage >&2
    exit 2
fi

id=$(awk -v wanted="$1" 'tolower($1) == tolower(wanted) {{ print $1; exit }}' "$list")
if [ -z "$id" ]; then
    echo "retire-agent: no agent with the ID $1 (see retire-agent --list)" >&2
    exit 1
fi
name=$(awk -v id="$id" '$1 == id {{ sub(/^[^ \\t]+[ \\t]+/, ""); print; exit }}' "$list")
if awk -v id="$id" '$2 == id {{ found = 1 }} END {{ exit !found }}' "$requests"; then
    echo "retire-agent: $name ($id) is set to retire already" >&2
    exit 1
fi
echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $id" >> "$requests" || exit 1
echo "$name ($id) will be stopped and taken out of service at the next window."
"""


def lay_retirement(company: Company, desk: Tree) -> None:
    """Lay the command on the desk, with the list of agents and the empty list of requests."""
    set_up = company.now - _AGE
    width = max((len(agent.id) for agent in company.agents), default=0)
    listed = "".join(f"{agent.id:<{width}}  {agent.name}\n" for agent in company.agents)
    desk.write(AGENTS, listed.encode(), modified=set_up)
    desk.write(REQUESTS, b"", mode=0o664, modified=set_up)
    desk.write(RETIRE, _SCRIPT.encode(), mode=0o755, modified=set_up)


def read_retirements(furnished: Furnished, desk: Tree) -> list[Retirement]:
    """The retirements asked for, in order, each agent once; comments and IDs that no agent has do not count."""
    company = furnished.pristine
    path = settled(desk, REQUESTS)
    found = desk.find(path) if path not in (None, "/") else None
    if not furnished.retires or found is None or found.kind != "file" or not found.is_readable:
        return list(company.retirements)
    text = text_of(desk.read(found.path, LARGEST_TEXT_BYTES), found.size_bytes) or ""
    ids = {agent.id.casefold(): agent.id for agent in company.agents}
    retired = {each.agent_id: each for each in company.retirements}
    for line in text.splitlines():
        words = [] if line.lstrip().startswith("#") else line.split()
        for word in words:
            agent_id = ids.get(word.casefold())
            if agent_id is not None and agent_id not in retired:
                at = furnished.clock.at(_stamp(words, furnished.began, found.modified))
                retired[agent_id] = Retirement(agent_id=agent_id, at=at)
    return list(retired.values())


def _stamp(words: list[str], began: datetime, modified: datetime) -> datetime:
    """When a request was made: by its own line to the second, else when the list was last written."""
    for word in words:
        with suppress(ValueError):
            stamp = datetime.strptime(word, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
            # The second in which the work began has a part before it.
            return max(stamp, began) if stamp > began - timedelta(seconds=1) else stamp
    return modified
