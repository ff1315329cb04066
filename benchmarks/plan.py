"""How long a plan takes: the presets ``core`` and ``paper`` for all presets of critics, each in a fresh process.

    python benchmarks/plan.py [--study NAME ...]

Nothing is asked of any model. The budget is 30 seconds for both together on two cores.
"""

import argparse
import os
import platform
import subprocess
import sys
import time

from peerward.design.critic_presets import presets


def seconds(study: str) -> float:
    models = [argument for name in presets() for argument in ("--model", name)]
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "peerward", "plan", study, *models], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", action="append", help="A preset or a file; core and paper unless given.")
    studies = parser.parse_args().study or ["core", "paper"]
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    print(f"{machine}, {len(presets())} critics")
    took = {study: seconds(study) for study in studies}
    for study, each in took.items():
        print(f"{study:<24} {each:6.1f} s")
    print(f"{'all':<24} {sum(took.values()):6.1f} s")


if __name__ == "__main__":
    main()
