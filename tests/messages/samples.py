"""What the catalogue tests cannot see by themselves, one table each. Authors of texts add their lines here.

DYNAMIC   addresses that code puts together from parts: f"role.name.{role}" is the pattern "role.name.*"
VILLAGE   files and single addresses read by village people: at most 120 characters in Chinese
LABELS    addresses shown as buttons although no `Button(words.label("…"))` says so in code
SAMPLES   facts for one address where the made-up ones do not fit (a fact that must be a real object)
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta

import assembly
import delivery.errors
from domain import (
    calling,
    checklists,
    checks,
    drills,
    hazards,
    households,
    ledger,
    letters,
    patrols,
    rewards,
    stage_two,
)
from domain.action_cards import Family
from domain.chain import Tier
from domain.colours import Colour, ColourEvidence
from domain.digest_figures import Share
from domain.form_reading import COMMON_ERRORS
from domain.hazard_lists import HazardTab
from domain.hazards import Category
from domain.households import RelaySum
from domain.obligations import TO_NOBODY_ELSE, Channel, ObligationState, Rung
from domain.outgoing import OutboxState
from domain.people import PrivateChat, Role
from domain.points import FIELDS, PointAct, PointStatus, RiskLevel
from domain.response import Move, ResponseLevel
from domain.review import Advice, Review
from domain.source_health import Trouble
from domain.warning_figures import Figures
from domain.warning_tally import Tally
from domain.warnings import Finding, How, Mark, PlaceProblem, Reason
from feeds.errors import Unreadable
from handlers import menu
from services import (
    archive_paper,
    drill_papers,
    event_sheets,
    rehearsal,
    rehearsal_calls,
    rehearsal_papers,
    review_papers,
    reward_papers,
)
from services.duty_log_kinds import KEYS
from services.paper_kinds import PAPERS
from services.review import BEHIND
from services.sources import NO_LONGER_LISTED
from services.table_kinds import TABLES
from tests.messages.forms import choices_of
from tests.messages.operator import OPERATOR

# What OutboxRows.undelivered gives: a reason of delivery's, of a restart, or the bare state of the row.
_UNDELIVERED = frozenset(
    {reason.value for reason in delivery.errors.Reason}
    | {state.value for state in OutboxState if state not in {OutboxState.SENT, OutboxState.SUPERSEDED}}
    | {"restart"}
)
_IGNORED = frozenset(
    {Reason.ACK_OR_ERROR, Reason.NOT_ACTUAL, Reason.EXERCISE_NOT_ALLOWED, Reason.EXPIRED, Reason.OUTSIDE_COUNTY}
    | {Reason.DUPLICATE, Reason.STALE, Reason.CANCEL_UNKNOWN}
)
"""of these nobody is told"""

DYNAMIC: Mapping[str, Callable[[], Iterable[str | tuple[str, str]]]] = {
    **OPERATOR,
    "role.name.*": lambda: [role.value for role in Role],
    "action.family.*": lambda: [family.value for family in Family],
    "daily.button.*": lambda: ("warnings", "patrols", "checks", "duty", "hazards"),
    "daily.matter.*": lambda: ("warnings", "patrols", "checks", "duty"),
    "response.kind.*": lambda: [family.value for family in Family],
    "response.duty.*": lambda: [level.value for level in ResponseLevel],
    "response.brief.*": lambda: [level.value for level in ResponseLevel],
    "response.move.*": lambda: [move.value for move in Move],
    "response.because_*": lambda: ("lower", "end"),
    "response.open.*": lambda: ("hazards", "warnings", "checks", "rounds"),
    "response.button.take_*": lambda: ("start", "change", "end"),
    "response.button.refuse_*": lambda: ("start", "change", "end"),
    "response.decided.*": lambda: ("taken", "refused", "overtaken"),
    "response.refused.*": lambda: ("taken", "refused", "overtaken"),
    "channel.name.*": lambda: [channel.value for channel in Channel],
    "dialogue.error.*": lambda: [address.removeprefix("dialogue.error.") for address in COMMON_ERRORS],
    "duty.template.*": lambda: ("lines", "hours", "unit", "persons", "again"),
    "chain.template.*": lambda: ("lines", "persons", "households", "again"),
    "checkup.ladders.*": lambda: ("acting", "first_reply", "duty", "approval"),
    "console.template.*": lambda: tuple(TABLES),
    "table.kind.*": lambda: ("points", *TABLES),
    "table.unit.*": lambda: ("points", *TABLES),
    "points.template.*": lambda: ("lines", "again", "persons", "position", "counts", "levels", "categories"),
    "change_point.field.choice.*": lambda: choices_of("change_point", "field"),
    "points.status.*": lambda: [status.value for status in PointStatus],
    "points.act.*": lambda: [act.value for act in PointAct],
    "points.field.*": lambda: ("number", *FIELDS),
    "points.glyph.*": lambda: [category.value for category in Category],
    "points.told.*": lambda: ("accepted", "refused", "overtaken"),
    "points.decided.*": lambda: ("accepted", "refused", "overtaken"),
    "points.done.*": lambda: ("added", "changed", "retired"),
    "points.form.*": lambda: ("geojson", "kml"),
    "points.ask.*": lambda: ("area", "disaster", "trade", "level"),
    "points.button.by_*": lambda: ("area", "disaster", "trade", "level"),
    "retire_point.reason.choice.*": lambda: ("treated", "moved", "checked", "merged"),
    "points.level.*": lambda: [level.value for level in RiskLevel],
    "undelivered.reason.*": lambda: _UNDELIVERED,
    "warning.colour.*": lambda: [colour.value for colour in Colour],
    "elsewhere.what.*": lambda: [colour.value for colour in Colour],
    "elsewhere.sms.*": lambda: ("lifted", "corrected"),
    "elsewhere.trial.*": lambda: ("text", "title"),
    "elsewhere.note.*": lambda: ("sent", "failed", "unknown", "waiting"),
    "elsewhere.reason.*": lambda: (
        *("no_address", "no_secret", "no_channel", "refused", "not_sent", "timeout", "restart", "expired", "fault"),
    ),
    "warning.rung.*": lambda: [
        *("act", "asked"),
        *(rung.value for rung in Rung if rung not in TO_NOBODY_ELSE | {Rung.CHECKER}),
    ],
    "report.how.*": lambda: ("lifted", "expired", "retracted"),
    "answers.measure.*": lambda: [measure.value for measure in stage_two.Measure],
    "answers.means.*": lambda: [means.value for means in households.Means],
    "answers.call.*": lambda: [result.value for result in calling.CallResult],
    "answers.press.*": lambda: ("through", "no_answer", "no_such_number", "switched_off", "at_the_door", "satellite"),
    "warning.why.*": lambda: {
        "cut_off",
        "excused",
        "silent",
        "not_sent",
        "not_delivered",
        *(chat.value for chat in PrivateChat if chat != "open"),
    },
    "feed.unreadable.*": lambda: [reason.value for reason in Unreadable],
    "warning.held.reason.*": lambda: [
        NO_LONGER_LISTED,
        *(reason.value for reason in Reason if reason not in _IGNORED),
    ],
    "source.why.*": lambda: [trouble.value for trouble in Trouble],
    "held.doubt.*": lambda: {
        *(finding.value for finding in Finding),
        *(problem.value for problem in PlaceProblem),
        *(mark.value for mark in Mark),
    },
    "held.colour_from.*": lambda: (*(evidence.value for evidence in ColourEvidence), "officer", "unknown"),
    "held.placed_by.*": lambda: (*(how.value for how in How), "officer", "unknown"),
    "held.act.*": lambda: (
        *("approved", "sent_back", "called_wrong", "called_right", "corrected", "relayed", "extended"),
    ),
    "return_warning.reason.choice.*": lambda: choices_of("return_warning", "reason"),
    "second.button.*": lambda: ("agree", "return", "confirm", "right"),
    "second.*": lambda: ("agreed", "sent_back", "confirmed", "kept"),
    "second.silent.*": lambda: ("author", "leader"),
    "enrol.result.*": lambda: (
        *("already", "not_own", "not_listed", "taken_account", "taken_person", "locked"),
        *("link_unknown", "link_expired", "link_revoked", "link_used"),
    ),
    "roster.template.*": lambda: ("lines", "phone", "place", "posts", "deputy", "all"),
    "enrol.language.*": lambda: ("zh", "en"),
    "compose.kind.name.*": lambda: choices_of("compose", "kind"),
    "check.topic.*": lambda: [topic.value for topic in checks.Topic],
    "check.question.*": lambda: [topic.value for topic in checks.Topic],
    "check.choice.*": lambda: [choice.code for topic in checks.Topic for choice in checks.choices_of(topic)],
    "check.taken.*": lambda: ("answer", "late", "supplement", "same", "group"),
    "check.ask_on.*": lambda: ("way", "leave"),
    "check.state.*": lambda: (
        *("waiting", "answered", "late", "no_chat", "telephone", "silent", "excused", "released"),
        *(f"call_{call.value}" for call in checks.Call),
    ),
    "check.call.*": lambda: [call.value for call in checks.Call],
    "check.result.*": lambda: [result.value for result in checks.Result],
    "check.reason.*": lambda: [reason.value for reason in checks.Reason if reason is not checks.Reason.OTHER],
    "draw.same.*": lambda: ("fits", "differs", "older", "newer"),
    "draw.rounds.*": lambda: ("fits", "differs"),
    "draw.minute.*": lambda: ("fits", "differs"),
    "draw.asked.*": lambda: ("fits", "differs"),
    "check.item.*": lambda: (
        *(
            "presence",
            "hazards",
            "points",
            "households",
            "people",
            "shelters",
            "evacuators",
            "colour",
            "left",
            "point",
            "level",
        ),
    ),
    "check.fact.*": lambda: (
        *(
            "no_list",
            "points",
            "no_points",
            "households",
            "on_leave",
            "last_warning_answer",
            "last_check_in",
            "last_measure",
            "last_report",
            "no_activity",
            "hazards",
            "no_hazards",
        ),
        *("last_warning", "warning_answered", "warning_not_answered", "no_warning", "patrol", "no_patrol"),
    ),
    "rehearsal.hole.*": lambda: rehearsal.KINDS,
    "rehearsal.button.*": lambda: [one.value for one in rehearsal_calls.CALLS],
    "rehearsal.called.*": lambda: [one.value for one in rehearsal_calls.CALLS],
    "rehearsal.call.*": lambda: [one.value for one in rehearsal_calls.CALLS],
    "rehearsal.state.*": lambda: ("heard", "late", "phoned", "wrong", *rehearsal.TO_PHONE),
    "rehearsal.side.*": lambda: ("taken", "under_way", "failed"),
    "rehearsal.way.*": lambda: ("message", "phone"),
    "rehearsal.village.*": lambda: ("reached", "nobody"),
    "rehearsal.sheet.*": lambda: ("villages", "people"),
    "rehearsal.column.*": lambda: [
        name for name, _ in (*rehearsal_papers.VILLAGE_COLUMNS, *rehearsal_papers.PERSON_COLUMNS)
    ],
    "patrol.button.*": lambda: ("pause", "resume", "dense", "usual"),
    "patrol.button.*_sure": lambda: ("pause", "dense"),
    "patrol.order.sure_*": lambda: ("pause", "dense"),
    "spoken.*": lambda: ("ask", "remind", "up"),
    "spoken.button.*": lambda: ("fine", "bad", "as_heard"),
    "review.button.*": lambda: BEHIND,
    "review.who.*": lambda: BEHIND,
    "review.advice.*": lambda: [one.value for one in Advice],
    "review.doc.*": lambda: review_papers.FIGURES,
    "review.doc.*_of": lambda: review_papers.FIGURES,
    "review.sheet.*": lambda: list(review_papers.COLUMNS),
    "review.column.*": lambda: [name for columns in review_papers.COLUMNS.values() for name, _ in columns],
    "review.outcome.*": lambda: (
        *(state.value for state in patrols.TaskState),
        *("in_time", "late", "silent", "filled_in", "unjudged"),
    ),
    "drill.form.*": lambda: [form.value for form in drills.DrillForm],
    "drill.content.*": lambda: [one.value for one in drills.Content],
    "drill.state.*": lambda: [state.value for state in drills.DrillState],
    "drill.verdict.*": lambda: [one.value for one in drills.Verdict],
    "drill.button.*": lambda: ("warn", "respond", "check", "hazard", "look", "end", "drop", "judge", "paper"),
    "drill.post.*": lambda: ("planned", "begun", "dropped", "over"),
    "drill.doc.*": lambda: (*drill_papers.RECORD_ROWS, "moment", "line"),
    "duty_log.did.*": lambda: KEYS,
    "chain.tier.*": lambda: [tier.value for tier in Tier],
    "duty.open.*": lambda: (
        "level",
        "warning",
        "phone_list",
        "checks",
        "cut_off",
        "major",
        "overdue",
        "hazards",
        "patrols",
    ),
    "duty.wrong.*": lambda: ("ends_too_early", "too_long", "nobody"),
    "checklist.*": lambda: [
        f"{kind.value}.{item.code}" for kind, items in checklists.CHECKLISTS.items() for item in items
    ],
    "patrol.measured.*": lambda: [measure.value for measure in checklists.Measure],
    "patrol.phase.*": lambda: [phase.value for phase in patrols.Phase],
    "patrol.state.*": lambda: [finding.value for finding in patrols.Finding],
    "patrol.hindrance.*": lambda: [why.value for why in patrols.Hindrance],
    "patrol.said.*": lambda: ("recorded", "late", "filled_in", "merged"),
    "hazard.photo.*": lambda: ("reported", "fixed", "both"),
    "paper.title.*": lambda: list(PAPERS),
    "ledger.span.*": lambda: [span.value for span in ledger.Span],
    "ledger.view.*": lambda: [view.value for view in ledger.LedgerView],
    "ledger.disaster.*": lambda: [one.value for one in ledger.Disaster],
    "ledger.grade.*": lambda: [grade.value for grade in hazards.Grade],
    "ledger.column.*": lambda: {*ledger.HAZARD_FIELDS, *ledger.PATROL_FIELDS},
    "ledger.event_digest.*": lambda: ("nothing", "skipped", "nobody", "not_kept", "forgotten"),
    "ledger.event_sheet.*": lambda: (*event_sheets.EVENT_FIELDS, "letters", "index", "photos", "record"),
    "ledger.event_about.*": lambda: ("event", "places", "since", "until", "by", "at", "what", "number"),
    "ledger.event_column.*": lambda: {
        *(name for fields in event_sheets.EVENT_FIELDS.values() for name in fields),
        *archive_paper.PHOTO_COLUMNS,
    },
    "ledger.event_warning.*": lambda: ("held", "active", "superseded", "lifted", "expired", "refused"),
    "ledger.event_answer.*": lambda: [state.value for state in ObligationState],
    "ledger.point.*": lambda: ledger.POINT_FIELDS,
    "ledger.sum.*": lambda: ("part", "all", "overdue"),
    "hazard.state.*": lambda: [state.value for state in hazards.HazardState],
    "hazard.moved.*": lambda: [state.value for state in hazards.HazardState],
    "hazard.move.*": lambda: ["report", *(move.value for move in hazards.Move)],
    "hazard.heading.*": lambda: (
        *("new", "more", "refer", "place", "again", "fix", "back", "recheck", "soon_fix"),
        *("once", "once_back"),
        *("county", "decided", "apart", "extension", "progress"),
        *(
            f"{how}_{what}"
            for how in ("ask", "remind", "up")
            for what in ("triage", "fix", "recheck", "progress", "extension")
        ),
    ),
    "hazard.button.*": lambda: (
        *(
            "take",
            "assign",
            "reassign",
            "refer",
            "reject",
            "locate",
            "describe",
            "as_heard",
            "fix",
            "fix_for",
            "back",
            "see",
        ),
        *("minor", "major", "decide", "more_time", "steady", "extend", "no_time", "unmerge"),
    ),
    "hazard.why.*": lambda: ("not_ours", "no_means", "expert"),
    "hazard.treatment.*": lambda: [one.value for one in hazards.Treatment],
    "grade_hazard.consequence.choice.*": lambda: choices_of("grade_hazard", "consequence"),
    "grade_hazard.interim.choice.*": lambda: choices_of("grade_hazard", "interim"),
    "extend_hazard.reason.choice.*": lambda: choices_of("extend_hazard", "reason"),
    "hazard.reason.*": lambda: ("fine", "no_hazard", "not_found"),
    "hazard.told.*": lambda: (
        *("take", "refer", "reject", "assign", "fix", "send_back", "close", "reopen", "at_once"),
        *("to_county", "decide", "extend", "merge", "unmerge"),
    ),
    "report_hazard.category.choice.*": lambda: choices_of("report_hazard", "category"),
    "fix_at_once.done.choice.*": lambda: choices_of("fix_at_once", "done"),
    "hazard.button.close_*": lambda: [one.value for one in hazards.Verification],
    "hazard.marked.*_*": lambda: [(mark.value, how) for mark in hazards.Mark for how in ("on", "off")],
    "hazard_list.tab.*": lambda: [tab.value for tab in HazardTab],
    "hazard_list.by_*": lambda: ("place", "kind"),
    "hazard.verified.*": lambda: [one.value for one in hazards.Verification],
    "assign_hazard.measure.choice.*": lambda: choices_of("assign_hazard", "measure"),
    "*.reason.choice.*": lambda: [
        (name, reason)
        for name in ("send_back_hazard", "return_warning", "withdraw_letter", "refuse_reward")
        for reason in choices_of(name, "reason")
    ],
    "*.done": lambda: ("send_back_hazard", "return_warning", "withdraw_letter", "refuse_reward"),
    "letter.kind.*": lambda: [kind.value for kind in letters.LetterKind],
    "letter.heading.*": lambda: (
        *("sign", "overdue", "drafted", "no_signer", "deliver"),
        *(f"{how}_{what}" for how in ("remind", "up") for what in (letters.SIGN, letters.RECEIPT)),
    ),
    "letter.button.*": lambda: ("sign", "edit", "drop", "receive", "paper", "withdraw", "again", "file"),
    "letter.paper.*": lambda: ("not_there", "not_docx", "broken", "missing", "unknown"),
    "letter.column.*": lambda: ledger.LETTER_FIELDS,
    "letter.state.*": lambda: [state.value for state in letters.LetterState],
    "letter.how.*": lambda: ("tap", "paper"),
    "letter.body.*_please": lambda: ("notice", "risk"),
    "letter.body.*": lambda: [*(kind.value for kind in letters.LetterKind), "threshold", "route", "shelter"],
    "whistle.heading.*": lambda: (
        *("confirm", "asked", "no_leader", "call", "board", "cannot"),
        *(f"{how}_{what}" for how in ("remind", "up") for what in ("confirm", "report_in", "arrive")),
    ),
    "whistle.button.*": lambda: (
        *("confirm", "refuse", "sent", "going", "word", "cannot", "arrive", "for", "on_site", "end"),
    ),
    "whistle.word.*": lambda: ("sent", "going", "for"),
    "whistle.toast.*": lambda: ("confirm", "refuse", "sent", "going", "for", "arrive", "on_site"),
    "supervision.button.*": lambda: ("letter", "whistle", "list"),
    "listing.heading.*": lambda: (
        *("decide", "proposed", "no_leader", "listed", "yours", "progress", "extension", "extended", "not_extended"),
        *("lift", "soon_due"),
        *(
            f"{how}_{what}"
            for how in ("remind", "up")
            for what in ("register", "publish", "progress", "extension", "lift", "due")
        ),
    ),
    "listing.button.*": lambda: (
        *("list", "refuse", "register", "public", "progress", "ask_extension", "extend", "no_extension", "lift"),
    ),
    "reward.heading.*": lambda: ("opened", "proposed", "back", "remind"),
    "reward.button.*": lambda: ("propose", "refuse", "approve", "back", "pay", "pay_known", "who"),
    "reward.told.*": lambda: ("opened", "approved", "refused"),
    "reward.state.*": lambda: [state.value for state in rewards.RewardState],
    "reward.column.*": lambda: [name for name, _ in reward_papers.REWARD_COLUMNS],
    # Fault.key and Problem.key of messages/, shown by `check-texts`
    "menu.*": lambda: [entry.command for entry in menu.ENTRIES],
    "menu.command.*": lambda: assembly.MENU_COMMANDS,
    "overlay.*": lambda: (
        *("forbidden_tag", "forbidden_attribute", "unbalanced_tag", "unknown_entity", "loose_character"),
        *("too_long", "too_many_tags"),
    ),
}
"""pattern → everything its * may stand for (a tuple of parts where there is more than one *)"""

VILLAGE = frozenset(
    {
        "enrol.contact",
        "enrol.result",
        "leave",
        "cards.enrolled",
        "cards.check_ask",
        "cards.check_settled",
        "cards.check_told",
        "check.question",
        "check.taken",
        "check.ask_on",
        "check.cancelled.person",
        "explain_check",
        "patrol",
        "rehearsal.ask",
        "rehearsal.thanks",
        "cards.patrol_ask",
        "cards.patrol_done",
        "cards.patrol_missed",
        "cards.patrol_several",
        "report_hazard",
        "fix_hazard",
        "fix_at_once",
        "hazard.told",
        "extend_hazard",
        "cards.hazard_mine",
        "refused",
        "dialogue",
        "button",
        "start",
        "help",
        "undelivered.note.open_private",
        "reward.told",
    }
)

LABELS: frozenset[str] = frozenset(
    {"hazard.reason.*", "role.name.*", "button.*", "check.call.*", "check.result.*", "check.choice.*"}
)
"""an entry may end in .* for everything below"""

_NIGHT = datetime(2026, 6, 21, 20, tzinfo=UTC)
_REVIEW: Mapping[str, object] = {
    "period": {"kind": "防台风", "number": "2026-01"},
    "place": "石梁镇",
    "since": _NIGHT - timedelta(days=2),
    "until": _NIGHT,
    "figures": Review(4, 120, 97, 92, 6, 2.5, 248, 240, 7, 2, 8, 3, 4, 12, 6, 4, 1, 58, on_shift=6, deaf_minutes=12),
    "results": [{"name": "在岗", "count": 53}],
    "reasons": [{"name": "未及时到岗", "count": 2}],
    "advice": ["有人号码不对的地方：岭下村，请更正名册。"],
    "conclusion": {"words": "补齐网格员", "by": "郑分管", "at": _NIGHT},
}  # fmt: skip

SAMPLES: Mapping[str, Mapping[str, object]] = {
    "daily_digest": {
        "warnings": Share(49, 61, 3, 2),
        "patrols": Share(118, 124, 4, 1),
        "checks": Share(2, 3, 0, 0),
        "duty": Share(5, 6, 0, 0),
        "hazards": 6,
        "day": _NIGHT,
        "late": _NIGHT,
        "skipped": [_NIGHT],
        "nothing": False,
    },
    "review": _REVIEW,
    **{f"review.doc.{name}_of": _REVIEW for name in review_papers.FIGURES},
    "review.doc.conclusion_of": _REVIEW,
    "review.doc.title": _REVIEW,
    "review.doc.lead": _REVIEW,
    "review.doc.map": _REVIEW,
    "review.sheet.title": _REVIEW,
    "warning_report": {
        "answers": Figures(61, 44, 3, 5, 4, 2, 1, 6, 5, 2.5),
        "rate": 86,
        "groups": 12,
        "groups_reached": 11,
        "households": RelaySum(312, 350, 9, 12),
        "missed": (1, 2, 3),
        "deaf": timedelta(minutes=20),
        "earlier": (),
    },
    # its figures are figures: as words of 400 letters each they would not fit into one message
    "warning_post": {
        "tally": Tally(45, 61, 3, 5, 30, 45, RelaySum(312, 350, 9, 12), 5, (("<b>上坞村&", 1, 5), ("岭下村", 0, 3)), 2)
    },
}
