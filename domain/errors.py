"""Errors that a person may see. Each carries the key of its text and the facts the text needs; the words live in
messages/. Everything else that is raised is a fault of ours and is answered by handlers/errors.py."""


class DomainError(Exception):
    """`key` addresses a text, `facts` are its variables."""

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key)
        self.key = key
        self.facts = facts


class NotAllowed(DomainError):  # noqa: N818 - it is a refusal
    """The person may not do this here, whatever button he holds."""


class Stale(DomainError):  # noqa: N818 - nothing went wrong
    """The thing has moved on since the button was shown; nothing was changed."""
