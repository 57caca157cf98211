"""Settings: flag before variable before default, and nothing misspelt passes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.platform.settings import (
    SETTINGS,
    InvalidSettingError,
    Settings,
    UnknownSettingError,
    load_settings,
    parse_duration,
    parse_size,
)

KEY = "mV1nUQ8Xg0s3kq3rY0mF0b5m0a2c4e6g8i0k2m4o6q8="


def test_without_anything_the_defaults_are_in_force() -> None:
    settings = load_settings({}, {})
    assert (settings.host, settings.port, settings.data_dir) == ("127.0.0.1", 12111, Path("brim-data"))
    assert settings.database_url is None
    assert settings.sandbox_settle_after_s == 1.0


def test_a_flag_wins_over_a_variable_and_a_variable_over_the_default() -> None:
    environ = {"BRIM_PORT": "1000", "BRIM_HOST": "::1"}
    settings = load_settings({"port": "2000", "host": None}, environ)
    assert (settings.port, settings.host) == (2000, "::1")


def test_an_empty_variable_means_the_default() -> None:
    assert load_settings({}, {"BRIM_PORT": ""}).port == 12111


def test_unknown_variables_are_refused_by_name() -> None:
    with pytest.raises(UnknownSettingError, match="BRIM_A, BRIM_PROT"):
        load_settings({}, {"BRIM_PROT": "1", "BRIM_A": "", "OTHER": "1"})


KUBERNETES = {
    "BRIM_SERVICE_HOST": "10.0.0.1",
    "BRIM_SERVICE_PORT": "12111",
    "BRIM_SERVICE_PORT_HTTP": "12111",
    "BRIM_PORT": "tcp://10.0.0.1:12111",
    "BRIM_PORT_12111_TCP": "tcp://10.0.0.1:12111",
    "BRIM_PORT_12111_TCP_PROTO": "tcp",
    "BRIM_PORT_12111_TCP_PORT": "12111",
    "BRIM_PORT_12111_TCP_ADDR": "10.0.0.1",
    "BRIM_API_SERVICE_HOST": "fd00::1",
    "BRIM_API_PORT": "tcp://[fd00::1]:12111",
    "BRIM_API_PORT_12111_TCP_ADDR": "fd00::1",
    "BRIM_DB_2_PORT_5432_UDP": "udp://10.0.0.2:5432",
}
DOCKER_LINKS = {"BRIM_NAME": "/web/brim", "BRIM_ENV_LANG": "C.UTF-8", "BRIM_ENV_EMPTY": ""}


def test_what_a_cluster_tells_of_a_service_called_brim_is_no_setting() -> None:
    assert load_settings({}, KUBERNETES | DOCKER_LINKS) == load_settings({}, {})
    assert load_settings({"port": "80"}, KUBERNETES).port == 80


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("BRIM_SERVICE_HOST", "not/an/address"),
        ("BRIM_SERVICE_PORT", "http"),
        ("BRIM_PORT_12111", "tcp://10.0.0.1:12111"),
        ("BRIM_PORT_12111_TCP", "12111"),
        ("BRIM_API_PORT", "12111"),
        ("BRIM_PORTS", "tcp://10.0.0.1:12111"),
        ("BRIM_NAME", "brim"),
    ],
)
def test_what_only_looks_like_a_service_is_refused(variable: str, text: str) -> None:
    with pytest.raises(UnknownSettingError, match=variable):
        load_settings({}, {variable: text})


@pytest.mark.parametrize("text", ["tcp://", "tcp:/10.0.0.1:80", "https://brim.example:443", "tcp://10.0.0.1"])
def test_a_port_that_is_no_port_nor_a_service_is_refused(text: str) -> None:
    with pytest.raises(InvalidSettingError, match="BRIM_PORT"):
        load_settings({}, {"BRIM_PORT": text})


def test_what_the_supervisor_tells_its_children_is_known() -> None:
    load_settings({}, {"BRIM_INTERNAL_LISTEN_FDS": "3", "BRIM_INTERNAL_ALIVE_FD": "4"})


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("BRIM_PORT", "65536"),
        ("BRIM_PORT", "-1"),
        ("BRIM_PORT", "http"),
        ("BRIM_WORKERS", "0"),
        ("BRIM_WORKERS", "two"),
        ("BRIM_SANDBOX_SETTLE_AFTER", "soon"),
        ("BRIM_SANDBOX_SETTLE_AFTER", "-1s"),
        ("BRIM_VERIFY_EVERY", "0"),
        ("BRIM_SESSION_IDLE", "30"),  # seconds, or minutes?
        ("BRIM_IDLE_TIMEOUT", "1.5"),
        ("BRIM_VERIFY_EVERY", "0.5ms"),
        ("BRIM_KEEP_EVENTS", "29d"),
        ("BRIM_KEEP_IDEMPOTENCY_KEYS", "23h"),
        ("BRIM_KEEP_IDEMPOTENCY_KEYS", "31d"),  # a key may name an event as its reply
        ("BRIM_KEEP_REQUEST_LOGS", "0"),
        ("BRIM_KEEP_ENDED_KEYS", "29d"),
        ("BRIM_KEEP_BANK_TOKENS", "1h"),
        ("BRIM_KEEP_FILE_BYTES", "2195d"),
        ("BRIM_MAX_BODY", "1.5m"),
        ("BRIM_LOG_LEVEL", "loud"),
        ("BRIM_LOG_FORMAT", "xml"),
        ("BRIM_TEST_SECRET_KEY", "sk_live_00000000"),
        ("BRIM_TEST_SECRET_KEY", "sk_test_short"),
        ("BRIM_ENCRYPTION_KEY", "short"),
        ("BRIM_ENCRYPTION_KEY", KEY + ",short"),
        ("BRIM_ENCRYPTION_KEY", KEY + ","),
        *[("BRIM_WEBHOOK_DNS", text) for text in "dns.example 10.0.0.2:x 10.0.0.2:99999 [fd00::2:53 10.0.0.2,".split()],
        *[("BRIM_WEBHOOK_PROXY", text) for text in "proxy:3128 https://p:1 http:// http://p/x http://p:0".split()],
        *[
            ("BRIM_WEBHOOK_PROXY", text)
            for text in "http://p:x http://p?x http://a:b@:1 http://[p] socks5://p:1".split()
        ],
        ("BRIM_WEBHOOK_CA_FILE", "/nowhere"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(variable: str, text: str) -> None:
    with pytest.raises(InvalidSettingError, match=variable):
        load_settings({}, {variable: text})


def test_a_wrong_flag_is_named_as_the_flag() -> None:
    with pytest.raises(InvalidSettingError, match="--port"):
        load_settings({"port": "x"}, {})


def test_a_wrong_secret_is_not_repeated() -> None:
    with pytest.raises(InvalidSettingError) as refusal:
        load_settings({}, {"BRIM_TEST_SECRET_KEY": "sk_live_hidden"})
    assert "sk_live_hidden" not in refusal.value.message


def test_the_password_of_a_proxy_is_not_repeated() -> None:
    with pytest.raises(InvalidSettingError) as refusal:
        load_settings({}, {"BRIM_WEBHOOK_PROXY": "https://jane:hidden@proxy.example"})
    assert "hidden@" not in refusal.value.message


def test_dns_servers_are_read_with_and_without_ports() -> None:
    servers = load_settings({}, {"BRIM_WEBHOOK_DNS": "10.0.0.2, 10.0.0.3:5353,fd00::2,[fd00::3]:5353"}).webhook_dns
    assert servers == ("10.0.0.2", "10.0.0.3:5353", "fd00::2", "[fd00::3]:5353")


def test_encryption_keys_are_read_with_blanks_between_and_never_repeated() -> None:
    settings = load_settings({}, {"BRIM_ENCRYPTION_KEY": f" {KEY} , {KEY}"})
    assert settings.encryption_key == f"{KEY},{KEY}"
    with pytest.raises(InvalidSettingError) as refusal:
        load_settings({}, {"BRIM_ENCRYPTION_KEY": f"{KEY};{KEY}"})
    assert KEY[:8] not in refusal.value.message
    assert refusal.value.message.startswith("BRIM_ENCRYPTION_KEY has a value that cannot be used: it must be ")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("250ms", 0.25), ("1s", 1), ("5m", 300), ("2h", 7200), ("30d", 2_592_000), ("1.5s", 1.5), ("0", 0), (" 3 s ", 3)],
)
def test_durations_are_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(("text", "size"), [("1048576", 1048576), ("512k", 524288), ("1m", 1048576), ("1MiB", 1048576)])
def test_sizes_are_read(text: str, size: int) -> None:
    assert parse_size(text) == size


def test_the_table_has_exactly_the_settings() -> None:
    assert [setting.field for setting in SETTINGS] == list(Settings.__dataclass_fields__)


@pytest.mark.parametrize(
    "url",
    [
        "http://host/x",
        "brim:secret@127.0.0.1",
        "postgresql://brim:secret@host:port/x",
        "postgresql://brim:secret@[::1/x",
        "postgresql://brim:secret@host/x?sslmode=full",
    ],
)
def test_a_database_url_that_the_driver_would_refuse_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(InvalidSettingError, match=r"--database-url .* postgresql:// URL") as refusal:
        load_settings({"database_url": url}, {})
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgres://brim@host/x?sslmode=verify-full",
        "postgresql:///x?host=/run/postgresql",
        "postgresql://brim:a%3Ab@[::1]:5432,other:5433/x",
    ],
)
def test_a_database_url_is_kept_as_it_is(url: str) -> None:
    assert load_settings({"database_url": url}, {}).database_url == url


def test_a_misspelled_setting_is_answered_with_the_closest_one() -> None:
    with pytest.raises(UnknownSettingError, match=r"BRIM_WEBHOOK_TIMOUT\. Did you mean BRIM_WEBHOOK_TIMEOUT\?"):
        load_settings({}, {"BRIM_WEBHOOK_TIMOUT": "1s"})


def test_the_prefix_alone_makes_no_setting_close_to_another() -> None:
    with pytest.raises(UnknownSettingError, match=r"environment: BRIM_FOO\. `brim serve"):
        load_settings({}, {"BRIM_FOO": "1"})


_TEXTS = st.fixed_dictionaries(
    {},
    optional={
        "BRIM_HOST": st.sampled_from(["127.0.0.1", "::1", "localhost"]),
        "BRIM_PORT": st.integers(0, 65535).map(str),
        "BRIM_DATA_DIR": st.sampled_from(["a", "/b/c d"]),
        "BRIM_DATABASE_URL": st.just("postgresql://a:b@c/d?host=/e"),
        "BRIM_WORKERS": st.integers(1, 99).map(str),
        "BRIM_TEST_SECRET_KEY": st.just("sk_test_12345678"),
        "BRIM_WEBHOOK_DNS": st.sampled_from(["10.0.0.2", "10.0.0.2:5353,[fd00::2]:53"]),
        "BRIM_WEBHOOK_PROXY": st.sampled_from(["http://proxy.example:3128", "http://a:b%40@[fd00::2]:8080/"]),
        "BRIM_SESSION_IDLE": st.sampled_from(["30m", "1h"]),
        "BRIM_OIDC_ISSUER": st.sampled_from(["https://id.example/realm", "http://127.0.0.1:8080"]),
        "BRIM_OIDC_DEFAULT_ROLE": st.sampled_from(["viewer", "Admin"]),
        "BRIM_SANDBOX_SETTLE_AFTER": st.integers(0, 10_000).map(lambda number: f"{number}ms"),
        "BRIM_MAX_BODY": st.integers(0, 99).map(lambda number: f"{number}k"),
        "BRIM_LOG_FORMAT": st.sampled_from(["auto", "JSON", "console"]),
    },
)


@given(environ=_TEXTS)
def test_a_child_gets_the_same_settings(environ: dict[str, str]) -> None:
    settings = load_settings({}, environ)
    assert load_settings({}, settings.to_environment()) == settings
