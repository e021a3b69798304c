"""Whatever people send, in whatever order: nothing raises, nothing is lost, and what is over is over."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.answers import Headcount
from domain.forms import (
    REVIEW,
    Answer,
    Ask,
    Back,
    Cancel,
    Cancelled,
    Confirm,
    Done,
    Edit,
    Keep,
    Location,
    Page,
    Review,
    Skip,
    Stale,
    Submit,
    Tick,
    Voice,
    button_data,
    look,
    parse_button,
    resume,
    start,
    step,
)
from tests.domain.form_samples import ASSIGN, GIVEN, NOW, PATROL, again

TYPED = [
    *(
        "1",
        "2",
        "3",
        "4",
        "6,水位31.2",
        "1 下面3户",
        "2 4 31.2 3户",
        "正常",
        "有异常",
        "去不了",
        "无",
        "没有",
        "0",
        "31.2",
    ),
    *(
        "31.2米",
        "12户41人",
        "有",
        "渗水浑浊",
        "1 3",
        "18点",
        "半小时后",
        "昨晚11点",
        "返回",
        "跳过",
        "取消",
        "不改",
        "确认",
        "改2",
    ),
    *("改水位", "收到", "不对", "玩笑", "地震", "1 山塘巡查员 今天18点 人工清障", "网格员甲", "好", "，", ""),
]
CODES = ("ok", "bad", "cannot", "road", "crack", "murky", "spill", "send", "7", "8", "yes", "no", "x", "")
NAMES = (*PATROL.asks, *ASSIGN.asks, REVIEW, "nothing")

texts = st.sampled_from(TYPED) | st.text(max_size=30) | st.lists(st.sampled_from(TYPED), max_size=4).map(" ".join)
codes = st.sampled_from(CODES)
places = st.builds(Location, lat=st.floats(-90, 90), lon=st.floats(-180, 180), live=st.booleans())
contents = st.one_of(
    texts.map(lambda text: {"text": text}),
    texts.map(lambda text: {"text": text}),
    codes.map(lambda code: {"choice": code}),
    st.lists(codes, max_size=3).map(lambda chosen: {"choices": tuple(chosen)}),
    st.sampled_from(["p1", "p2", "p3"]).map(lambda photo: {"photo": photo}),
    places.map(lambda place: {"location": place}),
    st.just({"voice": Voice(file_id="v", seconds=8)}),
    st.sampled_from([7, 10**15]).map(lambda person: {"person": person}),
    st.just({"place": "331124100201"}),
)
revs = st.none() | st.none() | st.integers(-1, 12)
events = st.one_of(
    st.builds(lambda content, rev: Answer(**content, rev=rev), contents, revs),
    st.builds(lambda content, rev: Answer(**content, rev=rev), contents, revs),
    st.sampled_from([Back, Skip, Keep, Confirm, Done, Cancel]).flatmap(lambda kind: st.builds(kind, revs)),
    st.builds(Edit, st.sampled_from(NAMES), revs),
    st.builds(Tick, codes, st.booleans(), revs),
    st.builds(Page, st.integers(-2, 3), revs),
)
forms = st.sampled_from(
    [
        (PATROL, {"point": "岭头山塘"}),
        (PATROL, {"point": "岭头山塘", "state": "bad", "threatened": Headcount(3, None)}),
        (ASSIGN, {}),
        (ASSIGN, {"how": "send", "due": NOW + timedelta(hours=3)}),
    ]
)
talks = st.tuples(forms, st.lists(events, max_size=25))


calm = settings(deadline=None, max_examples=40)


def sessions(form, context, sent):
    """(session before, event, session after, screen) of every step of a dialogue, each stored and read back."""
    session, _ = start(form, context, GIVEN)
    for event in sent:
        after, screen = step(form, again(session), event, GIVEN)
        yield session, event, after, screen
        if after is None:
            return
        assert again(after) == after
        session = after


@calm
@given(talks)
def test_no_order_of_events_raises_and_the_revision_only_goes_up(talk):
    (form, context), sent = talk
    for before, _, after, screen in sessions(form, context, sent):
        if after is None:
            assert isinstance(screen, Submit | Cancelled)
        else:
            assert after.rev == before.rev if after == before else after.rev > before.rev
            assert after.since <= after.rev
            assert isinstance(screen, Ask | Review | Stale)


@calm
@given(talks)
def test_a_stale_press_never_changes_anything(talk):
    (form, context), sent = talk
    for before, event, after, screen in sessions(form, context, sent):
        stale = event.rev is not None and not before.since <= event.rev <= before.rev
        if stale:
            assert (after, screen) == (before, Stale())
        assert stale or screen != Stale() or isinstance(event, Confirm)


@calm
@given(talks)
def test_a_refused_answer_leaves_the_session_as_it_was(talk):
    (form, context), sent = talk
    for before, event, after, screen in sessions(form, context, sent):
        refused = isinstance(screen, Ask | Review) and screen.error is not None
        if refused and not isinstance(event, Confirm) and not (isinstance(event, Answer) and before.at == REVIEW):
            assert after == before


@calm
@given(talks)
def test_back_and_keep_lead_to_the_same_question_with_the_same_answers(talk):
    (form, context), sent = talk
    for _, _, after, _ in sessions(form, context, sent):
        if after is None or after.editing:
            continue
        behind, screen = step(form, after, Back(), GIVEN)
        if behind == after or not isinstance(screen, Ask):
            continue
        on, _ = step(form, behind, Keep() if screen.can_keep and behind.at in behind.answers else Skip(), GIVEN)
        assert (on.at, on.answers, on.rev) == (after.at, after.answers, after.rev + 2)


@calm
@given(talks)
def test_what_is_shown_can_be_shown_again_and_pressed(talk):
    (form, context), sent = talk
    for _, _, after, screen in sessions(form, context, sent):
        if after is None:
            continue
        shown = look(form, after, GIVEN)
        assert type(screen) is Stale or type(screen) is type(shown)
        if isinstance(shown, Ask):
            for choice in shown.choices:
                press = parse_button(button_data(Answer(choice=choice.code, rev=after.rev)))
                pressed, outcome = step(form, after, press, GIVEN)
                assert outcome != Stale()
                assert pressed.rev > after.rev


@calm
@given(talks)
def test_what_is_submitted_obeys_the_whole_model(talk):
    (form, context), sent = talk
    for before, event, after, screen in sessions(form, context, sent):
        if isinstance(screen, Submit):
            assert before.at == REVIEW
            assert after is None
            assert form.model.model_validate(screen.answers.model_dump(), context={"now": NOW}) == screen.answers
            assert isinstance(event, Confirm | Answer)


@calm
@given(talks)
def test_resuming_under_the_same_form_loses_no_answer_and_makes_old_buttons_stale(talk):
    (form, context), sent = talk
    for _, _, after, _ in sessions(form, context, sent):
        if after is None:
            continue
        fresh, _ = resume(form, after, GIVEN)
        assert fresh.answers == after.answers
        assert step(form, fresh, Back(after.rev), GIVEN) == (fresh, Stale())


@calm
@given(talks)
def test_pressing_on_always_comes_to_an_end(talk):
    """From anywhere: answer what is asked, confirm, and the dialogue ends."""
    (form, context), sent = talk
    session = start(form, context, GIVEN)[0]
    for _, _, after, _ in sessions(form, context, sent):
        session = after
    sure = {"state": "1", "why": "1", "signs": "无", "level": "31", "threatened": "没有", "how": "1", "person": "1"}
    sure |= {"due": "18点", "measure": "人工清障", "listed": "否", "note": "滴水", "seen_at": "8:00"}
    for _ in range(40):
        if session is None:
            break
        asked = session.at
        event = Confirm() if asked == REVIEW else Answer(text=sure[asked]) if asked in sure else Skip()
        session, _ = step(form, session, event, GIVEN)
    assert session is None
