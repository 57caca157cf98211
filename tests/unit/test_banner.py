"""What `brim serve` prints when it is ready."""

from brim.base.public_url import PublicUrl
from brim.host.supervisor import banner

LOCAL = "http://127.0.0.1:12111"


def test_people_are_told_the_public_url_and_where_the_server_listens() -> None:
    public = PublicUrl("https://pay.example.test", "/brim")
    lines = banner(LOCAL, "sk_test_1", unix_socket=None, first_run_token="t", public=public).splitlines()
    assert "  URL        https://pay.example.test/brim" in lines
    assert f"  Listening  {LOCAL}" in lines
    assert any("https://pay.example.test/brim/first-run?token=t" in line for line in lines)
    assert lines[-1].startswith("  curl https://pay.example.test/brim/v1/topups ")


def test_without_a_public_url_there_is_one_address() -> None:
    text = banner(LOCAL, "sk_test_1", unix_socket=None, first_run_token=None)
    assert f"  URL        {LOCAL}\n  Test key " in text
    assert "Listening" not in text
