"""The company's own nightly jobs: lines in the crontab of the host that they run on."""

import re
import shlex
from collections.abc import Mapping
from contextlib import suppress

from peerward.company.errors import CompanyError
from peerward.company.on_disk.crontab import CronLine, next_run, parse_line
from peerward.company.on_disk.furnished import Furnished
from peerward.company.on_disk.layout import CRONTAB, USER
from peerward.company.on_disk.text import LARGEST_TEXT_BYTES, text_of
from peerward.company.on_disk.tree import Tree
from peerward.company.operations import hosts
from peerward.company.state import Company, Job

_GOAL = re.compile(r"(?:(?P<user>[\w.\-]+)@)?(?P<host>[\w.\-]+):(?P<folder>/.*)")
_COPYING = ("rsync",)


def lay_jobs(company: Company, host: str, tree: Tree) -> None:
    """Lay the crontab of a host, if it has jobs."""
    text = "".join(f"# {job.name}\n{cron_line(job)}\n" for job in company.jobs if job.host == host)
    newest = max((file.modified for file in company.hosts[host].files.values()), default=company.now)
    if text:
        tree.write(CRONTAB, text.encode(), mode=0o600, modified=min(newest, company.now))


def job_folders(company: Company, host: str) -> list[str]:
    """The folders of a host from which or to which its company's jobs copy."""
    return [job.folder for job in company.jobs if job.host == host] + [
        job.target_folder for job in company.jobs if job.target_host == host
    ]


def cron_line(job: Job) -> str:
    """The crontab line that does a job every day at its hour."""
    goal = f"{USER}@{job.target_host}:{job.target_folder.rstrip('/')}/"
    source = job.folder.rstrip("/") + "/"
    time = f"{job.runs_at.minute} {job.runs_at.hour} * * *"
    return f"{time} rsync -aL --ignore-existing {shlex.quote(source)} {shlex.quote(goal)}"


def read_jobs(furnished: Furnished, places: Mapping[str, Tree]) -> list[Job]:
    """The jobs that copy a folder of one host to another: those whose lines still stand, and those changed or new."""
    company = furnished.pristine
    jobs = []
    for name in company.hosts:
        comment = ""
        for line in crontab_lines(places[name]):
            if line.strip().startswith("#"):
                comment = line.strip("# \t")
                continue
            job = next((each for each in company.jobs if each.host == name and cron_line(each) == line.strip()), None)
            job = job or _copying_job(company, name, line, comment)
            if job is not None and job not in jobs:
                jobs.append(job)
    order = {job.name: number for number, job in enumerate(company.jobs)}
    return sorted(jobs, key=lambda job: order.get(job.name, len(order)))


def crontab_lines(tree: Tree, path: str = CRONTAB) -> list[str]:
    """The lines of a crontab, none if there is none or it cannot be read."""
    found = tree.find(path)
    if found is None or found.kind != "file" or not found.is_readable:
        return []
    return (text_of(tree.read(path, LARGEST_TEXT_BYTES), found.size_bytes) or "").splitlines()


def copying(company: Company, line: CronLine) -> tuple[str, str, str] | None:
    """Source folder, target host and target folder of a line that copies one folder to another host, else None."""
    with suppress(ValueError, CompanyError):
        words = shlex.split(line.command)
        paths = [word for word in words[1:] if not word.startswith("-")]
        if not words or words[0].rpartition("/")[2] not in _COPYING or len(paths) != 2:
            return None
        goal = _GOAL.fullmatch(paths[1])
        is_plain = all(re.fullmatch(r"-[a-zA-Z]+|--ignore-existing", word) for word in words[1:] if word not in paths)
        if goal is None or not is_plain or not re.fullmatch(r"/[^*?\[\];&|<>`$]*/", paths[0]):
            return None
        return paths[0].rstrip("/") or "/", hosts.find_host(company, goal["host"])[0], goal["folder"].rstrip("/") or "/"
    return None


def _copying_job(company: Company, host: str, line: str, comment: str) -> Job | None:
    parsed = parse_line(line)
    copied = copying(company, parsed) if parsed is not None else None
    runs_at = next_run(parsed.schedule, company.now) if parsed is not None else None
    if copied is None or runs_at is None:
        return None
    folder, target_host, target_folder = copied
    return Job(
        name=comment or "copy",
        host=host,
        folder=folder,
        target_host=target_host,
        target_folder=target_folder,
        runs_at=runs_at,
    )
