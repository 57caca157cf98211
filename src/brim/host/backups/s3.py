"""Objects in a store that speaks S3: Amazon's, or one of the many others.

Credentials and region come from where boto3 takes them (`AWS_ACCESS_KEY_ID`, `AWS_PROFILE`, a role of the machine), a
store that is not Amazon's from `AWS_ENDPOINT_URL_S3`.
"""

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any, Final, cast

from brim.host.backups.stores import (
    S3_SCHEME,
    ObjectExistsError,
    ObjectMissingError,
    Pieces,
    StoredObject,
    StoreError,
    Tally,
    Written,
    counted,
)
from brim.platform.sealing import Readable

_PART_BYTES: Final = 64 * 1024 * 1024
"""A store takes 10,000 parts of one object, so this allows 640 GB; two are in memory at a time."""
_SMALL_BYTES: Final = 32 * 1024 * 1024
_CONNECT_WITHIN_S: Final = 5
_ANSWER_WITHIN_S: Final = 20
_TRIES: Final = 2
"""PostgreSQL tries again by itself, and a stop of the service waits for the try under way."""

_UNFINISHED_AFTER_MS: Final = 24 * 60 * 60 * 1000
_MISSING: Final = frozenset({"NoSuchKey", "404"})
_EXISTS: Final = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})


class S3Store:
    """A bucket, or the names in it that begin with a prefix."""

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix
        self.place = f"{S3_SCHEME}{bucket}/{prefix}".rstrip("/")

    @classmethod
    def from_text(cls, text: str) -> "S3Store":
        """Return the store of `s3://bucket/prefix`.

        Raises:
            StoreError: boto3 is not installed, or finds no region or the like.
        """
        try:
            import boto3  # noqa: PLC0415  an extra
            import botocore.config  # noqa: PLC0415
            import botocore.exceptions  # noqa: PLC0415
        except ImportError:
            raise StoreError(text, 'boto3 is not installed: pip install "brim[s3]".') from None
        config = botocore.config.Config(
            connect_timeout=_CONNECT_WITHIN_S,
            read_timeout=_ANSWER_WITHIN_S,
            retries={"total_max_attempts": _TRIES, "mode": "standard"},
        )
        bucket, _, prefix = text.removeprefix(S3_SCHEME).partition("/")
        prefix = prefix.strip("/")
        try:
            client = boto3.client("s3", config=config)
        except (botocore.exceptions.BotoCoreError, ValueError) as error:
            raise StoreError(text, f"{error}.") from error
        return cls(client, bucket, f"{prefix}/" if prefix else "")

    def put(self, name: str, content: Iterable[bytes]) -> Written:
        """Store a new object; a large one in parts, which become an object with the last of them."""
        tally = Tally()
        stream = Pieces(counted(content, tally))
        beginning = stream.read(_SMALL_BYTES)
        with self._told(name):
            if len(beginning) < _SMALL_BYTES:
                # The condition makes the store refuse a second object of the name, whoever comes first.
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=self._prefix + name,
                    Body=beginning,
                    IfNoneMatch="*",
                    ChecksumAlgorithm="SHA256",
                )
            else:
                self._put_in_parts(name, beginning, stream)
        return tally.written

    def _put_in_parts(self, name: str, beginning: bytes, stream: Pieces) -> None:
        key: dict[str, Any] = {"Bucket": self._bucket, "Key": self._prefix + name}
        upload = self._client.create_multipart_upload(**key, ChecksumAlgorithm="SHA256")["UploadId"]
        try:
            parts: list[dict[str, Any]] = []
            part = beginning + stream.read(_PART_BYTES - len(beginning))
            while part:
                number = len(parts) + 1
                done = self._client.upload_part(
                    **key, UploadId=upload, PartNumber=number, Body=part, ChecksumAlgorithm="SHA256"
                )
                parts.append({"PartNumber": number, "ETag": done["ETag"], "ChecksumSHA256": done["ChecksumSHA256"]})
                part = stream.read(_PART_BYTES)
            self._client.complete_multipart_upload(
                **key, UploadId=upload, MultipartUpload={"Parts": parts}, IfNoneMatch="*"
            )
        except BaseException:
            with contextlib.suppress(Exception):
                self._client.abort_multipart_upload(**key, UploadId=upload)
            raise

    @contextlib.contextmanager
    def open(self, name: str) -> Iterator[Readable]:
        """Give an object's bytes to read."""
        with self._told(name):
            body = self._client.get_object(Bucket=self._bucket, Key=self._prefix + name)["Body"]
        with contextlib.closing(body), self._told(name):
            yield cast("Readable", body)

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Yield the objects whose names begin so."""
        with self._told(prefix):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix + prefix):
                for item in page.get("Contents", ()):
                    name = item["Key"].removeprefix(self._prefix)
                    yield StoredObject(name, item["Size"], round(item["LastModified"].timestamp() * 1000))

    def remove(self, name: str) -> None:
        """Remove an object."""
        with self._told(name):
            self._client.delete_object(Bucket=self._bucket, Key=self._prefix + name)

    def remove_unfinished(self, *, now_ms: int) -> int:
        """Give up uploads in parts that nobody has finished for a day; the store charges for their parts."""
        removed = 0
        with self._told(self._prefix):
            pages = self._client.get_paginator("list_multipart_uploads")
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix):
                for upload in page.get("Uploads", ()):
                    if upload["Initiated"].timestamp() * 1000 < now_ms - _UNFINISHED_AFTER_MS:
                        self._client.abort_multipart_upload(
                            Bucket=self._bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                        )
                        removed += 1
        return removed

    @contextlib.contextmanager
    def _told(self, name: str) -> Iterator[None]:
        """Raise boto3's errors as the store's own."""
        import botocore.exceptions  # noqa: PLC0415  an extra, which is there by now

        try:
            yield
        except botocore.exceptions.ClientError as error:
            code = str(error.response.get("Error", {}).get("Code"))
            if code in _MISSING:
                raise ObjectMissingError(name) from None
            if code in _EXISTS:
                raise ObjectExistsError(name) from None
            raise StoreError(self.place, f"{error}.") from error
        except botocore.exceptions.BotoCoreError as error:
            raise StoreError(self.place, f"{error}.") from error
