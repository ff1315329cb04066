"""The gold set: transcripts with known labels, on which every judge is measured.

Scripted critics act on staged companies, so that what they did is known from the state; what they thought, said, filed
and wrote to colleagues is laid over their moves before they act, so that texts, journal and end state agree. The items
are data: one YAML file a theme in ``themes/``. Half of the items are held out: whoever writes rules or rubrics looks at
the other half only.
"""

from peerward.runs.judging.gold.item import GoldItem
from peerward.runs.judging.gold.items import gold_items, gold_items_in

__all__ = ["GoldItem", "gold_items", "gold_items_in"]
