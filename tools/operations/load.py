"""Creates top-ups by the official SDK without its retries until the file `stop` is there, and prints what happened."""

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import stripe

stripe.ca_bundle_path = "/etc/ssl/certs/ca-certificates.crt"
_LONGEST_S = 300.0
_PAUSE_S = 0.05
_THREADS = 4


def main() -> None:
    stop = Path(sys.argv[1])
    deadline = time.monotonic() + _LONGEST_S
    created: list[float] = []
    failed: list[str] = []

    def create() -> None:
        base: Any = {"api": "https://" + os.environ["SITE"]}
        client = stripe.StripeClient(os.environ["KEY"], base_addresses=base, max_network_retries=0)
        while not stop.exists() and time.monotonic() < deadline:
            began = time.monotonic()
            try:
                client.v1.topups.create({"amount": 100, "currency": "usd", "description": "load"})
                created.append(time.monotonic() - began)
            except stripe.StripeError as error:
                failed.append(f"{type(error).__name__}: {error}"[:300])
            time.sleep(_PAUSE_S)

    threads = [threading.Thread(target=create) for _ in range(_THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"created": len(created), "slowest_s": round(max(created), 3), "failed": failed}))


main()
