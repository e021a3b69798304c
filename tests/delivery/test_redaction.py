"""No secret reaches a log."""

import io
import logging
from collections.abc import Iterator

import pytest

from delivery.redaction import RedactSecrets, guard_logs, redact
from tests.delivery.delivery_fakes import TOKEN

SECRET = TOKEN.split(":")[1]


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(message)s"))
    guard_logs([handler])
    logger = logging.getLogger("any library")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    yield logger, stream
    logger.removeHandler(handler)


class Talkative:
    def __str__(self) -> str:
        return f"request to /bot{TOKEN}/getMe"


@pytest.mark.parametrize(
    ("message", "args"),
    [
        (f"POST https://api.telegram.org/bot{TOKEN}/sendMessage", ()),
        ("POST %s", (f"https://api.telegram.org/bot{TOKEN}/getMe",)),
        ("POST %(url)s", ({"url": f"/bot{TOKEN}/getMe"},)),
        ("object %s", (Talkative(),)),
        ("object %r in %s", (ValueError(TOKEN), [TOKEN])),
        ("quoted %s", (TOKEN.replace(":", "%3A"),)),
    ],
)
def test_the_token_is_taken_out(
    log: tuple[logging.Logger, io.StringIO], message: str, args: tuple[object, ...]
) -> None:
    logger, stream = log
    logger.info(message, *args)
    assert SECRET not in stream.getvalue()
    assert "<token>" in stream.getvalue()


@pytest.mark.logs_errors
def test_the_token_is_taken_out_of_tracebacks_with_their_causes(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    try:
        try:
            raise OSError(f"cannot connect to /bot{TOKEN}/getMe")
        except OSError as error:
            raise RuntimeError("outer") from error
    except RuntimeError:
        logger.exception("failed", stack_info=True)
    assert SECRET not in stream.getvalue()
    assert "OSError: cannot connect to /bot<token>/getMe" in stream.getvalue()
    assert stream.getvalue().count("RuntimeError: outer") == 1


def test_no_other_handler_can_print_the_raw_traceback_afterwards() -> None:
    record = logging.LogRecord("x", logging.ERROR, "f", 1, "m", (), (OSError, OSError(TOKEN), None))
    assert RedactSecrets().filter(record)
    assert record.exc_info is None
    assert SECRET not in str(record.__dict__)


def test_a_proxys_password_is_taken_out() -> None:
    assert redact("socks5://duty:s3cret@10.0.0.1:1080 down") == "socks5://<login>@10.0.0.1:1080 down"


def test_everything_else_is_left_alone(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    logger.info("hazard %s taken by %d at %s, 收到 %r", 12, 7, "14:05:33", {"a": 1})
    assert stream.getvalue() == "hazard 12 taken by 7 at 14:05:33, 收到 {'a': 1}\n"


def test_http_libraries_keep_quiet_about_urls() -> None:
    guard_logs([])
    assert logging.getLogger("httpx").level == logging.WARNING
    assert logging.getLogger("httpcore").level == logging.WARNING
