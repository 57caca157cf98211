"""Diagnosis: what is wrong with a deployment as its database shows it, and what to do about it.

Neighbours: `jobs`, `integrity`, `archiving` and `webhooks` say how they do. The command `brim doctor` adds what only
its host knows. Start reading at `rules`, then `service`.
"""

from brim.core.diagnosis.rules import Finding, Severity, fail, fine, judge_disk, warn, worst
from brim.core.diagnosis.service import diagnose
from brim.core.diagnosis.store import read_server

__all__ = ["Finding", "Severity", "diagnose", "fail", "fine", "judge_disk", "read_server", "warn", "worst"]
