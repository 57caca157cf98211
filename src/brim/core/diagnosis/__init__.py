"""Diagnosis: what is wrong with a deployment as its database shows it, and what to do about it.

Neighbours: `jobs`, `integrity`, `archiving` and `webhooks` say how they do. The command `brim doctor` adds what only
its host knows. Start reading at `rules`, then `service`.
"""

from brim.core.diagnosis.rules import Finding, Severity, judge_clock, judge_disk, judge_server, worst
from brim.core.diagnosis.service import diagnose

__all__ = ["Finding", "Severity", "diagnose", "judge_clock", "judge_disk", "judge_server", "worst"]
