"""Runs nginx and Caddy with the configurations of docs/proxies.md, on a free port and in a temporary folder."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from tests.support.certificates import self_signed
from tests.support.node import do_without
from tests.support.polling import until

_DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "proxies.md"
_BRIM: Final = "127.0.0.1:12111"
_HOST: Final = "127.0.0.1"
_NOBODY: Final = 65534


class Proxy(NamedTuple):
    """A kind of proxy: its language in the document, and what makes a command of a folder, a configuration, a port."""

    name: str
    prepare: Callable[[Path, str, int], Sequence[str]]


@contextmanager
def running_proxy(
    proxy: Proxy, *, brim_url: str, port: int, changed: tuple[str, str] | None = None, as_nobody: bool = False
) -> Iterator[Path]:
    """Run a proxy in front of Brim; yield the file with the certificate that vouches for the proxy's.

    Args:
        proxy: which.
        brim_url: where Brim is.
        port: of 127.0.0.1, to listen on.
        changed: a text of the document's configuration, and what stands in its place.
        as_nobody: run it as another user than root.
    """
    if shutil.which(proxy.name) is None:
        do_without(f"there is no {proxy.name} on this machine")
    text = replaced(documented(proxy.name), {_BRIM: urlsplit(brim_url).netloc})
    if changed:
        text = replaced(text, dict([changed]))
    user = _NOBODY if as_nobody else os.geteuid()
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        command = proxy.prepare(folder, text, port)
        for path in (folder, *folder.iterdir()):
            os.chown(path, user, -1)
        with _started(command, folder, user) as process:
            yield until(lambda: _authority(process, folder, port), what=f"{proxy.name} to answer")


def documented(language: str) -> str:
    """Return the document's block in a language."""
    [found] = re.findall(rf"```{language}\n(.*?)```", _DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


def replaced(text: str, changes: Mapping[str, str]) -> str:
    """Return a text with others in place of some of it, each of which must be there."""
    for old, new in changes.items():
        assert old in text, f"{old!r} is not in the document's configuration"
        text = text.replace(old, new)
    return text


@contextmanager
def _started(command: Sequence[str], folder: Path, user: int) -> Iterator["subprocess.Popen[bytes]"]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            env={**environment, "XDG_CONFIG_HOME": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=user if user != os.geteuid() else None,
            extra_groups=[] if user != os.geteuid() else None,
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _authority(process: "subprocess.Popen[bytes]", folder: Path, port: int) -> Path | None:
    """Return the file that makes a client trust the proxy, once it answers one."""
    assert process.poll() is None, (folder / "log").read_text(encoding="utf-8")
    by_caddy = folder / "caddy/pki/authorities/local/root.crt"
    authority = by_caddy if by_caddy.exists() else folder / "server.pem"
    try:
        context = ssl.create_default_context(cafile=authority)
        with socket.create_connection((_HOST, port)) as plain, context.wrap_socket(plain, server_hostname=_HOST):
            return authority
    except OSError:  # not there yet; a failed handshake is one, too
        return None


def _prepare_nginx(folder: Path, text: str, port: int) -> Sequence[str]:
    """Write the configuration that includes the document's, with temporary folders and a certificate of our own."""
    self_signed(folder)
    pem = str(folder / "server.pem")
    server = {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "/etc/ssl/pay.example.com.crt": pem,
        "/etc/ssl/pay.example.com.key": pem,
    }
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    user = "user root root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}daemon off;\npid {folder}/pid;\nerror_log stderr;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}{replaced(text, server)}}}\n"
    )
    return ["nginx", "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]


def _prepare_caddy(folder: Path, text: str, port: int) -> Sequence[str]:
    """Write the configuration that includes the document's; Caddy vouches for itself, as no public authority does."""
    options = "{\nadmin off\nlocal_certs\nskip_install_trust\nauto_https disable_redirects\ndefault_sni 127.0.0.1\n}\n"
    site = {"pay.example.com {": f"https://127.0.0.1:{port} {{\nbind 127.0.0.1"}
    (folder / "Caddyfile").write_text(options + replaced(text, site))
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


NGINX: Final = Proxy("nginx", _prepare_nginx)
CADDY: Final = Proxy("caddy", _prepare_caddy)
