"""The engine of guided dialogues: `step(form, session, event, given)` decides what a person sees next.

A form is a pydantic model (the answers) and an ordered tuple of questions beside it. The rules of one field stand
in its `Annotated` type and are applied as soon as it is answered; conditions stand on the question; rules over
several fields are validators of the model and lead back to the question they blame. The session is JSON in a row.
What the bot knows is given at the start as `context` and never asked.

Pure: no clock, no options loaded, no words (errors and prompts are keys), nothing stored or sent. No nesting and
no two dialogues at once: who needs a graph splits the form. What forms are made of is in form_parts.py, how one
answer is read in form_reading.py, where each event leads in form_turn.py. This module is their one door.
"""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import JsonValue, TypeAdapter, ValidationError

from domain.form_buttons import button_data, parse_button
from domain.form_contract import form_problems, text_keys
from domain.form_parts import (
    NOTHING_GIVEN,
    REVIEW,
    Answer,
    AnswerError,
    Ask,
    Back,
    Cancel,
    Cancelled,
    Confirm,
    Done,
    Edit,
    Event,
    Form,
    Given,
    Item,
    Keep,
    Kind,
    Known,
    Location,
    Page,
    Question,
    Review,
    Screen,
    Session,
    Skip,
    Stale,
    Submit,
    Tick,
    Voice,
)
from domain.form_reading import COMMON_ERRORS, checked
from domain.form_turn import Turn

__all__ = [
    "COMMON_ERRORS",
    "REVIEW",
    "Answer",
    "AnswerError",
    "Ask",
    "Back",
    "Cancel",
    "Cancelled",
    "Confirm",
    "Done",
    "Edit",
    "Event",
    "Form",
    "Given",
    "Item",
    "Keep",
    "Kind",
    "Known",
    "Location",
    "Page",
    "Question",
    "Review",
    "Screen",
    "Session",
    "Skip",
    "Stale",
    "Submit",
    "Tick",
    "Voice",
    "button_data",
    "form_problems",
    "look",
    "parse_button",
    "resume",
    "start",
    "step",
    "text_keys",
]

_ANY_JSON: Final[TypeAdapter[Any]] = TypeAdapter(JsonValue)


def start(
    form: Form, context: Mapping[str, object] | None = None, given: Given = NOTHING_GIVEN, *, rev: int = 1
) -> tuple[Session, Screen]:
    """A new session and its first screen: the first question the context leaves open, or the review.

    `context` may hold more than the model's fields: conditions and prompts see it too. A fact that is missing or
    wrong is a ValueError; a wrong value for a question is left out, and asked; None is not known. Begin with a
    `rev` above that of the person's last dialogue, so that its old buttons are stale here.
    """
    known: dict[str, JsonValue] = {}
    said = {name: value for name, value in (context or {}).items() if value is not None}
    for name, value in said.items():
        rule = form.rules.get(name, _ANY_JSON)
        try:
            known[name] = rule.dump_python(rule.validate_python(value, context=given.for_rules), mode="json")
        except ValidationError:
            if name not in form.asks:
                raise
    fields = form.model.model_fields
    if missing := [name for name in form.facts if name not in known and fields[name].is_required()]:
        raise ValueError(f"form {form.name} needs {missing}")
    session = Session(form=form.name, version=form.version, at=REVIEW, context=known, rev=rev, since=rev)
    session = session.model_copy(update={"at": Turn(form, session, given).gap()})
    return session, look(form, session, given)


def look(form: Form, session: Session, given: Given = NOTHING_GIVEN) -> Screen:
    """The screen of a session as it stands: after a warning that came in between, or with options loaded anew."""
    return Turn(form, session, given).screen()


def resume(form: Form, session: Session, given: Given = NOTHING_GIVEN) -> tuple[Session, Screen]:
    """A session from before a deploy: answers the form no longer takes are dropped and asked again, the others
    stay, and so does the question if nothing before it is open. All buttons shown so far become stale."""
    left = dict(session.answers)
    if form.upgrade is not None and session.version != form.version:
        left = form.upgrade(session.version, left)
    new = {
        "version": form.version,
        "answers": {n: v for n, v in left.items() if n in form.asks and _fits(form, n, v, given)},
        "context": {n: v for n, v in session.context.items() if n not in form.asks or _fits(form, n, v, given)},
        "skipped": tuple(n for n in session.skipped if n in form.asks),
        "ahead": (),
        "ticked": None,
        "editing": False,
    }
    turn = Turn(form, session.model_copy(update=new), given)
    order, gap = [*turn.asked, REVIEW], turn.gap()
    keeps = session.at in order and order.index(session.at) < order.index(gap)
    turn = turn.go(session.at if keeps else gap)
    return turn.session, turn.screen()


def _fits(form: Form, name: str, value: JsonValue, given: Given) -> bool:
    try:
        checked(form, form.asks[name], value, given)
    except AnswerError:
        return False
    return True


def step(form: Form, session: Session, event: Event, given: Given = NOTHING_GIVEN) -> tuple[Session | None, Screen]:
    """What one event makes of a session. None ends the dialogue (Submit, Cancelled).

    1. A press on anything but the question now on screen is Stale and changes nothing; Confirm must belong to
       exactly the review on screen.
    2. A session that no longer fits the form is resumed first, and the event dropped.
    3. Typed 返回, 跳过, 不改, 取消, and at the review 确认 and 改2, count as the buttons.
    4. An answer that cannot be taken asks again with an error key; the session stays as it was.
    """
    if session.form != form.name:
        raise ValueError(f"a session of {session.form} is no session of {form.name}")
    turn = Turn(form, session, given)
    oldest = session.rev if isinstance(event, Confirm) else session.since
    if event.rev is not None and not oldest <= event.rev <= session.rev:
        return session, Stale()
    if session.at not in (*turn.asked, REVIEW):
        return resume(form, session, given)
    try:
        return turn.outcome(turn.meant(event))
    except AnswerError as error:
        return session, turn.screen(error)
