"""Changes modules in small ways and reports which changes no test notices.

`python tools/mutants.py [GROUP...]` runs the groups of `tools/mutation/targets.toml` (all by default) and keeps results
in build/mutants: what was found once is run again only after a change of the module or of the tests that decide.
`--seconds 240` ends after that time; the next run continues. It fails when a mutant of a strict group survives and
`tools/mutation/explained.toml` has no reason, or has one for a mutant that does not survive.
"""

import argparse
import time

from mutation import report
from mutation.run import HERE, Told, read_groups, run_group


def main() -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("groups", nargs="*", help="which groups; all by default")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="end after so long")
    parser.add_argument("--only", default="", help="only modules whose path contains this")
    parser.add_argument("--sample", type=int, default=1, help="only one of so many mutants, always the same")
    arguments = parser.parse_args()
    root = HERE.parent.parent
    deadline = time.time() + arguments.seconds
    explained = report.read_explanations(HERE / "explained.toml")
    all_told: list[Told] = []
    for group in read_groups(HERE / "targets.toml", root):
        if not arguments.groups or group.name in arguments.groups:
            chosen = [path for path in group.modules if arguments.only in str(path)]
            all_told += run_group(
                group._replace(modules=chosen), root, root / "build/mutants", deadline, sample=arguments.sample
            )
    print(*report.listed(all_told, root, explained), sep="\n")
    print(*report.table(all_told, root, explained), sep="\n")
    left = sum(len(told.module.mutants) - len(told.results) for told in all_told)
    if left:
        print(f"{left} mutants are left: run again to continue")
    faults = report.faults(all_told, root, explained) if arguments.sample == 1 else []
    print(*faults, sep="\n")
    return 1 if faults or left else 0


if __name__ == "__main__":
    raise SystemExit(main())
