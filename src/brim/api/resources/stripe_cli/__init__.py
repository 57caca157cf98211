"""The official command line: its websocket, and its pairing with a browser.

Source: version 1.52.0 of the CLI as observed. Start reading at `handlers`.
"""
