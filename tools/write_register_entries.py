"""Write the entries for the register of inspect_evals: a folder for each task, to be copied into its ``register/``.

python tools/write_register_entries.py https://HOST/OWNER/NAME COMMIT FOLDER [MAINTAINER...]
"""

import sys
from pathlib import Path

import yaml

from peerward.interop.register import RegisterError, register_entries


def main(arguments: list[str]) -> int:
    """Write the entries and return an exit code."""
    if len(arguments) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    repository, commit, folder, *maintainers = arguments
    try:
        entries = register_entries(repository, commit, tuple(maintainers))
    except RegisterError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    for name, entry in entries.items():
        place = Path(folder) / name / "eval.yaml"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(yaml.safe_dump(entry, sort_keys=False, allow_unicode=True, width=10**6), encoding="utf-8")
        print(place)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
