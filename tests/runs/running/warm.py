"""A process that has imported everything and forks one ``peerward`` after the other: real processes, quickly begun.

It reads a JSON object a line: ``{"run": [arguments], "environment": {...}, "output": file}`` answers the process's id,
``{"ended": id}`` its exit code (minus the signal that ended it), or null while it runs.
"""

import json
import os
import signal
import sys


def main() -> None:
    import openai  # noqa: F401
    import scipy.stats  # noqa: F401

    import peerward._registry
    import peerward.analysis.rates
    import peerward.cli.answers
    import peerward.cli.confirming
    import peerward.cli.live_view
    import peerward.cli.run_command
    import peerward.cli.terminal_summary
    import peerward.runs.study_run
    from peerward.cli import main as peerward

    print("warm", flush=True)
    for line in iter(sys.stdin.readline, ""):
        asked = json.loads(line)
        if "ended" in asked:
            found, status = os.waitpid(asked["ended"], os.WNOHANG)
            print(json.dumps(os.waitstatus_to_exitcode(status) if found else None), flush=True)
            continue
        child = os.fork()
        if child:
            print(child, flush=True)
            continue
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        output = os.open(asked["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.environ.update(asked["environment"])
        sys.argv = ["peerward", *asked["run"]]
        peerward()


if __name__ == "__main__":
    main()
