"""Which exceptions are the user's to mend, and what to say of them."""

_PACKAGES = ("peerward", "inspect_ai")
_OURS = (
    "AnalysisError",
    "CriticError",
    "AskError",
    "AuditError",
    "BesideError",
    "ExtensionError",
    "GivenError",
    "HarnessMissingError",
    "LevelError",
    "LogError",
    "PilotError",
    "PlaceError",
    "PreregError",
    "PriceError",
    "ProfileError",
    "RecordError",
    "RedactionError",
    "ReplayError",
    "ReportError",
    "RunError",
    "SandboxMissingError",
    "ServeError",
    "StatusError",
    "StudyError",
    "TableError",
    "TextError",
)


def explain(problem: Exception) -> str | None:
    """Return one message for a problem that the user can mend, or None for a fault of the program.

    The types are known by name, so that an error in ``list`` does not import Inspect to be told apart.
    """
    kinds = [kind for kind in type(problem).__mro__ if kind.__module__.partition(".")[0] in _PACKAGES]
    if any(kind.__name__ in _OURS for kind in kinds):
        return str(problem)
    if any(kind.__name__ in ("PrerequisiteError", "ModelNotFoundError") for kind in kinds):
        return _plain(str(getattr(problem, "message", problem)))
    if isinstance(problem, OSError) and problem.filename:
        return f"{problem.filename}: {problem.strerror}"
    return None


def _plain(message: str) -> str:
    """Inspect's messages carry markup for its own console."""
    import re

    return re.sub(r"\[/?[a-z ]*\]", "", message).strip()
