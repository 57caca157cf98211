"""The command `brim stuck`: work that was due and failed, and when it is tried again."""

import click

from brim.cli.database import on_database, show_table, tell_time
from brim.cli.options import reaching_settings


@click.command()
@reaching_settings
def stuck(**flags: str | None) -> None:
    """List work that was due and failed; exit with 1 if there is any."""
    from brim.core.jobs import list_stuck  # noqa: PLC0415  the command loads only what it runs

    found = on_database(flags, lambda database: list_stuck(database, None))
    show_table(
        ("Account", "Mode", "Job", "Object", "Attempts", "First failed", "Next try", "Last error"),
        [
            (
                item.scope.account,
                "live" if item.scope.livemode else "test",
                item.job,
                item.object_id,
                str(item.attempts),
                tell_time(item.first_failed_ms // 1000),
                tell_time(item.next_try_ms // 1000),
                item.error,
            )
            for item in found
        ],
    )
    if found:
        raise SystemExit(1)
