"""How a screen of a dialogue looks: the question with its progress, numbered choices, the review, the buttons.

Choices carry their number on the button, so that somebody who would rather type can answer 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from domain.answers import Choice
from domain.forms import (
    Answer,
    Ask,
    Back,
    Cancel,
    Confirm,
    Done,
    Edit,
    Event,
    Form,
    Item,
    Keep,
    Kind,
    Page,
    Review,
    Screen,
    Session,
    Skip,
    Tick,
    button_data,
)
from domain.text import Button, ButtonStyle, Html, Rows
from handlers.scene import Scene
from messages.keyboards import flowing, page, stacked

PAGE = 8


@dataclass(frozen=True, slots=True)
class Drawn:
    text: Html
    buttons: Rows
    needs_new_message: bool = False
    """a reply keyboard cannot be put on an edited message"""


def draw(
    scene: Scene,
    form: Form,
    session: Session,
    screen: Screen,
    facts: Mapping[str, object],
    foot: Html | None = None,
) -> Drawn:
    """An Ask or a Review; the other screens are answered by the runner. `foot`: what would follow, under a review."""
    if isinstance(screen, Ask):
        return _ask(scene, form, session, screen, facts)
    assert isinstance(screen, Review)
    return _review(scene, form, session, screen, foot)


def _ask(scene: Scene, form: Form, session: Session, screen: Ask, facts: Mapping[str, object]) -> Drawn:
    question = screen.question
    if question.kind is Kind.LOCATION and scene.incoming.private:
        buttons: Rows = ((Button(scene.label("button.send_location"), location=True),),)
    else:
        buttons = stacked(_choices(scene, session, screen), _controls(scene, session, screen))
    text = scene.card(
        "dialogue_ask",
        prompt=scene.text(f"{form.name}.{question.name}.ask", **{**session.context, **facts}),
        progress=scene.text("dialogue.progress", number=screen.number, total=screen.total) if screen.total > 1 else "",
        error=_error(scene, screen),
        value=None if screen.value is None else shown_value(scene, screen.value, screen.choices),
        hint=_hint(scene, screen),
    )
    return Drawn(text, buttons, needs_new_message=bool(buttons and buttons[0] and buttons[0][0].location))


def _error(scene: Scene, screen: Ask) -> Html | None:
    if screen.error == "dialogue.error.not_a_choice" and not screen.choices:  # a name that was searched for
        return scene.text("dialogue.not_found")
    return None if screen.error is None else scene.text(screen.error, **screen.facts)


def _hint(scene: Scene, screen: Ask) -> Html:
    kinds = {screen.question.kind, *screen.question.also}
    if kinds >= {Kind.TEXT, Kind.PHOTO}:
        return scene.text("dialogue.attach_hint")
    if screen.question.kind is Kind.PICK and kinds >= {Kind.TEXT, Kind.LOCATION}:
        return scene.text("dialogue.place_hint" if screen.choices else "dialogue.place_hint_free")
    if kinds >= {Kind.TEXT, Kind.VOICE}:
        return scene.text("dialogue.voice_hint")
    hints = {
        Kind.TEXT: "dialogue.text_hint",
        Kind.NUMBER: "dialogue.number_hint",
        Kind.COUNT: "dialogue.count_hint",
        Kind.TIME: "dialogue.time_hint",
        Kind.PHOTO: "dialogue.photo_hint",
        Kind.LOCATION: "dialogue.location_hint",
    }
    if screen.question.kind not in hints and not screen.choices:  # nothing to choose from: it can only be typed
        return scene.text("dialogue.text_hint")
    return scene.text(hints.get(screen.question.kind, "dialogue.choice_hint"))


def _choices(scene: Scene, session: Session, screen: Ask) -> Rows:
    rev, many = session.rev, screen.question.kind is Kind.MULTI
    # where free words, a number or a time are the answer, a typed figure is that answer and names no choice
    numbered = screen.question.kind not in {Kind.TEXT, Kind.NUMBER, Kind.COUNT, Kind.TIME}
    buttons = []
    for place, choice in enumerate(screen.choices, 1):
        number = place if choice.number is None else choice.number
        ticked = choice.code in screen.ticked
        event: Event = Tick(choice.code, not ticked, rev) if many else Answer(choice=choice.code, rev=rev)
        mark = ("☑ " if ticked else "") + (f"{number} " if numbered else "")
        buttons.append(Button(f"{mark}{choice.label}"[:64], button_data(event)))
    if len(buttons) > PAGE:
        turn = button_data(Page(0, rev))[:-1] + "{}"
        rows = page(scene.work.words, scene.lang, buttons, number=screen.page, size=PAGE, turn=turn, per_row=2)
    else:
        rows = flowing(buttons) if buttons else ()
    if many:
        done = Button(scene.label("dialogue.done"), button_data(Done(rev)), style=ButtonStyle.SUCCESS)
        return stacked(rows, done)
    return rows


def _controls(scene: Scene, session: Session, screen: Ask) -> Rows:
    rev = session.rev
    row: list[Button] = []
    if screen.can_back:
        row.append(Button(scene.label("dialogue.back"), button_data(Back(rev))))
    if screen.can_keep:
        row.append(Button(scene.label("dialogue.keep"), button_data(Keep(rev))))
    if screen.can_skip:
        row.append(Button(scene.label("dialogue.skip"), button_data(Skip(rev))))
    row.append(Button(scene.label("dialogue.cancel"), button_data(Cancel(rev))))
    return (tuple(row),)


def _review(scene: Scene, form: Form, session: Session, screen: Review, foot: Html | None) -> Drawn:
    rev = session.rev
    lines = [
        {"label": scene.label(f"{form.name}.{item.question.name}.label"), "value": _item(scene, item)}
        for item in screen.items
    ]
    edits = [
        Button(
            scene.label("dialogue.edit_one", label=scene.label(f"{form.name}.{item.question.name}.label")),
            button_data(Edit(item.question.name, rev)),
        )
        for item in screen.items
        if item.editable
    ]
    buttons = stacked(
        Button(scene.label("dialogue.confirm"), button_data(Confirm(rev)), style=ButtonStyle.SUCCESS),
        flowing(edits) if edits else (),
        Button(scene.label("dialogue.cancel"), button_data(Cancel(rev))),
    )
    text = scene.card(
        "dialogue_review",
        title=scene.label(f"{form.name}.title"),
        items=lines,
        foot=foot,
        error=None if screen.error is None else scene.text(screen.error, **screen.facts),
    )
    return Drawn(text, buttons)


def _item(scene: Scene, item: Item) -> str:
    if item.value is None:
        return scene.label("dialogue.not_given")
    if item.chosen:
        return "、".join(choice.label for choice in item.chosen)
    if item.question.kind is Kind.PHOTO:
        return scene.label("dialogue.photo_count", count=len(item.value) if isinstance(item.value, list) else 1)
    return shown_value(scene, item.value, ())


def shown_value(scene: Scene, value: JsonValue, choices: Sequence[Choice]) -> str:
    """A stored answer as the person would say it."""
    named = [choice.label for choice in choices if str(choice.stored) == str(value)]
    if named:
        return named[0]
    if isinstance(value, dict):
        if "lat" in value:
            return scene.label("dialogue.location_given")
        if "seconds" in value:
            return scene.label("dialogue.voice_given", seconds=value["seconds"])
        return scene.label("dialogue.count_given", households=value.get("households"), people=value.get("people"))
    if isinstance(value, list):
        several = [choice.label for one in value for choice in choices if str(choice.stored) == str(one)]
        return "、".join(several) if several else scene.label("dialogue.photo_count", count=len(value))
    if isinstance(value, str) and len(value) >= 16 and value[4:5] == "-" and "T" in value:
        try:
            instant = scene.work.local(datetime.fromisoformat(value))
        except ValueError:
            return value
        return scene.label("dialogue.time_given", at=instant)
    return str(value)
