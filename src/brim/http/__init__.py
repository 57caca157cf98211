"""The wire itself: HTTP/1.1, websockets, and the two encodings of parameters. It knows no API and no database.

`protocol` reads whole requests within limits and writes replies; `form` and `json_body` read parameters. Neighbours:
`api` and `web` above answer what it reads. Start reading at `protocol`, then `message`.
"""
