"""A county's own wording, judged before it is used: it may say things differently, it may not say other
things.

A text of a county is fit when it replaces one of ours, asks for the same facts, parses, and comes out as HTML
that Telegram takes, whatever the facts are. A card may leave facts out; a short text may not. Neither may
show facts that ours does not show, so that no rewording ever brings a phone number into a group.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from itertools import chain
from pathlib import Path

from jinja2 import TemplateError, TemplateSyntaxError

from messages import markup
from messages.placeholders import Shape, UnreadableError
from messages.sources import CARD_SUFFIX, Problem, Wording, read, strange_entries
from messages.specimens import specimens
from messages.voices import Kind, Voice

FAILURES = (TemplateError, TypeError, ValueError, LookupError, AttributeError, ArithmeticError)
"""what rendering a template with unfit facts may raise"""


def fit_voices(folder: Path, ours: dict[str, Voice]) -> tuple[dict[str, Voice], list[Problem]]:
    """The county's voices without their unfit texts, and what was unfit."""
    if not folder.is_dir():
        return {}, [Problem("overlay.no_folder", {"file": str(folder)})]
    problems = strange_entries(folder)
    voices = {}
    for lang, wording in read(folder).items():
        voices[lang], unfit = _fit_voice(wording, ours[lang])
        problems += wording.problems + unfit
    return voices, problems


def _fit_voice(wording: Wording, ours: Voice) -> tuple[Voice, list[Problem]]:
    candidate = Voice(ours.lang, wording, ours.parts)
    unfit: dict[tuple[Kind, str], list[Problem]] = {}
    kinds: tuple[Kind, Kind] = ("text", "card")
    for kind in kinds:
        for name in candidate.names(kind):
            unfit[kind, name] = list(judge(kind, name, candidate, ours))
    kept = Wording(
        texts={name: source for name, source in wording.texts.items() if not unfit["text", name]},
        # Parts of cards (names with _) are not a county's to change: our own cards use them too.
        cards={name: source for name, source in wording.cards.items() if unfit.get(("card", name)) == []},
    )
    parts = [
        Problem("overlay.part", {"file": f"{ours.lang}/cards/{name}{CARD_SUFFIX}"})
        for name in wording.cards
        if name.startswith("_")
    ]
    return Voice(ours.lang, kept, ours.parts), parts + [problem for some in unfit.values() for problem in some]


def judge(kind: Kind, name: str, county: Voice, ours: Voice) -> Iterator[Problem]:
    """What is unfit about one text or card of a county."""
    where = f"{ours.lang}/{'cards/' if kind == 'card' else ''}{name}"
    if not ours.has(kind, name):
        yield Problem("overlay.unknown", {"address": where, "near": _nearest(name, ours.names(kind))})
        return
    try:
        asked, known = county.shape(kind, name), ours.shape(kind, name)
    except TemplateSyntaxError as error:
        yield Problem("overlay.bad_template", {"address": where, "line": error.lineno, "detail": str(error.message)})
        return
    except UnreadableError as error:
        yield Problem("overlay.not_for_texts", {"address": where, "detail": str(error)})
        return
    differences = list(_differences(kind, asked, known))
    for key, names in differences:
        yield Problem(key, {"address": where, "names": names})
    if not differences:
        yield from _faults(kind, name, county, (known, asked), where)


def _nearest(name: str, names: list[str]) -> str:
    return next(iter(get_close_matches(name, names, n=1, cutoff=0.6)), "")


def _differences(kind: Kind, asked: Shape, known: Shape) -> Iterator[tuple[str, list[str]]]:
    theirs, own = set(asked.paths()), set(known.paths())
    if extra := sorted(theirs - own):
        yield "overlay.other_facts", extra
    if kind == "text" and (missing := sorted(own - theirs)):
        yield "overlay.missing_facts", missing


def _faults(kind: Kind, name: str, voice: Voice, shapes: tuple[Shape, ...], where: str) -> Iterator[Problem]:
    """Try it with made-up facts; the first specimen it fails on is enough to tell.

    The facts our own wording needs show what cannot be done with them, those of the county's open its branches.
    """
    for _, facts in chain.from_iterable(specimens(shape) for shape in shapes):
        try:
            html = voice.render(kind, name, facts)
        except FAILURES as error:
            yield Problem("overlay.cannot_be_shown", {"address": where, "detail": str(error)})
            return
        found = markup.faults(html)
        for fault in found:
            yield Problem(fault.key, {"address": where, "detail": fault.detail})
        if found:
            return
