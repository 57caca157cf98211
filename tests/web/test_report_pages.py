"""The pages of reports: run one for a month, look at its figures, and download its files."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from brim.core.reports import read_public_key, verify_report
from tests.support.page_visitors import Person, text_of
from tests.support.polling import until
from tests.support.wire import Wire


def test_a_month_is_closed_on_the_pages(wire: Wire, person: Person, tmp_path: Path) -> None:
    wire.create(amount=4_200)
    assert "No reports yet" in person.read("/test/reports")
    page = person.visit("/test/reports").body.decode()
    last_month = (datetime.now(UTC).replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    assert f'value="{last_month}"' in page
    # A zone ahead of UTC, where the month is over by the time it is in UTC.
    form = {"report_type": "brim.balance.summary.1", "month": last_month, "timezone": "Africa/Nairobi"}
    for changes, sentence in (
        ({"timezone": "Mars"}, "IANA time zone"),
        ({"month": "soon"}, "Enter a month"),
        ({"month": "2099-01"}, "Choose a completed month"),
    ):
        refused = person.send("/test/reports", "/test/reports", {**form, **changes})
        assert refused.status == 400
        assert sentence in text_of(refused)
    made = person.send("/test/reports", "/test/reports", form)
    assert made.status == 303
    (run,) = wire.get("/v1/reporting/report_runs").json["data"]
    until(lambda: wire.get(f"/v1/reporting/report_runs/{run['id']}").json["brim"], what="the report to be made")
    assert "Files" in person.read(f"/test/reports/{run['id']}")
    shown = person.visit(f"/test/reports/{run['id']}").body.decode()
    assert (datetime.now(UTC).replace(day=1) - timedelta(days=1)).strftime("%B %Y") in shown
    names = re.findall(rf'href="/test/reports/{run["id"]}/([^"]+)"', shown)
    assert len(names) == 4
    for name in names:
        (tmp_path / name).write_bytes(person.visit(f"/test/reports/{run['id']}/{name}").body)
    pem = person.visit("/test/reports/key.pem").body
    verify_report(tmp_path / f"{run['id']}.manifest.json", read_public_key(pem, name="key"))
    assert person.visit(f"/test/reports/{run['id']}/other.csv").status == 404
    assert "Balance summary by account and category" in person.read("/test/reports")
