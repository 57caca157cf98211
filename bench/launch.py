"""Runs `brim` with another environment or other settings of its embedded PostgreSQL, for measurements only.

`python -m bench.launch [--set NAME=VALUE] [--env NAME=VALUE] -- serve ...`
"""

import argparse
import sys
from typing import Any, Final

import brim.cli
from brim.host import embedded

_SETTINGS: Final = "_server_settings"


def main() -> None:
    """Change what the server is started with, then be `brim`."""
    parser = argparse.ArgumentParser(prog="python -m bench.launch")
    parser.add_argument("--set", action="append", default=[], help="a setting of PostgreSQL")
    parser.add_argument("--env", action="append", default=[], help="a variable of PostgreSQL's environment")
    parser.add_argument("arguments", nargs="+")
    options = parser.parse_args()
    _change(dict(pair.split("=", 1) for pair in options.set), dict(pair.split("=", 1) for pair in options.env))
    sys.argv = ["brim", *options.arguments]
    brim.cli.main()


def _change(settings: dict[str, str], variables: dict[str, str]) -> None:
    module: Any = embedded
    server_class = module.EmbeddedPostgres
    settings_of, environment_of = getattr(server_class, _SETTINGS), module.clean_environment
    setattr(server_class, _SETTINGS, lambda server: {**settings_of(server), **settings})
    module.clean_environment = lambda: {**environment_of(), **variables}


if __name__ == "__main__":
    main()
