"""The contract of everything the bot says: every text, every language, every use in code. What fails here says which
line to write in which file."""

import re

import pytest

from messages import markup
from messages.catalogue import TOAST_LIMIT
from messages.cleaning import utf16_length
from messages.keyboards import LABEL_LIMIT
from messages.sources import LANGUAGES, read
from messages.specimens import Flavour
from messages.voices import Kind
from tests.messages import samples, scan
from tests.messages.trial import (
    FILES,
    FOLDER,
    FORM_PATTERNS,
    Trial,
    composed_addresses,
    covered,
    expect_none,
    in_every_language,
    in_words,
    own_words,
    place,
)

KINDS: tuple[Kind, Kind] = ("text", "card")
VILLAGE_LIMIT = 120
CHINESE = r"[\u3400-\u9fff]"
FACT = "〇"
COMMAND = re.compile(r"(?<![\w/:<])/([a-z][a-z0-9_]*)")
HALF_WIDTH = re.compile(rf"{CHINESE}[,;:!?.()]|[,;:!?()]{CHINESE}|{FACT}[,;!?]")
NOT_ENGLISH = re.compile(rf"{CHINESE}+|[，。；：！？（）【】、]")
HIDDEN = re.compile("[\u200b\u202a-\u202e\u2066-\u2069\x00-\x08\x0e-\x1f]")

every_file = pytest.mark.parametrize("file", FILES)
every_language = pytest.mark.parametrize("lang", LANGUAGES)
every_translation = pytest.mark.parametrize("lang", LANGUAGES[1:])


@pytest.fixture(scope="module")
def trials():
    return {lang: Trial(lang) for lang in LANGUAGES}


@pytest.fixture(scope="module")
def trees():
    return scan.parsed(scan.python_files())


@pytest.fixture(scope="module")
def uses(trees):
    return scan.uses(trees)


# -- the files ---------------------------------------------------------------------------------------------------


def test_every_file_of_wording_can_be_read():
    problems = [
        f"messages/{lang}: {problem.key} {dict(problem.facts)}"
        for lang, wording in read(FOLDER).items()
        for problem in wording.problems
    ]
    expect_none(problems)


@every_file
@every_language
def test_every_template_can_be_parsed(trials, lang, file):
    trial = trials[lang]
    expect_none(
        f"{trial.place(*entry)}: {reason}"
        for entry in trial.all_entries(file)
        if (reason := trial.unreadable(*entry)) is not None
    )


@every_file
@every_translation
def test_every_language_has_the_same_texts(trials, lang, file):
    first, other = trials[LANGUAGES[0]], trials[lang]
    missing = set(first.all_entries(file)) - set(other.all_entries(file))
    surplus = set(other.all_entries(file)) - set(first.all_entries(file))
    expect_none(
        [f"add {other.place(*entry)}, as in {LANGUAGES[0]}" for entry in missing]
        + [f"add {first.place(*entry)}, or remove it from {lang}" for entry in surplus]
    )


@every_file
@every_translation
def test_every_language_asks_for_the_same_facts(trials, lang, file):
    first, other = trials[LANGUAGES[0]], trials[lang]
    problems = []
    for entry in set(first.entries(file)) & set(other.entries(file)):
        wanted, used = (set(trial.shape(*entry).paths()) for trial in (first, other))
        problems += [f"{other.place(*entry)}: does not say {path}, Chinese does" for path in wanted - used]
        problems += [f"{other.place(*entry)}: says {path}, Chinese does not" for path in used - wanted]
    expect_none(problems)


# -- how they come out --------------------------------------------------------------------------------------------


@every_file
@every_language
def test_every_text_is_html_that_telegram_takes_whatever_the_facts(trials, lang, file):
    trial, problems = trials[lang], []
    for entry in trial.entries(file):
        where, outcome = trial.place(*entry), trial.outcome(*entry)
        for specimen, html in outcome.shown.items():
            problems += [f"{where} with {specimen} facts: {in_words(fault)}" for fault in markup.faults(html)]
            if not html:
                problems.append(f"{where} ({specimen}): comes out empty")
        if outcome.failure:
            problems.append(
                f"{where}: {outcome.failure}. If a fact must be a real object, give one in "
                f"tests/messages/samples.py SAMPLES[{entry[1]!r}]"
            )
    expect_none(problems)


@every_file
@every_language
def test_no_fact_can_hide_reorder_or_pose_as_our_markup(trials, lang, file):
    trial = trials[lang]
    expect_none(
        f"{trial.place(*entry)}: print facts with {{{{ fact }}}} or {{{{ fact|clip }}}}, nothing else"
        for entry in trial.entries(file)
        for html in (trial.outcome(*entry).shown.get(Flavour.HOSTILE, ""),)
        if "<script" in html or HIDDEN.search(html) or "@everyone" in html
    )


@every_file
@every_language
def test_buttons_and_toasts_fit(trials, uses, lang, file):
    buttons = {use.address for use in uses if use.shown_as == "button"}
    toasts = {use.address for use in uses if use.shown_as in {"label", "error"}}
    trial, problems = trials[lang], []
    for kind, name in trial.entries(file):
        parts = {*name.split(".")} if kind == "text" else set()
        is_button = name in buttons or parts & {"button", "choice"} or covered(name, samples.LABELS)
        if not is_button and name not in toasts:
            continue
        limit = LABEL_LIMIT if is_button else TOAST_LIMIT
        problems += [
            f"{trial.place(kind, name)}: at most {limit} characters on one line: {said}"
            for said in map(markup.plain, trial.ordinary(kind, name))
            if utf16_length(said) > limit or (is_button and "\n" in said)
        ]
    expect_none(problems)


# -- how they read ------------------------------------------------------------------------------------------------


@every_file
def test_chinese_reads_as_chinese(trials, file):
    trial, problems = trials["zh"], []
    for entry in trial.entries(file):
        said = markup.plain(own_words(trial.voice.source(*entry), FACT))
        if found := HALF_WIDTH.search(said):
            problems.append(f"{trial.place(*entry)}: write full-width punctuation instead of {found[0]!r}")
        if "!" in said or "！" in said:
            problems.append(f"{trial.place(*entry)}: no exclamation marks")
        if "你" in said:
            problems.append(f"{trial.place(*entry)}: people are 您")
    expect_none(problems)


@every_file
def test_english_reads_as_english(trials, file):
    trial, problems = trials["en"], []
    for entry in trial.entries(file):
        said = markup.plain(own_words(trial.voice.source(*entry), "fact"))
        if found := NOT_ENGLISH.search(said):
            problems.append(f"{trial.place(*entry)}: not English: {found[0]!r}")
        if "!" in said:
            problems.append(f"{trial.place(*entry)}: no exclamation marks")
    expect_none(problems)


@every_file
def test_village_people_read_no_more_than_120_characters(trials, file):
    trial, problems = trials["zh"], []
    for kind, name in trial.entries(file):
        if not covered(f"cards.{name}" if kind == "card" else name, samples.VILLAGE):
            continue
        for html in trial.ordinary(kind, name):
            length = len(re.sub(r"\s", "", markup.plain(html)))
            if length > VILLAGE_LIMIT:
                problems.append(f"{trial.place(kind, name)}: {length} characters, {VILLAGE_LIMIT} are enough")
    expect_none(problems)


# -- how the code asks for them ----------------------------------------------------------------------------------------


def test_every_text_that_code_asks_for_is_there(trials, uses):
    voice = trials["zh"].voice
    problems = [
        f"{use.where} asks for {use.address!r}: add it to {in_every_language(use.kind, use.address)}"
        for use in uses
        if "*" not in use.address and not voice.has(use.kind, use.address)
    ]
    expect_none(problems)


def test_every_composed_address_is_declared(uses):
    problems = [
        f"{use.where} puts together {use.address!r}: add it with all values of * to DYNAMIC in "
        f"tests/messages/samples.py"
        for use in uses
        if "*" in use.address and use.address not in {*samples.DYNAMIC, *FORM_PATTERNS}
    ]
    expect_none(problems)


def test_every_value_of_a_composed_address_has_its_text(trials):
    problems = [
        f"{pattern} leads to {address!r}: add it to {in_every_language(kind, address)}"
        for address, pattern in composed_addresses().items()
        for kind in (("text",) if "." in address else ("card",))
        if not trials["zh"].voice.has(kind, address)
    ]
    expect_none(problems)


def test_no_text_is_left_that_nobody_asks_for(trials, uses, trees):
    asked = {use.address for use in uses} | composed_addresses().keys() | scan.strings(trees)
    expect_none(
        f"{place('*', kind, name)}: no code asks for it. Remove it, or declare in DYNAMIC of "
        f"tests/messages/samples.py how its address is put together"
        for kind in KINDS
        for name in trials["zh"].voice.names(kind)
        if name not in asked
    )


def test_every_use_gives_the_facts_that_its_text_needs(trials, uses):
    problems = []
    for use in uses:
        if use.facts is None:
            continue
        for trial in trials.values():
            if trial.voice.has(use.kind, use.address) and trial.unreadable(use.kind, use.address) is None:
                missing = trial.shape(use.kind, use.address).needed() - use.facts
                problems += [f"{use.where}: {trial.place(use.kind, use.address)} needs {one}=…" for one in missing]
    expect_none(problems)


def test_every_command_that_texts_mention_is_listened_to(trials, trees):
    known = scan.commands(trees) | {"cancel", "menu"}  # the door's own two
    expect_none(
        f"{trial.place(*entry)}: nobody listens to /{command}; take it out, or add it to a feature's commands"
        for trial in trials.values()
        for file in FILES
        for entry in trial.entries(file)
        for command in COMMAND.findall(markup.plain(own_words(trial.voice.source(*entry), FACT)))
        if command not in known
    )


def test_nobody_makes_html_by_hand():
    trees = scan.parsed(scan.python_files(("services", "handlers", "feeds", "scheduler")))
    problems = [
        f"{where}: what people wrote could reach Telegram unescaped. Make it a text in messages/; rendered parts "
        f'are facts too: one = "{{{{ first }}}}\\n\\n{{{{ second }}}}"'
        for where in scan.hand_made_html(trees)
    ]
    expect_none(problems)
