"""The same machines as containers, by Inspect's ``docker`` sandbox and a compose file that is made for each trial.

Untested: no Docker engine on the machine it was written on. The compose file and the Dockerfiles were checked against
their formats, and the way of files in and out was tried on a folder; no container was ever started.

``compose.py`` makes the compose file of a plan, ``transport.py`` takes files in and out, ``containers.py`` is what the
solver sees. None of it knows Inspect: a :class:`~peerward.sandbox.docker.box.Box` is handed in.
"""

UNTESTED = "untested: no Docker engine on the machine it was written on"
"""Said wherever this sandbox is offered."""
