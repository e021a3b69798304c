"""Guided dialogues on Telegram: the pure engine of domain/forms.py, a row for the session, one message that is edited.

A press edits the question's message in place. A typed answer gets the next question below it, where the person looks:
on a phone an edit above one's own message goes unseen.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pydantic import BaseModel, JsonValue

from domain.answers import Choice
from domain.errors import Stale as StaleError
from domain.forms import (
    Answer,
    Ask,
    Cancelled,
    Event,
    Form,
    Given,
    Kind,
    Location,
    Review,
    Screen,
    Session,
    Stale,
    Submit,
    Voice,
    look,
    parse_button,
    resume,
    start,
    step,
)
from domain.outgoing import Kind as Sending
from domain.outgoing import Outgoing, Policy
from domain.text import Button, Html, Rows
from handlers.dialogue_screens import draw
from handlers.incoming import What
from handlers.scene import Scene
from services.drill_standing import stand_in
from services.ports import DialogueRow

Options = Callable[[Scene, Mapping[str, JsonValue]], Awaitable[Sequence[Choice]]]
"""What can be chosen now. `known` holds the answers so far and, under "search", what the person typed to find it."""


@dataclass(frozen=True, slots=True)
class Closing:
    """The words that end a dialogue, with what can be done about it next."""

    text: Html
    buttons: Rows = ()


Submitting = Callable[[Scene, BaseModel, Mapping[str, JsonValue]], Awaitable[Html | Closing]]
"""Calls the service; returns the closing words."""


async def _everybody(_scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    """No right is needed."""


async def _nothing_new(_scene: Scene, _known: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    return {}


async def _no_facts(_scene: Scene, _known: Mapping[str, JsonValue]) -> Mapping[str, object]:
    return {}


async def _no_foot(_scene: Scene, _known: Mapping[str, JsonValue]) -> Html | None:
    return None


@dataclass(frozen=True)
class Dialogue:
    """One guided dialogue: handlers/dialogues/NAME.py holds one, handlers/dialogues/__init__.py lists it."""

    form: Form
    submit: Submitting
    options: Mapping[str, Options] = field(default_factory=dict)
    may: Callable[[Scene, Mapping[str, JsonValue]], Awaitable[None]] = _everybody
    """raises NotAllowed; asked at the start, at every step and before the submission"""
    facts: Callable[[Scene, Mapping[str, JsonValue]], Awaitable[Mapping[str, object]]] = _no_facts
    """further variables of the prompts"""
    foot: Callable[[Scene, Mapping[str, JsonValue]], Awaitable[Html | None]] = _no_foot
    """under the review: what would follow from it, as how many it would reach"""
    learn: Callable[[Scene, Mapping[str, JsonValue]], Awaitable[Mapping[str, JsonValue]]] = _nothing_new
    """what the answers so far bring to light (an open hazard of the same kind): put with what is known, so that
    conditions of questions see it; a question that opens by it is asked next"""


class DialogueRunner:
    def __init__(self, dialogues: Sequence[Dialogue]) -> None:
        self._dialogues = {one.form.name: one for one in dialogues}

    # -- in --------------------------------------------------------------------------------------------------

    async def open(self, scene: Scene, name: str, context: Mapping[str, object] | None = None) -> None:
        """Begin a dialogue where the person is speaking. One that is open already is offered first."""
        dialogue = self._dialogues[name]
        user_id = scene.incoming.user_id
        assert user_id is not None
        await dialogue.may(scene, dict(context or {}))  # type: ignore[arg-type]
        row = await scene.work.rows.dialogues.get(user_id, scene.incoming.chat_id)
        if row is not None and row.form in self._dialogues:
            await self._offer(scene, row)
            return
        context = {**(context or {}), **_where(scene)}
        context |= await dialogue.learn(scene, dict(context))  # type: ignore[arg-type]
        given = await self._given(scene, dialogue, dict(context))  # type: ignore[arg-type]
        session, screen = start(dialogue.form, context, given, rev=int(scene.work.now.timestamp()))
        await self._show(scene, dialogue, session, screen, None)

    async def _offer(self, scene: Scene, row: DialogueRow) -> None:
        title = scene.label(f"{row.form}.title")
        buttons = (
            (
                Button(scene.label("dialogue.resume"), "d:resume"),
                Button(scene.label("dialogue.discard"), "d:discard"),
            ),
        )
        await scene.say(scene.text("dialogue.another_open", title=title), buttons)

    async def offered(self, scene: Scene) -> None:
        """d:resume and d:discard"""
        row = await self._row(scene)
        dialogue = None if row is None else self._dialogues.get(row.form)
        if row is None or dialogue is None:
            raise StaleError("dialogue.closed")
        if scene.args[:1] == ("discard",):
            await scene.work.rows.dialogues.drop(row.user_id, row.chat_id)
            await scene.redraw(scene.text("dialogue.cancelled"))
            await self._retire(scene, dialogue, row)
            return
        session = Session.model_validate_json(row.session)
        given = await self._given(scene, dialogue, {**session.context, **session.answers})
        session, screen = resume(dialogue.form, session, given)
        await self._retire(scene, dialogue, row)
        await self._show(scene, dialogue, session, screen, None)

    async def again(self, scene: Scene) -> None:
        """Show the open question once more, below whatever came in between (a red warning, a restart)."""
        with scene.work.rows.drills.inside(scene.work.rows.drills.standing):
            await self._again(scene)

    async def _again(self, scene: Scene) -> None:
        row = await self._row(scene)
        dialogue = None if row is None else self._dialogues.get(row.form)
        if row is None or dialogue is None:
            return
        session = Session.model_validate_json(row.session)
        given = await self._given(scene, dialogue, {**session.context, **session.answers})
        session, screen = resume(dialogue.form, session, given)
        await self._retire(scene, dialogue, row)
        await self._show(scene, dialogue, session, screen, None, "dialogue.interrupted")

    async def cancel(self, scene: Scene) -> None:
        """/cancel"""
        row = await self._row(scene)
        dialogue = None if row is None else self._dialogues.get(row.form)
        if row is None or dialogue is None:
            await scene.say(scene.text("dialogue.closed"))
            return
        await scene.work.rows.dialogues.drop(row.user_id, row.chat_id)
        await self._close(scene, row, scene.text("dialogue.cancelled"), pressed=False)

    async def press(self, scene: Scene) -> None:
        """A button of a dialogue. Somebody else's, an old one or a forged one changes nothing and is answered."""
        event = parse_button(scene.incoming.text)
        row = await self._row(scene)
        dialogue = None if row is None else self._dialogues.get(row.form)
        if event is None or row is None or dialogue is None:
            scene.toast(scene.label("dialogue.closed" if scene.incoming.private else "refused.not_yours"), alert=True)
            return
        await self._step(scene, dialogue, row, [event], pressed=True)

    async def take(self, scene: Scene) -> bool:
        """Text or an attachment. True when a dialogue was waiting for it."""
        row = await self._row(scene)
        dialogue = None if row is None else self._dialogues.get(row.form)
        if row is None or dialogue is None:
            return False
        events = _events(scene)
        if not events:
            session = Session.model_validate_json(row.session)
            screen = look(dialogue.form, session, await self._given(scene, dialogue, _known(session)))
            if isinstance(screen, Ask):
                screen = replace(screen, error="dialogue.error.wrong_kind")
            await self._show(scene, dialogue, session, screen, row)
            return True
        await self._step(scene, dialogue, row, events, pressed=False)
        return True

    async def take_reply(self, scene: Scene) -> bool:
        """In a group: only an answer to the question's own message is meant for the dialogue."""
        row = await self._row(scene)
        if row is None or scene.incoming.reply_to is None:
            return False
        shown = await scene.work.rows.outbox.message_of(row.screen_key)
        if shown is None or shown[1] != scene.incoming.reply_to:
            return False
        return await self.take(scene)

    async def _row(self, scene: Scene) -> DialogueRow | None:
        if scene.incoming.user_id is None:
            return None
        row = await scene.work.rows.dialogues.get(scene.incoming.user_id, scene.incoming.chat_id)
        return row if row is None or await _stands_again(scene, row) else None

    # -- one step --------------------------------------------------------------------------------------------

    async def _step(
        self, scene: Scene, dialogue: Dialogue, row: DialogueRow, events: Sequence[Event], *, pressed: bool
    ) -> None:
        session = Session.model_validate_json(row.session)
        screen: Screen = Cancelled()
        for number, event in enumerate(events):
            after, screen = await self._one(scene, dialogue, session, event)
            if isinstance(screen, Stale):
                scene.toast(scene.label("dialogue.stale"), alert=True)
                return
            if isinstance(screen, Ask) and screen.error is not None and number > 0:
                break  # a caption that does not answer the next question is no mistake of the person
            if after is None:
                break
            session = after
        if isinstance(screen, Submit):
            await self._submit(scene, dialogue, row, screen, session, pressed=pressed)
        elif isinstance(screen, Cancelled):
            await scene.work.rows.dialogues.drop(row.user_id, row.chat_id)
            await self._close(scene, row, scene.text("dialogue.cancelled"), pressed=pressed)
        else:
            await dialogue.may(scene, _known(session))
            await self._show(scene, dialogue, session, screen, row, pressed=pressed)

    async def _one(
        self, scene: Scene, dialogue: Dialogue, session: Session, event: Event
    ) -> tuple[Session | None, Screen]:
        given = await self._given(scene, dialogue, _known(session))
        after, screen = step(dialogue.form, session, event, given)
        if after is not None and (news := await self._news(scene, dialogue, after)):
            after = after.model_copy(update={"context": {**after.context, **news}})
            return resume(dialogue.form, after, await self._given(scene, dialogue, _known(after)))
        typed = event.text if isinstance(event, Answer) else None
        if typed is None or not isinstance(screen, Ask) or screen.error is None or not screen.question.options:
            return after, screen
        if screen.question.kind is Kind.TIME:
            return after, screen  # a moment is not looked for by name
        # A name was typed instead of chosen: look for it and offer what was found.
        searching = session.model_copy(update={"context": {**session.context, "search": typed.strip()}})
        given = await self._given(scene, dialogue, _known(searching))
        found = given.options.get(screen.question.options, ())
        if not found:
            return after, screen
        if len(found) == 1:
            return step(dialogue.form, searching, Answer(choice=found[0].code), given)
        return searching, look(dialogue.form, searching, given)

    async def _news(self, scene: Scene, dialogue: Dialogue, session: Session) -> dict[str, JsonValue]:
        found = await dialogue.learn(scene, _known(session))
        return {key: value for key, value in found.items() if session.context.get(key) != value}

    async def _given(self, scene: Scene, dialogue: Dialogue, known: Mapping[str, JsonValue]) -> Given:
        options = {key: await provide(scene, known) for key, provide in dialogue.options.items()}
        return Given(now=scene.work.now, tz=scene.work.zone, options=options, label=scene.label)

    async def _submit(
        self, scene: Scene, dialogue: Dialogue, row: DialogueRow, screen: Submit, session: Session, *, pressed: bool
    ) -> None:
        await dialogue.may(scene, _known(session))
        said = await dialogue.submit(scene, screen.answers, _known(session))
        closing = said if isinstance(said, Closing) else Closing(said)
        await scene.work.rows.dialogues.drop(row.user_id, row.chat_id)
        await self._close(scene, row, closing.text, closing.buttons, pressed=pressed)

    # -- out -------------------------------------------------------------------------------------------------

    async def _show(
        self,
        scene: Scene,
        dialogue: Dialogue,
        session: Session,
        screen: Screen,
        row: DialogueRow | None,
        before: str | None = None,
        *,
        pressed: bool = False,
    ) -> None:
        known = _known(session)
        foot = await dialogue.foot(scene, known) if isinstance(screen, Review) else None
        drawn = draw(scene, dialogue.form, session, screen, await dialogue.facts(scene, known), foot)
        text = drawn.text
        if before is not None:
            text = scene.text(before, title=scene.label(f"{dialogue.form.name}.title"), screen=text)
        key = None if row is None else row.screen_key
        if pressed and key is not None and not drawn.needs_new_message:
            await self._edit(scene, key, text, drawn.buttons)
        else:
            # The old question stays as it is: an edit for each typed answer would double the messages of a chat that
            # takes one a second, and its buttons answer politely that they are old.
            key = await scene.say(text, drawn.buttons, quote=not scene.incoming.private)
        user_id = scene.incoming.user_id
        assert user_id is not None
        assert key is not None
        await scene.work.rows.dialogues.save(
            DialogueRow(
                user_id=user_id,
                chat_id=scene.incoming.chat_id,
                form=dialogue.form.name,
                session=session.model_dump_json(),
                screen_key=key,
                updated_at=scene.work.now,
            )
        )

    async def _edit(self, scene: Scene, key: str, text: Html, buttons: tuple[tuple[Button, ...], ...] = ()) -> None:
        await scene.work.rows.outbox.put(
            Outgoing(
                key=scene.next_key(),
                chat_id=scene.incoming.chat_id,
                kind=Sending.EDIT,
                policy=Policy.IDEMPOTENT,
                text=text,
                buttons=buttons,
                target=key,
            )
        )

    async def _retire(self, scene: Scene, dialogue: Dialogue, row: DialogueRow) -> None:
        """The question that was on screen keeps one line: what was asked, and what was answered."""
        old = Session.model_validate_json(row.session)
        question = dialogue.form.asks.get(old.at)
        label = scene.label(f"{dialogue.form.name}.{question.name}.label") if question else None
        title = scene.label(f"{dialogue.form.name}.title")
        await self._edit(scene, row.screen_key, scene.text("dialogue.retired", title=title, label=label or ""))

    async def _close(self, scene: Scene, row: DialogueRow, closing: Html, buttons: Rows = (), *, pressed: bool) -> None:
        if pressed:
            await self._edit(scene, row.screen_key, closing, buttons)
            return
        await scene.say(closing, buttons, quote=not scene.incoming.private)


def _where(scene: Scene) -> dict[str, object]:
    """A dialogue stays in the drill in which it began."""
    drills = scene.work.rows.drills
    if drills.standing is not None:
        return {"drill": drills.standing}
    return {"marked": True} if drills.marked else {}


async def _stands_again(scene: Scene, row: DialogueRow) -> bool:
    """Back where the dialogue began: in its drill, or in reality. False where that drill is over; then it is too."""
    context, drills = Session.model_validate_json(row.session).context, scene.work.rows.drills
    drills.leave()
    if context.get("marked"):
        drills.mark()
    drill = context.get("drill")
    if not isinstance(drill, int) or await stand_in(scene.work, drill):
        return True
    await scene.work.rows.dialogues.drop(row.user_id, row.chat_id)
    return False


def _known(session: Session) -> dict[str, JsonValue]:
    return {**session.answers, **session.context}


def _events(scene: Scene) -> list[Event]:
    """What a message answers. A caption under a photo may answer the next question."""
    incoming = scene.incoming
    match incoming.what:
        case What.TEXT:
            return [Answer(text=incoming.text)]
        case What.PHOTO:
            caption = [Answer(text=incoming.text)] if incoming.text.strip() else []
            return [Answer(photo=incoming.file_id), *caption]
        case What.VOICE:
            return [Answer(voice=Voice(file_id=incoming.file_id, seconds=incoming.seconds))]
        case What.LOCATION if incoming.lat is not None and incoming.lon is not None:
            spot = Location(
                lat=incoming.lat,
                lon=incoming.lon,
                accuracy=incoming.accuracy,
                live=incoming.live,
                forwarded=incoming.forwarded,
            )
            return [Answer(location=spot)]
    return []
