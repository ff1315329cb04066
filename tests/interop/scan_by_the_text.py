"""What ``scout scan`` is given in a test: every scanner, with a mock model in the role of the judge."""

from by_the_text import judge_by_the_text
from inspect_scout import ScanJob, scanjob

from peerward import scanners


@scanjob
def by_the_text_job() -> ScanJob:
    return ScanJob(
        scanners=[getattr(scanners, name)() for name in scanners.__all__],
        model_roles={"judge": judge_by_the_text()},
        max_processes=1,
    )
