"""What every form promises, checked over the registry by the tests: its questions fit its model, its buttons fit
Telegram, its texts can be named. Not used while the bot runs."""

import re
from collections.abc import Iterator

from pydantic import ValidationError

from domain.answers import Choice
from domain.form_parts import Form, Kind, Question
from domain.form_reading import COMMON_ERRORS, choice_key

MOST_CHOICES = 24
"""three pages of eight buttons; the hazard categories are 24"""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_STATIC_CODE = re.compile(r"[A-Za-z0-9_]{1,8}")
_CHOOSES = frozenset({Kind.CHOICE, Kind.MULTI})
_BROUGHT = frozenset({Kind.PICK, Kind.PERSON, Kind.PLACE})
_ALSO = frozenset({Kind.TEXT, Kind.PHOTO, Kind.LOCATION, Kind.VOICE})


def text_keys(form: Form) -> set[str]:
    """Every text the form needs of its own: <form>.title, and per question .ask (the prompt), .label (its line in the
    review), .help, .choice.<code>, .error.<key>. Those all forms share are COMMON_ERRORS."""
    keys = {f"{form.name}.title"} | {f"{form.name}.error.{key}" for key in form.errors}
    for question in form.asks.values():
        stem = f"{form.name}.{question.name}"
        keys |= {f"{stem}.ask", f"{stem}.label"} | ({f"{stem}.help"} if question.has_help else set())
        keys |= {f"{stem}.error.{key}" for key in question.errors}
        keys |= {choice_key(form, question, choice) for choice in question.choices if not choice.label}
    return keys


def form_problems(form: Form) -> list[str]:
    """What is wrong with a form, one sentence each; [] for a sound one."""
    problems = [] if _NAME.fullmatch(form.name) else [f"{form.name}: the name is no lower-case word"]
    for question in form.asks.values():
        problems += [f"{form.name}.{question.name}: {problem}" for problem in _problems(form, question)]
    problems += [f"{form.name}: {key} is a text all forms share" for key in form.errors if _common(key)]
    return problems


def _common(key: str) -> bool:
    return f"dialogue.error.{key}" in COMMON_ERRORS


def _problems(form: Form, question: Question) -> Iterator[str]:
    if not _NAME.fullmatch(question.name):
        yield "the name is no lower-case word"
    needed = form.model.model_fields[question.name].is_required()
    if needed and not question.required:
        yield "may be skipped, but the model requires it"
    if needed and question.when is not None:
        yield "is asked only sometimes, but the model requires it"
    if question.many and question.kind is not Kind.PHOTO:
        yield "only photos can be many"
    if question.splits and question.kind is Kind.TEXT:
        yield "a text takes the whole line and cannot split"
    if set(question.also) - _ALSO:
        yield "takes also what cannot be told apart"
    yield from (f"{key!r} is no word" for key in question.errors if not _NAME.fullmatch(key))
    yield from _choice_problems(form, question)


def _choice_problems(form: Form, question: Question) -> Iterator[str]:
    choices = question.choices
    if question.choices and question.options:
        yield "has both choices and options"
    if question.kind in _CHOOSES and not (choices or question.options):
        yield "has nothing to choose"
    if question.kind is Kind.PICK and not question.options:
        yield "has no options"
    if choices and question.kind in _BROUGHT:
        yield "has fixed choices for what the caller brings"
    if len(choices) > MOST_CHOICES:
        yield f"has {len(choices)} choices, more than {MOST_CHOICES}"
    codes = [choice.code for choice in choices]
    if len(set(codes)) < len(codes):
        yield "has a code twice"
    numbers = [at if choice.number is None else choice.number for at, choice in enumerate(choices, 1)]
    if len(set(numbers)) < len(numbers):
        yield "has a number twice"
    yield from (f"code {code!r} is not 1 to 8 letters or digits" for code in codes if not _STATIC_CODE.fullmatch(code))
    yield from (f"the model does not keep {c.stored!r} as it is" for c in choices if not _kept(form, question, c))


def _kept(form: Form, question: Question, choice: Choice) -> bool:
    """Whether the field takes the choice, and stores the same value: a review must find its label again."""
    rule = form.rules[question.name]
    every = [one.stored for one in question.choices]
    for raw in [[choice.stored], every] if question.kind is Kind.MULTI else [choice.stored]:
        try:
            stored = rule.dump_python(rule.validate_python(raw, context={"now": None}), mode="json")
        except ValidationError:
            continue
        if choice.stored in (stored if question.kind is Kind.MULTI else [stored]):
            return True
    return False
