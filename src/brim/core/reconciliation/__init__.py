"""Comparing what banks state with what was expected; `formats` reads their files."""
