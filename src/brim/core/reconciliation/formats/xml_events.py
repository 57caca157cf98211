"""XML from strangers, read in bounded memory: no tree, no document type, no entities, no network.

The parser is Python's own Expat. It resolves nothing by itself, and what could make it grow (a document type, tokens
without end, depth, ever new names) ends the reading instead.
"""

from collections.abc import Callable, Mapping
from typing import Final, Protocol
from xml.parsers import expat

from brim.core.reconciliation.formats.limits import FileTooLargeError
from brim.core.reconciliation.formats.source import Source

CHUNK: Final = 64 * 1024
MAX_TOKEN_CHUNKS: Final = 16
"""A tag or an attribute of more than a mebibyte is an attack: ISO 20022 has no text above 2,000 characters."""
MAX_DEPTH: Final = 64
MAX_EVENTS: Final = 20_000_000
"""Beginnings, ends and texts: about 5,000,000 elements, as many as the largest file that is read has."""
MAX_NAMES: Final = 2_000
"""Different names of elements: a camt document has about 400, and Expat keeps each."""
MAX_ATTRIBUTES: Final = 64
MAX_NAMESPACES: Final = 64
MAX_NAME: Final = 300
MAX_TEXT: Final = 100_000


class XmlRefusedError(Exception):
    """The document is broken, or made to harm: `code` is for programs, the text is a sentence, `line` where it is."""

    def __init__(self, code: str, sentence: str, line: int) -> None:
        super().__init__(sentence)
        self.code = code
        self.line = line


class Handler(Protocol):
    """What follows the elements. Names are `namespace}local`, and `local` where there is no namespace."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Begin an element."""

    def end(self, name: str, text: str) -> None:
        """End an element, with the text after its last child or start."""


def parse(source: Source, handler_of: Callable[["XmlEvents"], Handler], *, max_bytes: int) -> None:
    """Read a document to its end.

    Raises:
        XmlRefusedError: when it is not well formed, or passes a bound.
        FileTooLargeError: when it is larger than `max_bytes`.
    """
    XmlEvents(handler_of).parse(source, max_bytes)


class XmlEvents:
    """One reading of a document. `line` is where it is."""

    def __init__(self, handler_of: Callable[["XmlEvents"], Handler]) -> None:
        parser = self._parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartNamespaceDeclHandler = self._namespace
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        self._handler = handler_of(self)
        self._names: set[str] = set()
        self._attributes: set[str] = set()
        self._namespaces: set[tuple[str | None, str | None]] = set()
        self._text: list[str] = []
        self._text_length = 0
        self._depth = 0
        self._events = 0

    @property
    def line(self) -> int:
        """The line of the document that is being read."""
        return self._parser.CurrentLineNumber

    def parse(self, source: Source, max_bytes: int) -> None:
        """Feed the parser piece by piece."""
        size = silent = 0
        try:
            while piece := source.read(CHUNK):
                size += len(piece)
                if size > max_bytes:
                    raise FileTooLargeError(max_bytes)
                before = self._events
                self._parser.Parse(piece, False)  # noqa: FBT003  # the parser's own signature
                silent = 0 if self._events != before else silent + 1
                if silent >= MAX_TOKEN_CHUNKS:
                    raise self._refused("xml_token", "A tag, attribute or comment has no end within a mebibyte.")
            self._parser.Parse(b"", True)  # noqa: FBT003
        except expat.ExpatError as error:
            sentence = f"The XML is not well formed: {expat.ErrorString(error.code)}."
            raise XmlRefusedError("xml_malformed", sentence, error.lineno) from error
        except (LookupError, ValueError) as error:  # an encoding that is unknown, or has several bytes a character
            raise self._refused("xml_encoding", "The XML's encoding is not supported; UTF-8 is.") from error

    def _refused(self, code: str, sentence: str) -> XmlRefusedError:
        return XmlRefusedError(code, sentence, self.line)

    def _doctype(self, *_: object) -> None:
        raise self._refused(
            "xml_doctype", "The XML has a document type, which no bank's statement needs. It was not read."
        )

    def _namespace(self, prefix: str | None, uri: str | None) -> None:
        self._namespaces.add((prefix, uri))
        if len(self._namespaces) > MAX_NAMESPACES or len(prefix or "") + len(uri or "") > MAX_NAME:
            raise self._refused("xml_names", "The XML has more or longer namespaces than any statement.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._events += 1
        self._depth += 1
        if self._text:
            self._text.clear()
            self._text_length = 0
        if name not in self._names:
            self._remember(name, self._names, MAX_NAMES)
        for attribute in attributes:
            if attribute not in self._attributes:
                self._remember(attribute, self._attributes, MAX_ATTRIBUTES)
        if self._depth > MAX_DEPTH:
            raise self._refused("xml_depth", f"The XML is nested deeper than {MAX_DEPTH} elements.")
        if self._events > MAX_EVENTS:
            raise self._refused("xml_elements", "The XML has more elements than any statement of its size.")
        self._handler.start(name, attributes)

    def _end(self, name: str) -> None:
        self._events += 1
        self._depth -= 1
        text = ""
        if self._text:
            text = "".join(self._text)
            self._text.clear()
            self._text_length = 0
        self._handler.end(name, text)

    def _remember(self, name: str, names: set[str], most: int) -> None:
        names.add(name)
        if len(names) > most or len(name) > 2 * MAX_NAME:
            raise self._refused("xml_names", "The XML has more or longer names than any statement.")

    def _characters(self, text: str) -> None:
        self._events += 1
        self._text_length += len(text)
        if self._text_length > MAX_TEXT:
            raise self._refused("xml_text", f"An element has a text of more than {MAX_TEXT} characters.")
        self._text.append(text)
