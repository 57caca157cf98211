"""Records everything that Brim says to the outside, and compares two recordings.

`python tools/record_wire.py FOLDER` starts `brim serve` on a database of its own, plays a fixed scenario, and writes
each reply, event, webhook, page and help text to FOLDER as a file of text; it fails if an operation of `/openapi.json`
was never seen to succeed. `python tools/record_wire.py --compare BEFORE AFTER` prints what differs and exits with 1 if
anything does. Make one recording before a change that should not show outside, and one after it, in the same week:
times that lie near the run are masked, those of test clocks are not.
"""

import argparse
import sys
import time
from pathlib import Path

from wire_recording.recording import compare, count_files
from wire_recording.session import REFUSED, record


def main() -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path, nargs="?", help="where the recording goes; empty, or not there yet")
    parser.add_argument("--compare", type=Path, nargs=2, metavar=("BEFORE", "AFTER"), help="two recordings")
    arguments = parser.parse_args()
    if arguments.compare:
        return _compare(*arguments.compare)
    if arguments.folder is None:
        parser.error("say where the recording goes, or --compare two of them")
    if arguments.folder.exists() and any(arguments.folder.iterdir()):
        parser.error(f"{arguments.folder} is not empty")
    return _record(arguments.folder)


def _record(folder: Path) -> int:
    began = time.monotonic()
    session = record(folder)
    for name, reason in REFUSED.items():
        statuses = sorted(set(session.operations.statuses[name]))
        print(f"never succeeds: {name}, answered {statuses}: {reason}")
    counted = ", ".join(f"{count} {kind}" for kind, count in sorted(session.counts.items()))
    print(f"{len(session.operations.statuses)} operations; files: {counted}; {time.monotonic() - began:.0f} s")
    return 0


def _compare(before: Path, after: Path) -> int:
    differs = False
    for line in compare(before, after):
        differs = True
        print(line)
    print(f"{count_files(before, after)} files compared: {'they differ' if differs else 'no difference'}")
    return int(differs)


if __name__ == "__main__":
    sys.exit(main())
