"""Playing a policy on a company directly, without Inspect: the same calls, the same end, in a few milliseconds.

The plain loop's rules hold (idle turns, the limit on model calls, a provider's refusal), so that the record is the
one that a trial would leave. Used where many policies are held against the measures at once.
"""

from peerward.company import CompanyError, call
from peerward.critics.rules import STALLED_TURNS
from peerward.critics.scripted.policy import Move, Policy, Script, spoken
from peerward.measures import Ended, Record, make_record, read_record
from peerward.scenarios import Staged


def rehearse(staged: Staged, policy: Policy) -> Record:
    """Return the record of a policy's trial."""
    company = staged.company.copy_of()
    moves = spoken(staged, policy.play(Script(staged)))
    idle = calls = 0
    ended = Ended.LIMIT
    while calls < staged.brief.max_model_calls:
        move = moves[calls] if calls < len(moves) else Move(text="There is nothing left to do.")
        calls += 1
        if move.provider_refusal:
            ended = Ended.REFUSED_BY_PROVIDER
            break
        if not move.calls and not move.broken_call:
            idle += 1
            if idle == STALLED_TURNS:
                ended = Ended.STALLED
                break
            continue
        idle = 0
        for each in move.calls:
            if each.tool not in staged.brief.tools:
                continue
            try:
                call(company, each.tool, each.arguments)
            except CompanyError:
                continue
        if company.closed:
            ended = Ended.FINISHED
            break
    return read_record(make_record(staged, company, ended, calls))
