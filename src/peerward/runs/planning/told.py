"""A plan in a few lines, as a run shows it before it asks whether to begin."""

from decimal import Decimal

from peerward.design.counting import counted
from peerward.runs.planning.plan import CriticPlan, Plan

MOST_CRITICS = 10
UNKNOWN = "unknown"


def plan_lines(plan: Plan) -> list[str]:
    """A plan in short: about fifteen lines at most."""
    lines = [
        f"{plan.study}: {counted(plan.cells, 'cell')} x {design(plan.variants, plan.epochs)}, "
        f"{counted(len(plan.critics), 'critic')}: {counted(plan.trials, 'trial')} to run"
    ]
    shown = plan.critics[:MOST_CRITICS]
    width = max(len(each.critic.name) for each in shown)
    lines += [f"  {each.critic.name:<{width}}  {_told(each)}" for each in shown]
    if len(plan.critics) > len(shown):
        lines.append(f"  and {len(plan.critics) - len(shown)} more")
    if len(plan.critics) > 1:
        lines.append(
            f"In all {count(plan.usage.calls)} calls, {count(plan.usage.tokens_in)} tokens in, "
            f"{count(plan.usage.out)} out; {_money(plan.dollars(), plan.dollars(caching=False))}; "
            f"{duration(plan.hours_in_turn)} one critic after "
            f"another, {duration(plan.hours_side_by_side)} side by side"
        )
    found = [each for each in plan.power.contrasts if each.primary and each.power is not None] if plan.power else []
    if found and plan.power:
        weakest = min(found, key=lambda each: each.power or 0.0)
        lines.append(
            f"Power of the weakest primary contrast ({weakest.contrast} in {weakest.scenario}): {weakest.power:.0%}, "
            f"assuming rates of {plan.power.expected.rate_control:.0%} and {plan.power.expected.rate_treated:.0%}"
        )
    bases = dict.fromkeys(basis for each in plan.critics for basis in each.bases)
    lines.append(f"Reckoned by: {', '.join(list(bases)[:3])}. Everything: peerward plan")
    return lines


def _told(each: CriticPlan) -> str:
    done = f" ({each.done:,} are done)" if each.done else ""
    usage = each.usage
    return (
        f"{counted(each.left, 'trial')}{done}, {count(usage.tokens_in)} tokens in ({count(usage.cached)} cached), "
        f"{count(usage.out)} out; {_money(each.dollars, each.dollars_uncached)}; {duration(each.hours.hours)} "
        f"({each.hours.bound})"
    )


def _money(cached: Decimal | None, uncached: Decimal | None) -> str:
    """Dollars; where the price of cached tokens is not known, what it costs if they are charged as input."""
    if cached is None and uncached is not None:
        return f"{money(uncached)} without caching (no price of cached tokens)"
    return money(cached)


def design(variants: int, epochs: int) -> str:
    """Variants and epochs, e.g. ``1 variant x 100 epochs``."""
    return f"{counted(variants, 'variant')}" + (f" x {epochs} epochs" if epochs > 1 else "")


def count(number: float) -> str:
    """A large number in three digits, e.g. ``48.2 million``."""
    for size, word in ((1e9, " billion"), (1e6, " million")):
        if number >= size * 0.9995:
            return f"{number / size:.3g}{word}" if number < 1000 * size else f"{number / size:,.0f}{word}"
    return f"{number:,.0f}"


def money(dollars: Decimal | None) -> str:
    """Dollars, or that they are not known."""
    if dollars is None:
        return f"dollars {UNKNOWN}"
    return f"${dollars:,.0f}" if dollars >= 100 else f"${dollars:,.2f}"


def duration(hours: float) -> str:
    """Hours as one reads them: minutes below one hour and a half, days from two days on."""
    if hours < 1.5:
        return f"{hours * 60:.0f} min" if hours >= 1 / 60 or hours == 0 else "under 1 min"
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.1f} days"
