"""Rules that fields of several forms share, as annotations. Refusals are the reasons all forms have words for."""

from datetime import datetime, timedelta
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, AwareDatetime, ValidationInfo

from domain.form_parts import AnswerError

_FARTHEST = timedelta(days=366)
"""the longest time that may be given to fix a major hazard"""


def _ahead(moment: datetime, info: ValidationInfo) -> datetime:
    now = (info.context or {}).get("now")
    if now is not None and moment <= now:
        raise AnswerError("time_in_past")
    if now is not None and moment > now + _FARTHEST:
        raise AnswerError("time_too_far")
    return moment


def _behind(moment: datetime, info: ValidationInfo) -> datetime:
    now = (info.context or {}).get("now")
    if now is not None and moment > now:
        raise AnswerError("time_in_future")
    if now is not None and moment < now - _FARTHEST:
        raise AnswerError("time_too_far")
    return moment


Behind: TypeAlias = Annotated[AwareDatetime, AfterValidator(_behind)]
"""An instant that is past, by a year at most: something that was done."""
Ahead: TypeAlias = Annotated[AwareDatetime, AfterValidator(_ahead)]
"""An instant still to come, within a year: a deadline."""
