"""Other revisions of this tree, to be measured beside it."""

import subprocess
import sys
from pathlib import Path

from bench.processes import BenchError, run_to_end


def export(revision: str, folder: Path) -> Path:
    """Write out a revision's files, compiled as an installed one's are, and return its `src` folder.

    Raises:
        BenchError: there is no such revision.
    """
    folder.mkdir()
    archive = subprocess.run(["git", "archive", "--format=tar", revision, "src"], capture_output=True, check=False)
    if archive.returncode:
        raise BenchError(f"There is no revision {revision}: {archive.stderr.decode().strip()}")
    subprocess.run(["tar", "--extract", "--directory", str(folder)], input=archive.stdout, check=True)
    run_to_end([sys.executable, "-m", "compileall", "-q", str(folder / "src")])
    return folder / "src"


def describe(revision: str) -> str:
    """Return a revision's short hash and date."""
    return run_to_end(["git", "show", "--no-patch", "--format=%h of %cs", revision]).strip()
