"""A store that speaks S3: moto plays one in a thread of ours, or SeaweedFS is one (`make s3-seaweedfs`)."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.polling import until
from tests.support.ports import free_ports

_SEAWEEDFS: Final = "S3_SEAWEEDFS"
"""Names the program `weed`, if it is to be the store."""

_PORTS: Final = [f"{part}.port{kind}" for part in ("master", "volume", "filer", "s3") for kind in ("", ".grpc")]


@contextmanager
def s3_environment(bucket: str) -> Iterator[dict[str, str]]:
    """Yield the variables by which boto3 reaches a store with a bucket; skip where nothing can play it."""
    boto3 = pytest.importorskip("boto3", reason="boto3 is not installed (make install)")
    program = os.environ.get(_SEAWEEDFS)
    with _seaweedfs(program) if program else _moto() as url:
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "testtest"}
        client = boto3.client("s3", endpoint_url=url, region_name="us-east-1", **keys)
        until(lambda: _has_made(client, bucket), what=f"a bucket at {url}")
        yield {
            "AWS_ENDPOINT_URL_S3": url,
            "AWS_ACCESS_KEY_ID": keys["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": keys["aws_secret_access_key"],
            "AWS_DEFAULT_REGION": "us-east-1",
        }


def _has_made(client: Any, bucket: str) -> bool:
    """Make a bucket, and tell whether the store was ready for it."""
    with suppress(Exception):
        client.create_bucket(Bucket=bucket)
    with suppress(Exception):
        client.head_bucket(Bucket=bucket)
        return True
    return False


@contextmanager
def _moto() -> Iterator[str]:
    moto = pytest.importorskip("moto.server", reason="moto and flask are not installed (make install)")
    server = moto.ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@contextmanager
def _seaweedfs(program: str) -> Iterator[str]:
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="brim-seaweedfs-")))
        identity = {
            "name": "brim",
            "credentials": [{"accessKey": "test", "secretKey": "testtest"}],
            "actions": ["Admin", "Read", "Write", "List"],
        }
        (folder / "s3.json").write_text(json.dumps({"identities": [identity]}), encoding="utf-8")
        ports = dict(zip(_PORTS, free_ports(len(_PORTS)), strict=True))
        fixed = {"ip": "127.0.0.1", "ip.bind": "127.0.0.1", "dir": folder, "master.telemetry": "false"}
        more = {"s3": "true", "s3.config": folder / "s3.json", "volume.max": "20", "master.volumeSizeLimitMB": "64"}
        arguments = [f"-{name}={value}" for name, value in {**fixed, **more, **ports}.items()]
        log = opened.enter_context((folder / "log").open("wb"))
        process = opened.enter_context(
            subprocess.Popen([program, "server", *arguments], stdout=log, stderr=log, cwd=folder)
        )
        try:
            yield f"http://127.0.0.1:{ports['s3.port']}"
        finally:
            process.terminate()
            process.wait(30)
