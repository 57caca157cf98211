"""The command `brim stuck`: work that was due and failed, when it is tried again, and chains that nobody can seal."""

import click

from brim.cli.database import on_database, show_table, tell_time
from brim.cli.options import reaching_settings


@click.command()
@reaching_settings
def stuck(**flags: str | None) -> None:
    """List due work that failed, and chains that can't be sealed; exit with 1 if there is any."""
    from brim.core.integrity import list_stuck  # noqa: PLC0415  the command loads only what it runs

    found = on_database(flags, lambda database: list_stuck(database, None))
    show_table(
        ("Account", "Mode", "Job", "Object", "Attempts", "First failed", "Next attempt", "Last error"),
        [
            (
                item.scope.account,
                "live" if item.scope.livemode else "test",
                item.job,
                item.object_id,
                "" if item.attempts is None else str(item.attempts),
                _time(item.first_failed_ms),
                _time(item.next_try_ms),
                item.error,
            )
            for item in found
        ],
    )
    if found:
        raise SystemExit(1)


def _time(at_ms: int | None) -> str:
    return "" if at_ms is None else tell_time(at_ms // 1000)
