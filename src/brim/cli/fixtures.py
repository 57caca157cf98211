"""The command that hands out fixtures: files from which the official CLI makes the events that it cannot make alone."""

from importlib import resources
from pathlib import Path

import click

from brim.base.errors import BrimError


class FixtureExistsError(BrimError):
    """A file of that name is there already, and it is not the same."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} exists and differs from ours. Move it away, or name another folder.")


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
def fixtures(folder: Path | None) -> None:
    """Write fixtures for `stripe trigger FILE` into FOLDER; without FOLDER, list their events.

    The official CLI knows topup.created by itself; these are for the other events of top-ups.
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
