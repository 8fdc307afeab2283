"""What the landing sensor remembers between ticks: content digests by source and date, never times of files.

Does NOT belong here: deciding what is due.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date, datetime


@dataclass
class LandingCursor:
    """Keys are `feed|date` in `seen` and `table|date` in `done`.

    seen: digest and the instant it was first seen. done: digest that was last requested. games: digest of the
    schedule of a date that was last requested. looked_at: instant of the last look. stormy: the brake was on.
    """

    seen: dict[str, tuple[str, str]] = field(default_factory=dict)
    done: dict[str, str] = field(default_factory=dict)
    games: dict[str, str] = field(default_factory=dict)
    looked_at: str = ""
    stormy: bool = False

    @classmethod
    def load(cls, text: str | None) -> LandingCursor:
        if not text:
            return cls()
        stored = json.loads(text)
        stored["seen"] = {key: (digest, since) for key, (digest, since) in stored["seen"].items()}
        return cls(**stored)

    def dump(self, first: date) -> str:
        """The cursor as text, without what is older than `first`."""
        kept = asdict(self)
        for name in ("seen", "done", "games"):
            kept[name] = {key: value for key, value in kept[name].items() if key[-10:] >= first.isoformat()}
        return json.dumps(kept, sort_keys=True)

    def see(self, feed: str, day: date, digest: str, now: datetime) -> datetime:
        """Note what has landed of a source and date; since when it looks like that."""
        key = f"{feed}|{day}"
        known = self.seen.get(key)
        if known is None or known[0] != digest:
            self.seen[key] = known = (digest, now.isoformat())
        return datetime.fromisoformat(known[1])
