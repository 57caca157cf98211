"""The Shell: command lines in the shape of the official CLI's, read and carried out inside the service.

It interprets and never starts a program: a line becomes words (`words`), words a command of the table that the
operations make (`commands`, `flags`), a command a request (`asking`) that goes to the API like any other, with the key
of whoever is signed in. So rights, limits and the request log are the API's own. `interpreter` ties this together,
`streams` listens, `completion` and `manual` help; `conversation` is the websocket behind a pane of the browser.
Neighbours: `web.site` serves the page, `static/js/shell` is the terminal. Start reading at `interpreter`.
"""
