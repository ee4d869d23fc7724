"""Keeps secret values out of logs and reasons."""

from __future__ import annotations

import re
from collections.abc import Iterable

SHORTEST = 4
"""Characters: what is shorter stands in ordinary words, and masking it would hide those."""
MASK = "********"


class Mask:
    """Replaces secret values in a stream of bytes and in texts.

    A secret of several lines is masked line by line, as scripts print it with any kind of line end.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        lines = {line.strip() for secret in secrets for line in [secret, *secret.splitlines()]}
        # The longest first: a secret may hold another one.
        self._secrets = sorted((line for line in lines if len(line) >= SHORTEST), key=len, reverse=True)
        self._encoded = [secret.encode() for secret in self._secrets]
        self._pattern = re.compile(b"|".join(map(re.escape, self._encoded))) if self._secrets else None
        self._held = b""

    def feed(self, chunk: bytes) -> bytes:
        """The stream's next bytes, masked. What may be the beginning of a secret is held back."""
        if self._pattern is None:
            return chunk
        data = self._held + chunk
        parts, done = [], 0
        for match in self._pattern.finditer(data):
            # A secret that goes on beyond this chunk may hold the shorter one found here.
            if self._begins_at(data, match.start(), len(match[0])):
                break
            parts += [data[done : match.start()], MASK.encode()]
            done = match.end()
        keep = self._open_end(data, done)
        parts.append(data[done:keep])
        self._held = data[keep:]
        return b"".join(parts)

    def close(self) -> bytes:
        """What is still held back, masked: no more will come."""
        held, self._held = self._held, b""
        return self._pattern.sub(MASK.encode(), held) if self._pattern else held

    def text(self, text: str) -> str:
        """A whole text, masked."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text

    def _begins_at(self, data: bytes, at: int, longer_than: int) -> bool:
        """Whether a secret longer than that may begin there and end beyond the data."""
        rest = data[at:]
        return any(
            len(secret) > max(longer_than, len(rest)) and secret.startswith(rest) for secret in self._encoded
        )

    def _open_end(self, data: bytes, done: int) -> int:
        """Where the beginning of a secret stands at the end of the data; else the data's length."""
        longest = len(self._encoded[0]) - 1
        for at in range(max(done, len(data) - longest), len(data)):
            if self._begins_at(data, at, 0):
                return at
        return len(data)
