"""What each source may do: whose notices go out by themselves, whether exercises may, how long a notice without an end
holds. The watched folder is held to the county's figures."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.notices import MsgType, Notice, Scope, Status
from domain.policy import CountyPolicy, WarningPolicy
from domain.sources import Source, SourceKind
from domain.warnings import Reason, Way, disposition, is_from
from services.source_trust import policy_of

SENT = datetime(2026, 6, 20, 10, 2, tzinfo=UTC)
OFFICE = Notice(
    source="met",
    sender="dq@example.cn",
    identifier="33112441600000_20260620180200",
    sent=SENT,
    status=Status.ACTUAL,
    msg_type=MsgType.ALERT,
    scope=Scope.PUBLIC,
    issuer="松阳县气象台",
    raw_hash="0" * 64,
)
MET = Source(name="met", kind=SourceKind.CAP, url="https://met.example.cn/cap.xml")


@pytest.mark.parametrize(
    ("registered", "ours"),
    [
        (("dq@example.cn",), True),
        (("松阳县气象台",), True),
        (("331124",), True),
        (("33112441600000",), True),
        (("331125", "遂昌县气象台", "other@example.cn"), False),
        (("3311",), False),
        (("松阳",), False),
    ],
)
def test_an_issuer_is_known_by_sender_office_or_number(registered: tuple[str, ...], ours: bool) -> None:
    assert is_from(OFFICE, registered) is ours


def test_a_notice_without_an_office_is_from_nobody() -> None:
    assert not is_from(replace(OFFICE, issuer="", identifier="x-1"), ("", "331124"))


def test_issuers_exercises_and_life_are_each_sources_own() -> None:
    strict = MET.model_copy(update={"issuers": ("遂昌县气象台",), "exercises": True, "life_hours": 6})
    policy = CountyPolicy(warnings=WarningPolicy(assumed_life_hours=12), sources=(strict,))
    allowed = policy_of(policy, "met")
    assert (allowed.exercises, allowed.default_life) == (True, timedelta(hours=6))
    assert disposition(OFFICE, allowed, SENT).reason is Reason.UNREGISTERED_SENDER


def test_a_source_that_says_nothing_passes_everybody_on_and_no_exercise() -> None:
    policy = CountyPolicy(
        warnings=WarningPolicy(assumed_life_hours=12, allowed_senders=("nobody",), post_exercises=True), sources=(MET,)
    )
    allowed = policy_of(policy, "met")
    assert (allowed.senders, allowed.exercises, allowed.default_life) == (None, False, timedelta(hours=12))
    drill = replace(OFFICE, status=Status.EXERCISE)
    assert disposition(drill, allowed, SENT).way is Way.IGNORE


def test_the_folder_is_held_to_the_countys_list() -> None:
    allowed = policy_of(
        CountyPolicy(warnings=WarningPolicy(allowed_senders=("331124",), post_exercises=True)), "folder"
    )
    assert (allowed.senders, allowed.exercises) == (frozenset({"331124"}), True)


def test_a_source_is_never_called_folder_and_never_reached_in_the_clear() -> None:
    for wrong in ({"name": "folder"}, {"url": "http://met.example.cn/"}, {"url": "https://u:p@met.example.cn/"}):
        with pytest.raises(ValueError):
            Source.model_validate({**MET.model_dump(), **wrong})
    with pytest.raises(ValueError, match="secret_file"):
        Source(name="push", kind=SourceKind.HOOK)
    assert Source(name="push", kind=SourceKind.HOOK, secret_file=Path("x")).allowed_hosts == frozenset()
