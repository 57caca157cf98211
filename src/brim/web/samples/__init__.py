"""Code that asks for an operation, in nine languages, from one description of the call.

`sample` says what is asked, `languages` which languages there are; each language is a module whose `write` returns the
text. Tests run those of cURL, the CLI, Node.js and Python against a live service.
"""
