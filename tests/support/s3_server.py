"""A store that speaks S3, which moto plays in a thread of ours."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def s3_environment(bucket: str) -> Iterator[dict[str, str]]:
    """Yield the variables by which boto3 reaches a store with a bucket; skip where nothing can play it."""
    reason = "no S3 to try: boto3, moto and flask are not installed (make install)"
    moto = pytest.importorskip("moto.server", reason=reason)
    boto3 = pytest.importorskip("boto3", reason=reason)
    server = moto.ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        boto3.client(
            "s3",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        ).create_bucket(Bucket=bucket)
        yield {
            "AWS_ENDPOINT_URL_S3": url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
    finally:
        server.stop()
