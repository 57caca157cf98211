"""What a machine is asked to run: the embedded PostgreSQL and the processes of `brim serve`.

`supervisor` holds the listening sockets and keeps its children alive, `embedded` starts PostgreSQL as one of
them, `identity` and `confine` see to it that the database never runs as root, `orphans` clears up after a
crash. Neighbours: `cli` above calls it; `api` and `worker` below are what its children run. Start reading at
`supervisor`.
"""
