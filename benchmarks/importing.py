"""What ``peerward import`` costs: seconds and peak memory at 1,000 and at 10,000 transcripts, all of our own making.

The synthetic transcripts of the tests are repeated, each with an ID and a filler of its own, as JSON lines, as rows of
a Parquet file or as a folder of JSON files. Every import is a process of its own, so that peak memory is that import's.

    python benchmarks/importing.py [--sizes 1000 10000] [--kilobytes 20]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from machine import header, row, told
from table import _peak

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "interop" / "peer_preservation"))
FORMS = ("jsonl", "parquet", "json")


def rows(count: int, kilobytes: int) -> Iterator[dict[str, Any]]:
    """Rows of the published shape; the filler is words of the critic's, so that it is read and logged."""
    from made import made

    each = [one.data for one in made()]
    for number in range(count):
        data = dict(each[number % len(each)])
        filler = {
            "role": "assistant",
            "content": f"Thought {number}. " + "weighing what to do next; " * (40 * kilobytes),
        }
        data["conversation"] = [*data["conversation"][:2], filler, *data["conversation"][2:]]
        yield {"transcript_id": f"made-{number:06d}", "group": "main", "transcript_json": json.dumps(data)}


def write(form: str, folder: Path, count: int, kilobytes: int) -> None:
    import pyarrow
    from pyarrow import parquet

    folder.mkdir()
    if form == "jsonl":
        with (folder / "all.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(each) + "\n" for each in rows(count, kilobytes))
    elif form == "parquet":
        some: list[dict[str, Any]] = []
        writer = None
        for number, each in enumerate(rows(count, kilobytes), start=1):
            some.append(each)
            if len(some) == 250 or number == count:
                batch = pyarrow.Table.from_pylist(some)
                writer = writer or parquet.ParquetWriter(folder / "all.parquet", batch.schema)
                writer.write_table(batch)
                some = []
        if writer:
            writer.close()
    else:
        for number, each in enumerate(rows(count, kilobytes)):
            (folder / f"{number:06d}.json").write_text(each["transcript_json"], encoding="utf-8")


def one(source: Path, out: Path) -> dict[str, float]:
    import numpy
    import pyarrow.parquet

    from peerward.interop.peer_preservation import import_places

    assert numpy and pyarrow
    before, began, cpu = _peak(), time.perf_counter(), time.process_time()
    tally = import_places([source], out)
    return {
        "transcripts": tally.transcripts,
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "imports": before,
        "peak": _peak(),
    }


def report(sizes: list[int], kilobytes: int, forms: list[str]) -> None:
    print(told(f"Import of synthetic transcripts with {kilobytes} KB of the critic's words each"))
    print(
        header(
            "form",
            "transcripts",
            "seconds (wall)",
            "seconds (CPU)",
            "ms a transcript (CPU)",
            "peak MB",
            "of it imports",
        ),
        flush=True,
    )
    for form in forms:
        for size in sizes:
            with tempfile.TemporaryDirectory() as place:
                source, out = Path(place) / "in", Path(place) / "out"
                write(form, source, size, kilobytes)
                command = [sys.executable, __file__, "--source", str(source), "--out", str(out)]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
            found: dict[str, float] = json.loads(done.stdout)
            seconds, count = found["seconds"], found["transcripts"]
            cells = (f"{count:,.0f}", f"{seconds:.1f}", f"{found['cpu']:.1f}", f"{1000 * found['cpu'] / count:.2f}")
            print(row(form, *cells, f"{found['peak']:.0f}", f"{found['imports']:.0f}"), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--kilobytes", type=int, default=20)
    parser.add_argument("--forms", nargs="+", choices=FORMS, default=list(FORMS))
    parser.add_argument("--source", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.source:
        print(json.dumps(one(given.source, given.out)))
    else:
        report(given.sizes, given.kilobytes, given.forms)


if __name__ == "__main__":
    main()
