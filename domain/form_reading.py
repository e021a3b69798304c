"""From what came in to what is stored: reads one answer to one question and applies the rules of its field.

Everything that cannot be taken is a `AnswerError` whose key is already the full address of a text.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, replace

from pydantic import JsonValue, ValidationError
from pydantic_core import ErrorDetails

from domain.answers import (
    Choice,
    choice_named,
    is_nothing,
    read_choice,
    read_choices,
    read_count_people,
    read_number,
    read_time,
)
from domain.form_parts import Answer, AnswerError, Form, Given, Kind, Question

COMMON_ERRORS = frozenset(
    "dialogue.error." + key
    for key in (
        "not_understood",
        "not_a_number",
        "not_a_choice",
        "not_a_time",
        "need_text",
        "need_photo",
        "need_location",
        "wrong_kind",
        "required",
        "too_small",
        "too_large",
        "too_short",
        "too_long",
        "too_many_choices",
        "too_many_photos",
        "time_in_past",
        "time_in_future",
        "time_too_far",
        "not_a_phone",
    )
)
"""Texts every form shares. too_small and too_short have the fact `least`, too_large and the rest `most`."""

CHOOSING = frozenset({Kind.CHOICE, Kind.MULTI, Kind.PICK})
_BY_NAME = frozenset({Kind.CHOICE, Kind.PICK, Kind.PERSON, Kind.PLACE})
WANTED: Mapping[Kind, str] = {
    **dict.fromkeys((Kind.CHOICE, Kind.MULTI, Kind.PICK, Kind.PERSON, Kind.PLACE), "not_a_choice"),
    Kind.TEXT: "need_text",
    Kind.NUMBER: "not_a_number",
    Kind.COUNT: "not_understood",
    Kind.TIME: "not_a_time",
    Kind.PHOTO: "need_photo",
    Kind.LOCATION: "need_location",
    Kind.VOICE: "wrong_kind",
}
_LIMITS: Mapping[str, tuple[str, str, str]] = {
    "greater_than": ("too_small", "least", "gt"),
    "greater_than_equal": ("too_small", "least", "ge"),
    "less_than": ("too_large", "most", "lt"),
    "less_than_equal": ("too_large", "most", "le"),
    "string_too_short": ("too_short", "least", "min_length"),
    "string_too_long": ("too_long", "most", "max_length"),
    "too_short": ("required", "least", "min_length"),
    "too_long": ("too_many_choices", "most", "max_length"),
}
# Controls and half surrogates cannot be stored by every database.
_UNSTORABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")


def choice_key(form: Form, question: Question, choice: Choice) -> str:
    return f"{form.name}.{question.name}.choice.{choice.code}"


def shown(form: Form, question: Question, given: Given) -> tuple[Choice, ...]:
    """The choices on screen, with their labels where the caller can word them."""
    if question.options:
        return tuple(given.options.get(question.options, ()))
    say = given.label
    if say is None:
        return question.choices
    return tuple(
        one if one.label else replace(one, label=say(choice_key(form, question, one))) for one in question.choices
    )


def read_text(form: Form, question: Question, text: str, given: Given) -> JsonValue:
    """The raw value a typed text stands for, None where it stands for none."""
    text = _UNSTORABLE.sub(" ", text).strip()
    choices = shown(form, question, given)
    stored = {choice.code: choice.stored for choice in choices}
    if question.kind is Kind.MULTI:
        codes = read_choices(text, choices)
        return None if codes is None else [stored[code] for code in codes]
    code = read_choice(text, choices) if question.kind in _BY_NAME else choice_named(text, choices)
    if code is not None:
        return stored[code]
    free = _read_free(question, text, given)
    if question.nothing is not None and is_nothing(text) and (free is None or question.kind is Kind.TEXT):
        return question.nothing
    if free is None and Kind.TEXT in question.also:
        return text or None
    return free


def _read_free(question: Question, text: str, given: Given) -> JsonValue:
    match question.kind:
        case Kind.TEXT:
            return text or None
        case Kind.NUMBER:
            return read_number(text, question.units)
        case Kind.COUNT:
            count = read_count_people(text)
            return None if count is None else asdict(count)
        case Kind.TIME:
            if given.now is None or given.tz is None:
                raise ValueError(f"question {question.name} needs now and tz")
            moment = read_time(text, given.now, given.tz, question.lean)
            return None if moment is None else moment.isoformat()
    return None


def read_answer(form: Form, question: Question, answer: Answer, old: JsonValue, given: Given) -> JsonValue:
    """The raw value of any answer, not yet checked; `old` is the present value, to which photos are added.

    AnswerError where the question does not take this kind of content.
    """
    raw: JsonValue = None
    if answer.text is not None:
        raw = read_text(form, question, answer.text, given)
    elif answer.choice is not None or answer.choices is not None:
        raw = _chosen_values(form, question, answer, given)
    elif answer.photo is not None and question.takes(Kind.PHOTO):
        raw = [*(old if isinstance(old, list) else []), answer.photo] if question.many else answer.photo
    elif answer.location is not None and question.takes(Kind.LOCATION):
        raw = answer.location.model_dump(mode="json")
    elif answer.voice is not None and question.takes(Kind.VOICE):
        raw = answer.voice.model_dump(mode="json")
    elif answer.person is not None and question.kind is Kind.PERSON:
        raw = answer.person
    elif answer.place is not None and question.kind is Kind.PLACE:
        raw = answer.place
    if raw is None:
        raise AnswerError(address(form, question, WANTED[question.kind]))
    return raw


def _chosen_values(form: Form, question: Question, answer: Answer, given: Given) -> JsonValue:
    stored = {choice.code: choice.stored for choice in shown(form, question, given)}
    codes = answer.choices if answer.choices is not None else (answer.choice or "",)
    if any(code not in stored for code in codes):
        return None
    if question.kind is Kind.MULTI:
        return [stored[code] for code in codes]
    return stored[codes[0]] if len(codes) == 1 else None


def checked(form: Form, question: Question, raw: JsonValue, given: Given) -> JsonValue:
    """The value as it is stored, by the rules of the field and within what is offered; else AnswerError."""
    rule = form.rules[question.name]
    try:
        value: JsonValue = rule.dump_python(rule.validate_python(raw, context=given.for_rules), mode="json")
    except ValidationError as error:
        raise refusal(form, question, error) from None
    fixed = question.kind in CHOOSING or (question.kind in _BY_NAME and question.options)
    known = question.options is None or question.options in given.options
    if fixed and known and not question.also:
        offered = {str(choice.stored) for choice in shown(form, question, given)}
        if any(str(one) not in offered for one in (value if isinstance(value, list) else [value])):
            raise AnswerError(address(form, question, "not_a_choice"))
    return value


def chosen(form: Form, question: Question, value: JsonValue, given: Given) -> tuple[Choice, ...]:
    """The choices a stored value stands for, in the order shown."""
    values = {str(one) for one in (value if isinstance(value, list) else [value])}
    return tuple(choice for choice in shown(form, question, given) if str(choice.stored) in values)


def refusal(form: Form, question: Question | None, error: ValidationError) -> AnswerError:
    """The first reason a person can do something about, as a AnswerError with the full address."""
    reasons = error.errors(include_url=False, include_input=False)
    own = [reason["ctx"]["error"] for reason in reasons if "error" in reason.get("ctx", {})]
    for raised in own:
        if isinstance(raised, AnswerError):
            return AnswerError(address(form, question, raised.key), raised.question, **raised.facts)
    limit = next((reason for reason in reasons if reason["type"] in _LIMITS), None)
    if limit is None:
        return AnswerError(address(form, question, "not_understood"))
    return _limit(form, question, limit)


def blames(form: Form, error: ValidationError) -> str:
    """The field a validation of the whole model complains of first, "" for the model itself."""
    reasons = error.errors(include_url=False, include_input=False)
    return refusal(form, None, error).question or next((str(r["loc"][0]) for r in reasons if r["loc"]), "")


def _limit(form: Form, question: Question | None, reason: ErrorDetails) -> AnswerError:
    key, fact, name = _LIMITS[reason["type"]]
    if key == "too_many_choices" and question is not None and question.kind is Kind.PHOTO:
        key = "too_many_photos"
    return AnswerError(address(form, question, key), **{fact: reason["ctx"][name]})


def address(form: Form, question: Question | None, key: str) -> str:
    """Where the text of an error lives: with the question, with the form, or among those all forms share."""
    if question is not None and key in question.errors:
        return f"{form.name}.{question.name}.error.{key}"
    if key in form.errors:
        return f"{form.name}.error.{key}"
    common = f"dialogue.error.{key}"
    return common if common in COMMON_ERRORS else "dialogue.error.not_understood"
