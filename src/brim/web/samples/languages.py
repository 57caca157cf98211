"""Which languages there are, in the order of the menu."""

from collections.abc import Callable
from typing import Final

import msgspec

from brim.web.samples import cli, curl, dotnet, go, java, node, php, python, ruby
from brim.web.samples.sample import Sample


class Language(msgspec.Struct, frozen=True):
    """One language.

    Attributes:
        key: its name in addresses.
        name: its name for people.
        write: returns a call in it.
        lexer: what Pygments calls it.
    """

    key: str
    name: str
    write: Callable[[Sample], str]
    lexer: str


LANGUAGES: Final = (
    Language("curl", "cURL", curl.write, "bash"),
    Language("cli", "CLI", cli.write, "bash"),
    Language("dotnet", ".NET", dotnet.write, "csharp"),
    Language("go", "Go", go.write, "go"),
    Language("java", "Java", java.write, "java"),
    Language("node", "Node.js", node.write, "javascript"),
    Language("php", "PHP", php.write, "php"),
    Language("python", "Python", python.write, "python"),
    Language("ruby", "Ruby", ruby.write, "ruby"),
)
BY_KEY: Final = {language.key: language for language in LANGUAGES}
DEFAULT: Final = LANGUAGES[0]
