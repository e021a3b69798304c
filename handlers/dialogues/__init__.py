"""The guided dialogues, one a file. To add one: a file here, a line below, and a text file per language."""

from handlers.dialogue import Dialogue
from handlers.dialogues.add_point import DIALOGUE as ADD_POINT
from handlers.dialogues.assign_chain import DIALOGUE as ASSIGN_CHAIN
from handlers.dialogues.assign_hazard import DIALOGUE as ASSIGN_HAZARD
from handlers.dialogues.blow_whistle import DIALOGUE as BLOW_WHISTLE
from handlers.dialogues.change_point import DIALOGUE as CHANGE_POINT
from handlers.dialogues.change_response import DIALOGUE as CHANGE_RESPONSE
from handlers.dialogues.compose_warning import DIALOGUE as COMPOSE_WARNING
from handlers.dialogues.conclude_review import DIALOGUE as CONCLUDE_REVIEW
from handlers.dialogues.correct_phone import DIALOGUE as CORRECT_PHONE
from handlers.dialogues.describe_hazard import DIALOGUE as DESCRIBE_HAZARD
from handlers.dialogues.draft_letter import DIALOGUE as DRAFT_LETTER
from handlers.dialogues.duty_entry import DIALOGUE as DUTY_ENTRY
from handlers.dialogues.duty_words import DIALOGUE as DUTY_WORDS
from handlers.dialogues.edit_letter import DIALOGUE as EDIT_LETTER
from handlers.dialogues.enter_drill import DIALOGUE as ENTER_DRILL
from handlers.dialogues.explain_check import DIALOGUE as EXPLAIN_CHECK
from handlers.dialogues.extend_hazard import DIALOGUE as EXTEND_HAZARD
from handlers.dialogues.extend_listing import DIALOGUE as EXTEND_LISTING
from handlers.dialogues.first_reply import DIALOGUE as FIRST_REPLY
from handlers.dialogues.fix_at_once import DIALOGUE as FIX_AT_ONCE
from handlers.dialogues.fix_hazard import DIALOGUE as FIX_HAZARD
from handlers.dialogues.grade_hazard import DIALOGUE as GRADE_HAZARD
from handlers.dialogues.households import DIALOGUE as HOUSEHOLDS
from handlers.dialogues.issue_check import DIALOGUE as ISSUE_CHECK
from handlers.dialogues.judge_check import DIALOGUE as JUDGE_CHECK
from handlers.dialogues.judge_drill import DIALOGUE as JUDGE_DRILL
from handlers.dialogues.leave import DIALOGUE as LEAVE
from handlers.dialogues.list_hazard import DIALOGUE as LIST_HAZARD
from handlers.dialogues.listing_progress import DIALOGUE as LISTING_PROGRESS
from handlers.dialogues.open_drill import DIALOGUE as OPEN_DRILL
from handlers.dialogues.pay_reward import DIALOGUE as PAY_REWARD
from handlers.dialogues.place_warning import DIALOGUE as PLACE_WARNING
from handlers.dialogues.plan_duty import DIALOGUE as PLAN_DUTY
from handlers.dialogues.plan_patrol import DIALOGUE as PLAN_PATROL
from handlers.dialogues.plan_points import DIALOGUE as PLAN_POINTS
from handlers.dialogues.propose_reward import DIALOGUE as PROPOSE_REWARD
from handlers.dialogues.refuse_reward import DIALOGUE as REFUSE_REWARD
from handlers.dialogues.relay_warning import DIALOGUE as RELAY_WARNING
from handlers.dialogues.report_hazard import DIALOGUE as REPORT_HAZARD
from handlers.dialogues.retire_point import DIALOGUE as RETIRE_POINT
from handlers.dialogues.return_warning import DIALOGUE as RETURN_WARNING
from handlers.dialogues.send_back_hazard import DIALOGUE as SEND_BACK_HAZARD
from handlers.dialogues.start_response import DIALOGUE as START_RESPONSE
from handlers.dialogues.swap_duty import DIALOGUE as SWAP_DUTY
from handlers.dialogues.whistle_word import DIALOGUE as WHISTLE_WORD
from handlers.dialogues.withdraw_letter import DIALOGUE as WITHDRAW_LETTER

DIALOGUES: tuple[Dialogue, ...] = (
    COMPOSE_WARNING,
    RETURN_WARNING,
    PLACE_WARNING,
    RELAY_WARNING,
    FIRST_REPLY,
    HOUSEHOLDS,
    CORRECT_PHONE,
    LEAVE,
    PLAN_DUTY,
    SWAP_DUTY,
    DUTY_WORDS,
    DUTY_ENTRY,
    ASSIGN_CHAIN,
    ISSUE_CHECK,
    JUDGE_CHECK,
    EXPLAIN_CHECK,
    PLAN_PATROL,
    PLAN_POINTS,
    REPORT_HAZARD,
    ASSIGN_HAZARD,
    GRADE_HAZARD,
    FIX_HAZARD,
    DESCRIBE_HAZARD,
    FIX_AT_ONCE,
    EXTEND_HAZARD,
    SEND_BACK_HAZARD,
    DRAFT_LETTER,
    EDIT_LETTER,
    WITHDRAW_LETTER,
    ADD_POINT,
    CHANGE_POINT,
    RETIRE_POINT,
    BLOW_WHISTLE,
    WHISTLE_WORD,
    PROPOSE_REWARD,
    REFUSE_REWARD,
    PAY_REWARD,
    LIST_HAZARD,
    LISTING_PROGRESS,
    EXTEND_LISTING,
    START_RESPONSE,
    CONCLUDE_REVIEW,
    CHANGE_RESPONSE,
    OPEN_DRILL,
    ENTER_DRILL,
    JUDGE_DRILL,
)
