"""Where settings come from: flag before variable before file, secrets from files and commands, and clear refusals."""

import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from brim.base.json_codec import decode
from brim.cli.root import cli
from brim.platform.setting_sources import (
    ConfigFile,
    ConfigFileError,
    SecretSourceError,
    SettingNames,
    TwoSourcesError,
    find_text,
)
from brim.platform.settings import SETTINGS, load_settings

PORT = SettingNames("port", "--port", "BRIM_PORT", "port", is_secret=False)
KEY = "mV1nUQ8Xg0s3kq3rY0mF0b5m0a2c4e6g8i0k2m4o6q8="
SECRET = "never-in-a-message"
PRINTS = f"{sys.executable} -c"


def file_of(folder: Path, text: str) -> Path:
    path = folder / "brim.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def load(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> object:
    return load_settings({"config": str(file_of(folder, text))}, environ or {})


@given(
    flag=st.none() | st.integers(1, 9).map(str),
    variable=st.none() | st.integers(11, 19).map(str),
    in_file=st.none() | st.integers(21, 29),
)
def test_a_flag_wins_over_a_variable_and_a_variable_over_the_file(
    flag: str | None, variable: str | None, in_file: int | None
) -> None:
    file = ConfigFile(Path("brim.toml"), {} if in_file is None else {"port": in_file})
    found = find_text(PORT, flag, {} if variable is None else {"BRIM_PORT": variable}, file)
    expected = next((str(text) for text in (flag, variable, in_file) if text is not None), None)
    assert (found.text if found else None) == expected


def test_a_file_gives_every_kind_of_value(tmp_path: Path) -> None:
    settings = load_settings(
        {
            "config": str(
                file_of(
                    tmp_path,
                    'port = 80\nrehearsal = true\nhost = "::1"\nidle_timeout = "2m"\nread_timeout = "1.5s"\n'
                    'trusted_proxies = ["10.0.0.0/8", "fd00::/8"]\n',
                )
            )
        },
        {},
    )
    assert (settings.port, settings.rehearsal, settings.host) == (80, True, "::1")
    assert (settings.idle_timeout_s, settings.read_timeout_s, len(settings.trusted_proxies)) == (120.0, 1.5, 2)


def test_the_environment_may_name_the_file(tmp_path: Path) -> None:
    assert load_settings({}, {"BRIM_CONFIG": str(file_of(tmp_path, "port = 80"))}).port == 80
    assert load_settings({}, {"BRIM_CONFIG": ""}).port == 12111


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("prot = 1", "no setting prot. Do you mean port"),
        ("port = ", "Invalid value"),
        ("port = 1979-05-27", "port takes a string, a number"),
        ('port = { file = "/x" }', "port takes no table"),
        ("encryption_key = { file = 1 }", "encryption_key takes"),
        ('encryption_key = { file = "/x", command = ["y"] }', "encryption_key takes"),
        ("encryption_key = { command = [] }", "encryption_key takes"),
        ("encryption_key = {}", "encryption_key takes"),
        ("trusted_proxies = [1]", "trusted_proxies takes"),
        ("\udcff", "cannot be used"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "brim.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigFileError, match=says):
        load_settings({"config": str(path)}, {})


def test_a_missing_file_is_named() -> None:
    with pytest.raises(ConfigFileError, match=r"/nowhere/brim\.toml cannot be used: No such file"):
        load_settings({"config": "/nowhere/brim.toml"}, {})


def test_a_wrong_value_in_the_file_is_named_by_its_key(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="max_body cannot be 'huge'"):
        load(tmp_path, 'max_body = "huge"')


def test_a_secret_comes_from_a_file_or_a_command(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text(KEY + "\n", encoding="utf-8")
    command = [sys.executable, "-c", f"print('{KEY}')"]
    texts = (
        load_settings({}, {"BRIM_ENCRYPTION_KEY_FILE": str(secret)}),
        load_settings({}, {"BRIM_ENCRYPTION_KEY_COMMAND": f"{PRINTS} 'print(\"{KEY}\")'"}),
        load_settings({"config": str(file_of(tmp_path, f'encryption_key = {{ file = "{secret}" }}'))}, {}),
        load_settings({"config": str(file_of(tmp_path, f"encryption_key = {{ command = {command} }}"))}, {}),
    )
    assert {settings.encryption_key for settings in texts} == {KEY}


def test_a_command_sees_no_other_secret() -> None:
    prints = (
        "import os; print('sk_test_' + ''.join(str(len(n)) for n in os.environ if n.startswith('BRIM_')) + 'x' * 9)"
    )
    environ = {"BRIM_TEST_SECRET_KEY_COMMAND": f"{PRINTS} {prints!r}", "BRIM_ENCRYPTION_KEY": KEY}
    with pytest.MonkeyPatch.context() as patched:
        for name, value in environ.items():
            patched.setenv(name, value)
        assert load_settings({}).test_secret_key == "sk_test_xxxxxxxxx"


@pytest.mark.parametrize(
    ("variable", "text", "says"),
    [
        ("BRIM_DATABASE_URL_FILE", "/nowhere", "/nowhere cannot be read: No such file"),
        ("BRIM_DATABASE_URL_FILE", "/dev/null", "/dev/null is empty"),
        ("BRIM_DATABASE_URL_COMMAND", "/nowhere/program", "cannot be run"),
        ("BRIM_DATABASE_URL_COMMAND", "false", "false exited with 1"),
        ("BRIM_DATABASE_URL_COMMAND", "true", "true has printed nothing"),
        ("BRIM_DATABASE_URL_COMMAND", "'", "the command cannot be read"),
        ("BRIM_DATABASE_URL_COMMAND", " ", "the command is empty"),
        ("BRIM_DATABASE_URL_COMMAND", r"printf '\377'", "printed something that isn't text"),
    ],
)
def test_a_secret_that_cannot_be_had_says_why(variable: str, text: str, says: str) -> None:
    with pytest.raises(SecretSourceError, match=f"{variable}: .*{says}"):
        load_settings({}, {variable: text})


def test_two_sources_of_one_secret_in_the_environment_are_refused() -> None:
    environ = {"BRIM_DATABASE_URL": f"postgresql://u:{SECRET}@h/d", "BRIM_DATABASE_URL_FILE": "/x"}
    with pytest.raises(TwoSourcesError, match="BRIM_DATABASE_URL and BRIM_DATABASE_URL_FILE") as refusal:
        load_settings({}, environ)
    assert SECRET not in refusal.value.message


def test_only_secrets_have_such_variables() -> None:
    with pytest.raises(Exception, match="Unknown setting in the environment: BRIM_PORT_FILE"):
        load_settings({}, {"BRIM_PORT_FILE": "/x"})


def test_show_tells_every_setting_with_its_source_and_no_secret(tmp_path: Path) -> None:
    path = file_of(tmp_path, f'webhook_proxy = "http://u:{SECRET}@proxy:3128"\nport = 80\n')
    shown = CliRunner().invoke(
        cli, ["config", "show", "--json", "--config", str(path), "--host", "::1"], env={"BRIM_WORKERS": "3"}
    )
    rows = {row["setting"]: (row["value"], row["source"]) for row in decode(shown.stdout)}
    assert shown.exit_code == 0
    assert rows.keys() == {setting.key for setting in SETTINGS}
    assert rows["port"] == ("80", f"file {path}")
    assert rows["host"] == ("::1", "flag --host")
    assert rows["workers"] == ("3", "variable BRIM_WORKERS")
    assert rows["session_life"] == ("12h", "default")
    assert rows["webhook_proxy"] == ("(hidden)", f"file {path}")
    assert SECRET not in shown.output
    table = CliRunner().invoke(cli, ["config", "show", "--config", str(path)])
    assert len(table.stdout.splitlines()) == len(SETTINGS)
    assert SECRET not in table.output


def test_check_names_every_problem_at_once(tmp_path: Path) -> None:
    path = file_of(tmp_path, 'prot = 1\nsesion_idle = "30m"\nport = "x"\nmax_body = "huge"\n')
    checked = CliRunner().invoke(
        cli, ["config", "check", "--config", str(path)], env={"BRIM_PROT": "1", "BRIM_DATABASE_URL_FILE": "/nowhere"}
    )
    assert checked.exit_code == 1
    told = [line for line in checked.stderr.splitlines() if line.startswith("Error: ")]
    expected = ("BRIM_PROT", "no setting prot", "Do you mean session_idle?", "port", "/nowhere", "max_body")
    assert [part in line for part, line in zip(expected, told, strict=True)] == [True] * 6


def test_check_compares_settings_with_each_other(tmp_path: Path) -> None:
    path = file_of(tmp_path, 'oidc_issuer = "https://id.example"')
    checked = CliRunner().invoke(cli, ["config", "check", "--config", str(path)])
    assert (checked.exit_code, "BRIM_OIDC_CLIENT_ID" in checked.stderr) == (1, True)


def test_check_warns_of_secrets_that_others_can_read(tmp_path: Path) -> None:
    path = file_of(tmp_path, 'test_secret_key = "sk_test_abcdefgh"')
    quiet = CliRunner().invoke(cli, ["config", "check", "--config", str(path)])
    assert (quiet.exit_code, quiet.stderr, quiet.stdout) == (0, "", "The configuration is valid.\n")
    path.chmod(stat.S_IRUSR | stat.S_IRGRP)
    warned = CliRunner().invoke(
        cli, ["config", "check", "--config", str(path), "--webhook-proxy", "http://u:p@proxy:3128"]
    )
    assert (warned.exit_code, warned.stderr.count("Warning: ")) == (0, 2)
    assert os.fspath(path) in warned.stderr
