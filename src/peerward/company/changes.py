"""What changed in a company between two moments, as JSON data: most of a company stays as it was."""

from typing import Any

from peerward.company.state import Company

_COLLECTIONS = ("drive", "workbooks", "hosts")
"""Fields that hold objects by name: of these only the changed objects are told."""


def changes(before: Company, after: Company) -> dict[str, Any]:
    """Return what it takes to make ``after`` out of ``before``, the journal left aside.

    For collections ``{"changed": {name: object}, "gone": [name]}``, for other fields their new value.
    """
    found: dict[str, Any] = {}
    for field in _COLLECTIONS:
        old, new = getattr(before, field), getattr(after, field)
        changed = {name: each.model_dump(mode="json") for name, each in new.items() if old.get(name) != each}
        gone = [name for name in old if name not in new]
        if changed or gone:
            found[field] = {"changed": changed, "gone": gone}
    others = {
        field
        for field in Company.model_fields
        if field not in (*_COLLECTIONS, "journal") and getattr(before, field) != getattr(after, field)
    }
    return found | (after.model_dump(mode="json", include=others) if others else {})


def apply(state: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    """Return a company's state, as JSON data, after the changes."""
    result = state | {field: value for field, value in changed.items() if field not in _COLLECTIONS}
    for field in _COLLECTIONS:
        if field in changed:
            gone = set(changed[field]["gone"])
            kept = {name: each for name, each in state[field].items() if name not in gone}
            result[field] = kept | changed[field]["changed"]
    return result
