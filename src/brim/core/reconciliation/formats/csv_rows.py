"""The rows of a CSV file, in bounded memory, once its bytes are known to be of the encoding that was named."""

import codecs
import csv
import io
from collections.abc import Iterator
from typing import Final

from brim.core.reconciliation.formats.csv_mapping import MAX_COLUMNS, Encoding
from brim.core.reconciliation.formats.limits import MAX_ITEMS, MAX_LINE, LineTooLongError, TooManyItemsError

_UTF8_MARK: Final = b"\xef\xbb\xbf"
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_PIECE: Final = 1 << 16
_CODECS: Final = {
    Encoding.UTF_8: "utf-8-sig",
    Encoding.WINDOWS_1252: "cp1252",
    Encoding.LATIN_1: "latin-1",
    Encoding.UTF_16: "utf-16",
}


class UnreadableRowError(Exception):
    """The file cannot be divided into rows: `code` is for programs, `where` names the line, the text is a sentence."""

    def __init__(self, code: str, where: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.where = where


def rows_of(content: bytes, encoding: Encoding, delimiter: str) -> Iterator[list[str]]:
    """Yield the rows of a file, blank ones too, with their cells stripped of spaces.

    Raises:
        UnreadableRowError: the bytes are of another encoding, or the quotes do not close.
        LimitError: a row is longer, or there are more, than is read.
    """
    lines = _Lines(content, _codec_of(content, encoding))
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    try:
        for number, row in enumerate(reader, 1):
            if number > MAX_ITEMS:
                raise TooManyItemsError
            if len(row) > MAX_COLUMNS:
                raise UnreadableRowError("csv_columns", f"row {number}", f"It has more than {MAX_COLUMNS} columns.")
            yield [cell.strip() for cell in row]
            lines.row_size = 0
    except csv.Error as error:
        sentence = f"The quotes of the row that ends there cannot be read: {error}."
        raise UnreadableRowError("csv_quotes", f"line {lines.number}", sentence) from None


class _Lines:
    """The lines of a file. `row_size` is how many characters were read of the row that the reader is at."""

    def __init__(self, content: bytes, codec: str) -> None:
        self._text = io.TextIOWrapper(io.BytesIO(content), encoding=codec, newline="")
        self.number = 0
        self.row_size = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(MAX_LINE + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self.row_size += len(line)
        if self.row_size > MAX_LINE:
            raise LineTooLongError(self.number)
        if "\0" in line:
            sentence = "It has a NUL character. The file may be UTF-16, or no text at all."
            raise UnreadableRowError("csv_encoding", f"line {self.number}", sentence)
        return line


def _codec_of(content: bytes, encoding: Encoding) -> str:
    """Return the codec that reads all of a file.

    Raises:
        UnreadableRowError: the file is of another encoding; where that is certain, the sentence names it.
    """
    marked = Encoding.UTF_8 if content.startswith(_UTF8_MARK) else None
    marked = Encoding.UTF_16 if content.startswith(_UTF16_MARKS) else marked
    if marked is not None and marked is not encoding:
        raise _other_encoding("line 1", f"The file begins with the mark of {marked}", encoding)
    codec = _CODECS[encoding]
    if encoding is Encoding.UTF_16 and marked is None:
        codec = "utf-16-be" if content[:1] == b"\0" else "utf-16-le"
    wrong = _first_wrong_byte(content, codec)
    if wrong is not None:
        where = f"line {content.count(bytes([10]), 0, wrong) + 1}"
        raise _other_encoding(where, f"The byte 0x{content[wrong]:02X} is not of {encoding}", encoding)
    is_single_byte = encoding in (Encoding.WINDOWS_1252, Encoding.LATIN_1)
    if is_single_byte and not content.isascii() and _first_wrong_byte(content, "utf-8") is None:
        raise _other_encoding("file", "The file is in utf-8", encoding)
    if encoding is Encoding.LATIN_1 and any(byte in content for byte in range(0x80, 0xA0)):
        raise _other_encoding("file", "The file has bytes from 0x80 to 0x9F, as windows-1252 has", encoding)
    return codec


def _other_encoding(where: str, what: str, encoding: Encoding) -> UnreadableRowError:
    return UnreadableRowError("csv_encoding", where, f"{what}, and the mapping says {encoding}.")


def _first_wrong_byte(content: bytes, codec: str) -> int | None:
    """Return where the first byte is that a codec does not read, without keeping what it reads."""
    decoder = codecs.getincrementaldecoder(codec)()
    end = 0
    view = memoryview(content)
    while end < len(content) or not content:
        piece = view[end : end + _PIECE]
        end += len(piece)
        try:
            decoder.decode(bytes(piece), final=end >= len(content))
        except UnicodeDecodeError as error:
            return min(max(end - len(error.object) + error.start, 0), len(content) - 1)
        if not content:
            break
    return None
