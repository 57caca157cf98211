"""How bank accounts' CSV statements are read: a form for each, and what a file would give by it."""
