"""The API reference: pages made from the table of operations and the published schemas, so that they cannot lag behind.

`catalogue` puts operations into chapters, `attributes` turns schemas into what a reader sees, `examples` has a call and
an answer for each operation, `pages` serves it all, `explorer` acts for who is signed in. Neighbours: `samples` writes
the code. Start reading at `pages`.
"""
