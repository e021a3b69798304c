"""What became of a request that brought no answer from Telegram: the one question a retry depends on.

Transport raises telegram's own exceptions; one of these two is their `__cause__`. Never carries the token.
"""


class NotSent(Exception):  # noqa: N818 - a finding, named as it is spoken of
    """The request never reached Telegram; repeating it is safe."""

    def __init__(self, words: str, *, timed_out: bool = False) -> None:
        super().__init__(words)
        self.timed_out = timed_out


class Unknown(Exception):  # noqa: N818
    """The request may have been carried out; only the policy of the message can say whether to repeat it."""
