"""What a source delivered cannot be read. Nothing is known about it then but its bytes: it is put aside for a
person, never dropped and never guessed at."""


class UnreadableNotice(Exception):  # noqa: N818  the fault is the notice's, not ours
    """`reason_key` addresses a text in messages/ (`unreadable.<key>`), `detail` is for the technician: one
    line."""

    def __init__(self, reason_key: str, detail: str = "") -> None:
        super().__init__(f"{reason_key}: {detail}" if detail else reason_key)
        self.reason_key = reason_key
        self.detail = detail
