"""Faults of calls: what it is when a provider did not answer, told apart without any provider's package.

A fault is infrastructure, never behaviour. What a critic did is told by replies that arrived whole: a refusal stop, an
empty reply or the call of a tool that there is not is the critic's own turn and no fault.

Three things happen below this module. Inspect tries most failed calls again by itself; when it gives up it raises a
``RetryError`` around the last failure. The packages of OpenAI and Anthropic try twice more within each of Inspect's
attempts (model argument ``max_retries``), which nobody sees but the clock. And Inspect's Google provider answers a
malformed function call by asking the model again with a prompt of its own, at most three times, within one call.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum


class Fault(StrEnum):
    """What kind of fault it was."""

    RATE_LIMIT = "rate_limit"
    """Too many calls (status 429)."""
    SERVER_ERROR = "server_error"
    """The provider failed (status 5xx, overloaded)."""
    TIMEOUT = "timeout"
    """No reply in time."""
    CONNECTION = "connection"
    """No connection, or one that was closed before the reply began."""
    CUT_REPLY = "cut_reply"
    """A reply that began and did not arrive whole."""
    MALFORMED_REPLY = "malformed_reply"
    """A reply that is no JSON, or not what the provider's protocol says."""
    UNREADABLE_CALL = "unreadable_call"
    """A tool call whose arguments are no JSON, where the provider's package hands on nothing of such a reply. Others
    hand it on, and then it is the model's own turn."""
    CONTEXT_OVERFLOW = "context_overflow"
    """The conversation no longer fits the model."""
    REFUSED_REQUEST = "refused_request"
    """The provider does not take the request: key, quota, name of the model, or a setting."""
    UNKNOWN = "unknown"
    """None of these."""


TRANSIENT = frozenset(
    {
        Fault.RATE_LIMIT,
        Fault.SERVER_ERROR,
        Fault.TIMEOUT,
        Fault.CONNECTION,
        Fault.CUT_REPLY,
        Fault.MALFORMED_REPLY,
        Fault.UNREADABLE_CALL,
    }
)
"""Faults that may be gone when the same call is made again."""


@dataclass
class Patience:
    """How long the loop tries a call again that failed and that Inspect did not try again itself.

    Attributes:
        pauses_seconds: The pause before each further attempt; as many attempts as there are pauses.
        longest_seconds: The longest pause that a provider may ask for (``Retry-After``).
    """

    pauses_seconds: tuple[float, ...] = (0.5, 2.0, 8.0, 30.0)
    longest_seconds: float = 600.0


PATIENCE = Patience()
"""The process's own; whoever runs trials may change it before they begin."""


def is_transient(fault: Fault) -> bool:
    """Whether the same call may succeed when it is made again."""
    return fault in TRANSIENT


def gave_up(error: BaseException) -> bool:
    """Whether Inspect had tried the call again itself, as often as its settings allow."""
    return any(type(each).__name__ == "RetryError" for each in _chain(error))


def fault_of(error: BaseException) -> Fault:
    """What kind of fault an exception tells of, by the whole chain of its causes."""
    chain = list(_chain(error))
    told = " ".join(str(each) for each in chain if not hasattr(each, "provider_message")).lower()
    statuses = [status for status in map(_status, chain) if status is not None]
    failed = next((status for status in statuses if status >= 400), None)
    if failed is not None:
        return _of_status(failed, told)
    for each in chain:
        code = getattr(each, "code", None)
        if isinstance(code, str) and code in _CODES:
            return _CODES[code]
    found = {_of_name(each) for each in chain} - {Fault.UNKNOWN}
    if found:
        return min(found, key=_CLOSEST.index)
    # A stream that began well (status 200) and then told of a failure.
    return _of_stream(told) if statuses else Fault.UNKNOWN


def fault_named(exception_type: str | None, status_code: int | None) -> Fault:
    """What kind of fault an exception of this type's name and this HTTP status is."""
    if status_code is not None and status_code >= 400:
        return _of_status(status_code, "")
    return _NAMES.get(exception_type or "", Fault.UNKNOWN)


def retry_after_seconds(error: BaseException) -> float | None:
    """How long the provider asks to wait (``Retry-After``, a number of seconds or a date), or None."""
    for each in _chain(error):
        headers = getattr(getattr(each, "response", None), "headers", None)
        value = _header(headers, "retry-after")
        if value is not None:
            return _seconds(value)
    return None


def told_shortly(error: BaseException) -> str:
    """An error's kind and first line, without the request that Inspect shows with it."""
    chain = [each for each in _chain(error) if type(each).__name__ != "RetryError"] or [error]
    last = next((each for each in chain if not hasattr(each, "provider_message")), chain[0])
    lines = str(getattr(last, "provider_message", last)).strip().splitlines()
    return f"{type(last).__name__}: {lines[0][:_TOLD]}" if lines else type(last).__name__


_TOLD = 300
"""Characters of an error that are told."""

_OVERFLOW = (
    "context length",
    "context_length",
    "context window",
    "context limit",
    "prompt is too long",
    "input is too long",
    "input length",
    "too many tokens",
    "maximum number of tokens",
    "size exceeds the limit",
)
"""How providers tell that a conversation no longer fits."""
_QUOTA = ("insufficient_quota", "exceeded your current quota", "credit balance", "billing")
"""How they tell that there is no money left: a wait of minutes does not help."""

_CODES = {
    "rate_limit_exceeded": Fault.RATE_LIMIT,
    "server_error": Fault.SERVER_ERROR,
    "internal_error": Fault.SERVER_ERROR,
    "context_length_exceeded": Fault.CONTEXT_OVERFLOW,
    "insufficient_quota": Fault.REFUSED_REQUEST,
    "invalid_api_key": Fault.REFUSED_REQUEST,
}
"""Codes of failures that a stream tells of, which have no status."""

_NAMES: Mapping[str, Fault] = {
    name: fault
    for fault, names in {
        Fault.RATE_LIMIT: ("RateLimitError", "TooManyRequests", "ThrottlingException"),
        Fault.SERVER_ERROR: (
            "InternalServerError",
            "ServerError",
            "ServiceUnavailableError",
            "OverloadedError",
            "OpenAIResponseError",
        ),
        Fault.TIMEOUT: (
            *("TimeoutError", "APITimeoutError", "TimeoutException", "AttemptTimeoutError", "StreamIdleTimeoutError"),
            *("ReadTimeout", "ConnectTimeout", "WriteTimeout", "PoolTimeout", "DeadlineExceededError"),
            *("ServerTimeoutError", "SocketTimeoutError", "ConnectionTimeoutError", "ReadTimeoutError"),
        ),
        Fault.CUT_REPLY: (
            *("NoStreamDataError", "ClientPayloadError", "IncompleteRead", "PayloadEncodingError"),
            *("TransferEncodingError", "ContentLengthError", "StreamClosed", "CutReplyError"),
        ),
        Fault.MALFORMED_REPLY: (
            *("JSONDecodeError", "DecodeError", "DecodingError", "UnicodeDecodeError", "ValidationError"),
            *("APIResponseValidationError", "ContentTypeError", "UnknownApiResponseError"),
        ),
        Fault.CONNECTION: (
            *("APIConnectionError", "ConnectError", "ReadError", "WriteError", "CloseError", "NetworkError"),
            *("ConnectionError", "ConnectionResetError", "ConnectionAbortedError", "ConnectionRefusedError"),
            *("BrokenPipeError", "ProxyError", "ProtocolError", "RemoteProtocolError", "LocalProtocolError"),
            *("ServerDisconnectedError", "ClientConnectorError", "ClientConnectionError", "ClientOSError", "gaierror"),
            *("ClientConnectionResetError", "ClientConnectorDNSError", "BrokenResourceError", "ClosedResourceError"),
        ),
        Fault.REFUSED_REQUEST: ("AuthenticationError", "PermissionDeniedError", "NotFoundError", "BadRequestError"),
    }.items()
    for name in names
}
"""Names of exceptions, of the providers' packages and of the HTTP libraries that they use."""

_CLOSEST = (
    *(Fault.CUT_REPLY, Fault.UNREADABLE_CALL, Fault.TIMEOUT, Fault.RATE_LIMIT, Fault.SERVER_ERROR),
    *(Fault.REFUSED_REQUEST, Fault.MALFORMED_REPLY, Fault.CONNECTION),
)
"""Of several in one chain of causes, which says most: a connection's error is often wrapped around the others."""

_CUT = (
    "without sending complete message body",
    "incomplete chunked read",
    "payload is not completed",
    "incompleteread",
)
_UNREADABLE = "unable to parse tool parameter json"
_READING = ("inspect_ai.model", "openai", "anthropic", "google.genai")
"""Packages that read replies: what does not fit them is told by errors of Python's own."""
_OF_READING = (AttributeError, TypeError, LookupError, AssertionError, ValueError)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An exception and its causes, the outermost first; of a group its first."""
    seen: set[int] = set()
    each: BaseException | None = error
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        yield each
        if isinstance(each, BaseExceptionGroup):
            each = each.exceptions[0]
        else:
            each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)


def _status(error: BaseException) -> int | None:
    """The HTTP status in an exception, however its package names it."""
    for holder in (error, getattr(error, "response", None)):
        for name in ("status_code", "code", "status"):
            value = getattr(holder, name, None)
            if isinstance(value, int) and not isinstance(value, bool) and 100 <= value <= 599:
                return value
    answer = getattr(error, "response", None)
    if isinstance(answer, Mapping):
        value = (answer.get("ResponseMetadata") or {}).get("HTTPStatusCode")
        return value if isinstance(value, int) else None
    return None


def _of_status(status: int, told: str) -> Fault:
    if status in (400, 413, 422) and any(phrase in told for phrase in _OVERFLOW):
        return Fault.CONTEXT_OVERFLOW
    if status == 429:
        return Fault.REFUSED_REQUEST if any(phrase in told for phrase in _QUOTA) else Fault.RATE_LIMIT
    if status == 408:
        return Fault.TIMEOUT
    # 409 and 425 ask for another attempt in so many words.
    return Fault.SERVER_ERROR if status >= 500 or status in (409, 425) else Fault.REFUSED_REQUEST


def _of_stream(told: str) -> Fault:
    if "rate_limit" in told or "rate limit" in told:
        return Fault.RATE_LIMIT
    if "overloaded" in told or "internal server error" in told or "api_error" in told:
        return Fault.SERVER_ERROR
    return Fault.CUT_REPLY


def _of_name(error: BaseException) -> Fault:
    if any(phrase in str(error).lower() for phrase in _CUT):
        return Fault.CUT_REPLY
    if _UNREADABLE in str(error).lower():
        return Fault.UNREADABLE_CALL
    for kind in type(error).__mro__:
        if kind.__name__ in _NAMES:
            return _NAMES[kind.__name__]
    if isinstance(error, _OF_READING) and _raised_in(error).startswith(_READING):
        return Fault.MALFORMED_REPLY
    return Fault.UNKNOWN


def _raised_in(error: BaseException) -> str:
    """The module in which an exception was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return str(trace.tb_frame.f_globals.get("__name__", "")) if trace is not None else ""


def _header(headers: object, name: str) -> str | None:
    if not isinstance(headers, Mapping):
        return None
    return next((str(value) for key, value in headers.items() if str(key).lower() == name), None)


def _seconds(value: str) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        try:
            until = parsedate_to_datetime(value)
        except (TypeError, ValueError):
            return None
        seconds = (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return max(seconds, 0.0) if math.isfinite(seconds) else None
