"""One step of one session: which questions are open, what each event changes, which screen follows.

The inside of forms.step(); nobody else uses it.
"""

import re
from collections.abc import Mapping

from pydantic import JsonValue, ValidationError

from domain.answers import choice_named, is_nothing, read_control, read_edit, read_yes_no
from domain.form_parts import (
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
    Page,
    Question,
    Review,
    Screen,
    Session,
    Skip,
    Submit,
    Tick,
)
from domain.form_reading import WANTED, address, blames, checked, chosen, read_answer, read_text, refusal, shown

_EARLY = frozenset({Kind.PHOTO, Kind.LOCATION})
_SEPARATOR = re.compile(r"[\s,，、;；。]+")
_MOST_CUTS = 8
"""Beyond that many separators a text is a story, not answers in a row."""
_CONTROLS: Mapping[str, Event] = {
    "back": Back(),
    "cancel": Cancel(),
    "skip": Skip(),
    "keep": Keep(),
    "confirm": Confirm(),
}


def _kind_sent(answer: Answer) -> Kind | None:
    if answer.photo is not None:
        return Kind.PHOTO
    return Kind.LOCATION if answer.location is not None else None


class Turn:
    """One step of one session: which questions are open, what is known, where each event leads. Never changed."""

    def __init__(self, form: Form, session: Session, given: Given) -> None:
        self.form = form
        self.session = session
        self.given = given
        self.known = dict(session.context)
        self.visible: dict[str, Question] = {}
        for name, question in form.asks.items():
            if question.when is not None and not question.when(self.known):
                self.known.pop(name, None)
                continue
            self.visible[name] = question
            if name not in session.context and name in session.answers:
                self.known[name] = session.answers[name]
        self.asked = {name: q for name, q in self.visible.items() if name not in session.context}

    def gap(self) -> str:
        """The first question still to be asked, or the review."""
        for name, question in self.asked.items():
            if name not in self.session.answers and (question.required or name not in self.session.skipped):
                return name
        return REVIEW

    def go(self, at: str, **changes: object) -> "Turn":
        rev = self.session.rev + 1
        return self._with(at=at, rev=rev, since=rev, ticked=None, **changes)

    def stay(self, **changes: object) -> "Turn":
        """Something new on the same question: its buttons stay good."""
        return self._with(rev=self.session.rev + 1, **changes)

    def _with(self, **changes: object) -> "Turn":
        return Turn(self.form, self.session.model_copy(update=changes), self.given)

    def screen(self, error: AnswerError | None = None, page: int = 0) -> Screen:
        key, facts = (error.key, error.facts) if error else (None, {})
        at = self.session.at if self.session.at in (*self.asked, REVIEW) else self.gap()
        if at == REVIEW:
            return Review(tuple(map(self._item, self.visible.values())), key, facts)
        question, order = self.asked[at], [*self.asked]
        ticked = self._ticked(question) if question.kind is Kind.MULTI else ()
        return Ask(
            question=question,
            number=order.index(at) + 1,
            total=len(order),
            choices=shown(self.form, question, self.given),
            value=self._value(question),
            ticked=ticked,
            can_back=order[0] != at or self.session.editing,
            error=key,
            facts=facts,
            page=page,
        )

    def _item(self, question: Question) -> Item:
        value = self.known.get(question.name)
        standing_for = chosen(self.form, question, value, self.given)
        return Item(question, value, standing_for, editable=question.name in self.asked)

    def _value(self, question: Question) -> JsonValue:
        if question.name in self.session.answers or question.default is None:
            return self.session.answers.get(question.name)
        return question.default(self.known)

    def _ticked(self, question: Question) -> tuple[str, ...]:
        if self.session.ticked is not None:
            return self.session.ticked
        return tuple(choice.code for choice in chosen(self.form, question, self._value(question), self.given))

    def meant(self, event: Event) -> Event:
        """A typed control word as the event it stands for."""
        if not isinstance(event, Answer) or event.text is None:
            return event
        if self.session.at == REVIEW:
            if word := read_control(event.text, ("confirm", "cancel", "back")):
                return _CONTROLS[word]
            labels = [self.given.label(f"{self.form.name}.{n}.label") if self.given.label else "" for n in self.visible]
            line = read_edit(event.text, labels)
            return event if line is None else Edit([*self.visible][line])
        question = self.asked[self.session.at]
        word = read_control(event.text)
        named = word and choice_named(event.text, shown(self.form, question, self.given))
        if word is None or named or (word == "keep" and self._value(question) is None):
            return event
        return _CONTROLS[word]

    def outcome(self, event: Event) -> tuple[Session | None, Screen]:
        """What the event leads to. Raises AnswerError where an answer cannot be taken."""
        match event:
            case Cancel():
                return None, Cancelled()
            case Page(number):
                return self.session, self.screen(page=number)
            case Confirm() if self.session.at == REVIEW:
                return self.submit()
        question = self.asked.get(self.session.at)
        turn = self._at_review(event) if question is None else self._at(question, event)
        return turn.session, turn.screen()

    def _at_review(self, event: Event) -> "Turn":
        match event:
            case Back() if self.asked:
                return self._back()
            case Edit(name) if name in self.asked:
                return self.go(name, editing=True, ahead=())
            case Answer(photo=None, location=None):
                raise AnswerError(address(self.form, None, "not_understood"))
            case Answer():
                return self._early(event)
        return self

    def _at(self, question: Question, event: Event) -> "Turn":
        match event:
            case Back():
                return self._back()
            case Skip():
                return self._skip(question)
            case Keep() if (value := self._value(question)) is not None:
                return self.take(question, value)
            case Tick() | Done() if question.kind is Kind.MULTI:
                return self._ticks(question, event)
            case Answer():
                return self._answer(question, event)
        return self

    def take(self, question: Question, raw: JsonValue) -> "Turn":
        """Stores an answer and goes on: to what Back left behind, or to the next gap if that comes first."""
        value = checked(self.form, question, raw, self.given)
        skipped = tuple(name for name in self.session.skipped if name != question.name)
        answers = {**self.session.answers, question.name: value}
        return self._with(answers=answers, skipped=skipped)._onward()

    def _onward(self) -> "Turn":
        order, gap = [*self.asked, REVIEW], self.gap()
        ahead = [name for name in self.session.ahead if name in order]
        target = ahead.pop() if ahead else gap
        if order.index(gap) < order.index(target):
            ahead, target = [*ahead, target], gap
        return self.go(target, ahead=tuple(ahead), editing=self.session.editing and target != REVIEW)

    def _back(self) -> "Turn":
        at, order = self.session.at, [*self.asked, REVIEW]
        if self.session.editing:
            return self.go(REVIEW, editing=False, ahead=())
        if order.index(at) == 0:
            return self
        return self.go(order[order.index(at) - 1], ahead=(*self.session.ahead, at))

    def _skip(self, question: Question) -> "Turn":
        if question.required:
            raise AnswerError(address(self.form, question, "required"))
        answers = {name: value for name, value in self.session.answers.items() if name != question.name}
        return self._with(answers=answers, skipped=(*self.session.skipped, question.name))._onward()

    def _ticks(self, question: Question, event: Tick | Done) -> "Turn":
        ticked, codes = self._ticked(question), [choice.code for choice in shown(self.form, question, self.given)]
        if isinstance(event, Done):
            return self._answer(question, Answer(choices=ticked))
        if event.code not in codes:
            raise AnswerError(address(self.form, question, "not_a_choice"))
        now = {*ticked, event.code} if event.on else {*ticked} - {event.code}
        return self.stay(ticked=tuple(code for code in codes if code in now))

    def _answer(self, question: Question, answer: Answer) -> "Turn":
        if answer.text is not None:
            return self._text(question, answer.text)
        kind = _kind_sent(answer)
        if kind in _EARLY and not question.takes(kind):
            return self._early(answer)
        old = self.session.answers.get(question.name)
        return self.take(question, read_answer(self.form, question, answer, old, self.given))

    def _early(self, answer: Answer) -> "Turn":
        """A picture or a place sent before (or, with `many`, after) it is asked for is put where it belongs."""
        kind, answers = _kind_sent(answer), self.session.answers
        hosts = [q for q in self.asked.values() if q.kind is kind and (q.many or q.name not in answers)]
        if not hosts:
            raise AnswerError(address(self.form, None, "wrong_kind"))
        raw = read_answer(self.form, hosts[0], answer, answers.get(hosts[0].name), self.given)
        value = checked(self.form, hosts[0], raw, self.given)
        return self.stay(answers={**answers, hosts[0].name: value})

    def _text(self, question: Question, text: str) -> "Turn":
        if turn := self._plainly(question, text) or self._several(question, text):
            return turn
        codes = {choice.code for choice in question.choices}
        says_yes = read_yes_no(text) if codes == {"yes", "no"} else None
        if says_yes is None:
            raise AnswerError(address(self.form, question, WANTED[question.kind]))
        return self._answer(question, Answer(choice="yes" if says_yes else "no"))

    def _plainly(self, question: Question, text: str) -> "Turn | None":
        """The whole text as the answer to this one question; None where it is none."""
        raw = read_text(self.form, question, text, self.given)
        if not question.required and is_nothing(text) and raw in (None, text.strip()):
            return self._skip(question)
        return None if raw is None else self.take(question, raw)

    def _several(self, question: Question, text: str) -> "Turn | None":
        """The longest beginning that answers this question, if all the rest answers the next ones."""
        text = text.strip()
        cuts = [*_SEPARATOR.finditer(text)] if question.splits else []
        for cut in reversed(cuts if len(cuts) <= _MOST_CUTS else []):
            try:
                first = self._plainly(question, text[: cut.start()])
                following = first.asked.get(first.session.at) if first else None
                if first is None or following is None:
                    continue
                rest = text[cut.end() :]
                if then := first._plainly(following, rest) or first._several(following, rest):
                    return then
            except AnswerError:
                continue
        return None

    def submit(self) -> tuple[Session | None, Screen]:
        """The whole model, validated; or the question that stands in its way, with the reason."""
        if (gap := self.gap()) != REVIEW:
            turn = self.go(gap, editing=True, ahead=())
            return turn.session, turn.screen(AnswerError(address(self.form, self.asked[gap], "required")))
        fields = {name: value for name, value in self.known.items() if name in self.form.rules}
        try:
            return None, Submit(self.form.model.model_validate(fields, context=self.given.for_rules))
        except ValidationError as error:
            blamed = self.asked.get(blames(self.form, error))
            turn = self if blamed is None else self.go(blamed.name, editing=True, ahead=())
            return turn.session, turn.screen(refusal(self.form, blamed, error))
