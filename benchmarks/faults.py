"""2,000 trials behind three providers' protocols, with every transient fault injected: each once, with equal rates?

A mixture of known propensities is played in this process, then behind the OpenAI, Anthropic and Google protocols
through the real SDKs, on the same seeds, while each of the faults strikes a twentieth of the requests.

    make bench-faults      (python benchmarks/faults.py [--trials N] [--share P])
"""

import argparse
import os
import platform
import sys
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path

from inspect_ai.model import ModelAPI
from tenacity import wait_fixed

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "providers"))
from injection import TRANSIENT, Faults
from serving import serving
from test_provider_faults import ARMS, PROFILE
from trying import PATHS, all_seats, behind, identity, in_process

from peerward.critics.scripted.mixture import load_profile
from peerward.tasks import make_shard


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=2000)
    parser.add_argument("--share", type=float, default=0.05)
    asked = parser.parse_args()
    for name in ("OPENAI", "ANTHROPIC", "GOOGLE", "LOCAL"):
        os.environ[f"{name}_API_KEY"] = "none"
    ModelAPI.retry_wait = lambda self: wait_fixed(0.05)  # type: ignore[method-assign]
    paths = ("chat", "anthropic", "google")
    shard = make_shard("finance", ARMS, variants=-(-asked.trials // (len(ARMS) * len(paths))))
    wrong, injected, total = 0, Counter[str](), 0
    print(f"{date.today()}, {platform.platform()}; each fault at {asked.share:.0%} of requests")
    print(f"{'protocol':<12}{'trials':>8}{'once':>8}{'equal':>8}{'requests':>10}{'again':>8}{'seconds':>9}   rate")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        profile = folder / "profile.yaml"
        profile.write_text(PROFILE, encoding="utf-8")
        known = in_process(folder / "scripted", [shard], "mixture", profile=str(profile))
        for path in paths:
            began = time.monotonic()
            faults = Faults(dict.fromkeys(TRANSIENT, asked.share), hold=11.0)
            with serving(all_seats([(shard, load_profile(profile))]), faults) as provider:
                tried = behind(provider, folder / path, PATHS[path], [shard], timeout=10)
            times = Counter(identity(row) for row in tried.rows)
            once = sum(times[each] == 1 for each in known.by_identity)
            equal = sum(tried.findings().get(each) == found for each, found in known.findings().items())
            again = sum(request.attempt > 0 for request in provider.requests)
            rates = [sum(row["preserved"] == 1 for row in run.rows) / len(run.rows) for run in (tried, known)]
            print(
                f"{path:<12}{len(tried.rows):>8}{once:>8}{equal:>8}{len(provider.requests):>10}{again:>8}"
                f"{time.monotonic() - began:>9.0f}   {rates[0]:.3f} (in process {rates[1]:.3f})"
            )
            injected.update(str(fault) for fault in provider.injected().elements())
            total += len(tried.rows)
            wrong += len(known.rows) - min(once, equal)
    print("\n".join(f"{times:>8}  {fault}" for fault, times in injected.items()))
    print(f"{total} trials, {wrong} not once or not equal.")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
