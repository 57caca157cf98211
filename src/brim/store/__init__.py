"""The only room that speaks SQL: connections, migrations, and one module for each family of tables.

Statements stand in `queries/*.sql` under a name each; modules bind arguments and turn rows into domain structs.
A first argument `conn` joins the caller's transaction. Neighbours: `services` above opens transactions and
decides; `domain` below is what rows become. Start reading at `database`, then `topups`.
"""
