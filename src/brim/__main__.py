"""Lets `python -m brim` run the command line."""

from brim.cli import main

main()
