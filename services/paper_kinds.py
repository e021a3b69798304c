"""Every kind of paper, each listed once. A newcomer adds a class and one line here."""

from collections.abc import Mapping
from types import MappingProxyType

from services.archive_paper import ARCHIVE
from services.blank_papers import BLANK_TABLE
from services.drill_papers import DRILL_RECORD
from services.ledger_papers import HAZARD_LEDGER, PATROL_LEDGER
from services.papers import Paper
from services.photo_papers import BEFORE_AND_AFTER
from services.point_papers import POINT_LEDGER
from services.points_map import POINT_MAP
from services.rehearsal_papers import REACH_SHEET
from services.review_papers import REVIEW_DOCUMENT, REVIEW_SHEETS
from services.reward_papers import REWARD_SHEET
from services.supervision_papers import LETTER_PAPER, LETTER_REGISTER

ALL: tuple[Paper, ...] = (
    HAZARD_LEDGER,
    PATROL_LEDGER,
    POINT_LEDGER,
    POINT_MAP,
    BEFORE_AND_AFTER,
    LETTER_PAPER,
    LETTER_REGISTER,
    REWARD_SHEET,
    DRILL_RECORD,
    REVIEW_DOCUMENT,
    REVIEW_SHEETS,
    REACH_SHEET,
    ARCHIVE,
    BLANK_TABLE,
)

PAPERS: Mapping[str, Paper] = MappingProxyType({paper.kind: paper for paper in ALL})
