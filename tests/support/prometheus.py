"""A Prometheus that runs, and what it answers."""

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any


class Prometheus:
    """A Prometheus at a URL."""

    def __init__(self, url: str) -> None:
        self._url = url

    def query(self, expression: str) -> list[Any] | None:
        """Return what an expression gives now; None while nothing answers.

        Raises:
            AssertionError: it cannot be read.
        """
        asked = f"{self._url}/api/v1/query?{urllib.parse.urlencode({'query': expression})}"
        try:
            with urllib.request.urlopen(asked, timeout=60) as reply:
                found: list[Any] = json.load(reply)["data"]["result"]
                return found
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 503:  # it is starting
                    return None
                raise AssertionError(f"{expression}: {error.read().decode()}") from None
        except OSError:
            return None
