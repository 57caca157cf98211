"""What a role lacks is said by roles; no permission of a key is named."""

import pytest

from brim.api.framework.errors import PermissionMissingError
from brim.core.operators import Role
from brim.web.dashboard.lacking import MISSING_PERMISSION, lacking


@pytest.mark.parametrize(
    ("role", "resource", "livemode", "what", "able"),
    [
        (Role.VIEWER, "topups", False, "top-ups in test mode", "admin or developer"),
        (Role.DEVELOPER, "ach", True, "live money in live mode", "finance"),
    ],
)
def test_a_role_is_told_which_ones_may(role: Role, resource: str, what: str, able: str, *, livemode: bool) -> None:
    refusal = PermissionMissingError("rk_live_abcd...wxyz", "acct_1", resource, "write").message
    missing = MISSING_PERMISSION.search(refusal)
    assert missing
    assert lacking(role, missing[1], livemode=livemode) == (
        f"Your role is {role}, which can't change {what}. Ask an operator with the {able} role."
    )
