"""Small computers of a trial's own: a desk and the hosts it reaches by ssh, from bubblewrap and nothing else.

``lan.py`` is the way in: ``Lan.start(plan)`` starts what a :class:`~peerward.sandbox.plan.LanPlan` describes,
``Lan.stop()`` leaves neither a process nor a file. ``provider.py`` is the same as one of Inspect's sandboxes and the
only module here that knows Inspect. docs/sandbox.md says what is isolated and what is not.

``machines.py`` is what a solver sees of them. ``docker/`` makes the same machines from containers; it is untested.
"""

SANDBOXES = ("bwrap", "docker")
"""What machines can be made of, the default first."""
