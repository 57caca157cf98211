"""Runs one API process whose pages believe a cookie: `python page_server.py DATABASE_URL PORT ENCRYPTION_KEY`."""

import os
import sys

from brim.host.api_process import run_api
from brim.host.listener import listener_url, open_listener
from brim.platform.settings import load_settings
from tests.support.signing import CookieSessions

if __name__ == "__main__":
    database_url, port, encryption_key = sys.argv[1:]
    flags = {"database_url": database_url, "port": port, "encryption_key": encryption_key}
    settings = load_settings(flags, os.environ)
    with open_listener(settings.host, settings.port) as listener:
        run_api(settings, [listener], None, own_url=listener_url(listener), sessions=CookieSessions())
