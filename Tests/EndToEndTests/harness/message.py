"""A line of IRC, taken apart; written for the tests alone, so that the server's own parser is not its judge."""

import dataclasses
import re

ESCAPES = {"\\:": ";", "\\s": " ", "\\\\": "\\", "\\r": "\r", "\\n": "\n"}


def unescape(value: str) -> str:
    return re.sub(r"\\.?", lambda match: ESCAPES.get(match[0], match[0][1:]), value)


@dataclasses.dataclass(frozen=True)
class Message:
    line: str
    tags: dict[str, str]
    source: str
    command: str
    parameters: list[str]

    @classmethod
    def parse(cls, line: str) -> "Message":
        rest, tags, source = line, {}, ""
        if rest.startswith("@"):
            text, _, rest = rest[1:].partition(" ")
            for tag in text.split(";"):
                key, _, value = tag.partition("=")
                tags[key] = unescape(value)
        rest = rest.lstrip(" ")
        if rest.startswith(":"):
            source, _, rest = rest[1:].partition(" ")
        head, colon, trailing = (" " + rest).partition(" :")
        words = head.split()
        return cls(line, tags, source, words[0].upper() if words else "", words[1:] + ([trailing] if colon else []))

    @property
    def nick(self) -> str:
        return self.source.partition("!")[0]

    @property
    def text(self) -> str:
        return self.parameters[-1] if self.parameters else ""
