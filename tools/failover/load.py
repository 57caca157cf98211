"""Creates top-ups until a file is there, and writes each attempt and its answer as a line of JSON.

`python load.py URL KEY HISTORY STOP`. A client sends the same Idempotency-Key until it has an answer, as the official
SDKs do, only longer; when told to stop, it still gets the answer to what it has sent. Uses the standard library alone,
because it runs on a host of the drill.
"""

import itertools
import json
import sys
import threading
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode, urlsplit

CLIENTS = 8
PAUSE_S = 0.15
"""Between two creates of a client: two cores run the whole cluster."""

TIMEOUT_S = 40.0
FIRST_REST_S, LONGEST_REST_S = 0.25, 1.0
GIVE_UP_S = 120.0
AGAIN = {0, 409, 429, 500, 502, 503, 504}


class Client:
    """One client with one connection."""

    def __init__(self, url: str, key: str, history: "History") -> None:
        self._place = urlsplit(url).netloc
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-www-form-urlencoded"}
        self._history = history
        self._connection = HTTPConnection(self._place, timeout=TIMEOUT_S)

    def create(self, key: str, amount: int) -> None:
        """Create one top-up, however many attempts that takes."""
        form = urlencode({"amount": amount, "currency": "usd", "description": "drill", "metadata[key]": key})
        rest, deadline = FIRST_REST_S, time.monotonic() + GIVE_UP_S
        while True:
            began = time.monotonic()
            status, topup = self._attempt(form, key)
            self._history.write([key, amount, began, time.monotonic(), status, topup])
            if status not in AGAIN or time.monotonic() > deadline:
                return
            time.sleep(rest)
            rest = min(2 * rest, LONGEST_REST_S)

    def _attempt(self, form: str, key: str) -> tuple[int, str | None]:
        try:
            self._connection.request("POST", "/v1/topups", form, {**self._headers, "Idempotency-Key": key})
            answer = self._connection.getresponse()
            body = answer.read()
        except (OSError, HTTPException):
            self._connection.close()
            return 0, None
        return answer.status, json.loads(body)["id"] if answer.status == 200 else None


class History:
    """The file of all clients."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1)
        self._lock = threading.Lock()

    def write(self, row: list[object]) -> None:
        """Append one line."""
        with self._lock:
            self._file.write(json.dumps(row) + "\n")


def main() -> None:
    """Run the clients."""
    url, api_key, path, stop = sys.argv[1:]
    history, numbers = History(Path(path)), itertools.count()

    def run() -> None:
        client = Client(url, api_key, history)
        while not Path(stop).exists():
            number = next(numbers)
            client.create(f"drill-{number}", 100 + number % 900)
            time.sleep(PAUSE_S)

    threads = [threading.Thread(target=run) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


main()
