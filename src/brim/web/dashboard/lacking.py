"""What somebody's role lacks, in words for them: pages ask the API with keys that nobody sees."""

import re
from typing import Final

from brim.core.access import OPERATORS_ONLY, RESOURCES, stripe_permission
from brim.core.operators import Role, permissions_of
from brim.web.dashboard.wording import RESOURCE_WORDS

MISSING_PERMISSION: Final = re.compile(r"Having the '(rak_\w+)' permission would allow")
"""By which the API names the permission that a key lacks."""


_PERMISSIONS: Final = {
    stripe_permission(resource, level): (resource, level)
    for resource in (*RESOURCES, *OPERATORS_ONLY)
    for level in ("read", "write")
}


def lacking(role: Role, permission: str, *, livemode: bool) -> str:
    """Return which role somebody has and which ones may do what they tried, such as `rak_topup_write`."""
    resource, level = _PERMISSIONS[permission]
    enough = {"write"} if level == "write" else {"read", "write"}
    able = [each.value for each in Role if permissions_of(each, livemode=livemode).get(resource, "none") in enough]
    words = RESOURCE_WORDS.get(resource, resource.replace("_", " ")).partition(":")[0]
    words = words if words[:2].isupper() else words[0].lower() + words[1:]
    what = f"{'change' if level == 'write' else 'see'} {words}"
    mode = "live" if livemode else "test"
    sentence = f"Your role is {role.value}, which can't {what} in {mode} mode."
    return f"{sentence} Ask an operator with the {' or '.join(able)} role." if able else sentence
