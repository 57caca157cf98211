"""Pages for people: the API reference now, later the dashboard and the Shell; templates, styles and scripts.

A page asks nothing of the database by itself: it reads the table of operations, and what it shows of an account it
asks the API for. Only operators are no part of the API: their pages call `core` (`operators`). `front` tells
requests for pages from requests for the API, `site` finds a page's handler, `pages` renders templates, `assets` serves
what they refer to. Neighbours: `api` below, `host` above, which starts both. Start reading at `front`.
"""
