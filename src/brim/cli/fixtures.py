"""The command that hands out fixtures: files from which the official CLI makes the events that it cannot make alone."""

from importlib import resources
from pathlib import Path

import click

from brim.base.errors import BrimError


class FixtureExistsError(BrimError):
    """A file of that name is there already, and it is not the same."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} exists and differs from the fixture. Move it, or choose another folder.")


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
def fixtures(folder: Path | None) -> None:
    """Write fixtures for `stripe trigger FILE` into FOLDER; without FOLDER, list their events.

    The Stripe CLI supports topup.created itself; these add the other top-up events.
    """
    pack = {file.name: file.read_bytes() for file in (resources.files("brim") / "fixtures").iterdir()}
    for name in sorted(pack):
        if folder is None:
            click.echo(name.removesuffix(".json"))
        else:
            click.echo(_write(folder / name, pack[name]))


def _write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.read_bytes() != content:
        raise FixtureExistsError(path)
    path.write_bytes(content)
    return path
