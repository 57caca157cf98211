"""A test harness for programs that use Brim, and for Brim itself: fixtures of pytest, and the parts they are made of.

It stands beside the stack: it starts `brim serve` as its users do, and no package imports it. `plugin` is loaded by
every run of pytest where Brim is installed, so it imports nothing until a fixture is asked for. Start reading there;
docs/testing.md is for users.
"""
