"""``python -m peerward``: the command line."""

from peerward.cli import main

main()
