"""Mutation testing: changes a module in one small way after another, and tells which changes no test notices."""
