"""What services need from the outside, as Protocols: rows, words, chance. storage/ and messages/ provide them.

One `Rows` is one open transaction. Nothing commits by itself: the door that called the service (an update, a feed,
the tick) opened the transaction and closes it, so that business change, timeline, dialogue state, outbox and inbox
mark stand or fall together.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from services.ports.answers import AnswerRows, Attempt, FirstReply, HouseholdReport, Measured, PhoneList
from services.ports.audit import AuditRows, Broken
from services.ports.channels import ChannelRows, QueuedSide, SideDoor, SideMessage, SideResult, SideSettlement
from services.ports.checks import Activity, AskedRow, CheckEntry, CheckRow, CheckRows, VerdictRow
from services.ports.checkup import CheckupRows, Queue
from services.ports.core import (
    Board,
    Chance,
    CoreRows,
    DialogueRow,
    Group,
    Obligation,
    OutboxDoor,
    Words,
)
from services.ports.cutoffs import Cutoff, CutoffRows, ReportDue, ReportRows
from services.ports.daily_checks import DailyCheckRows, DailyRow
from services.ports.drills import DrillRows, DrillThing
from services.ports.duty import DutyRows, Swap
from services.ports.duty_log import (
    ChainRows,
    DutyEntry,
    DutyLogRows,
    Handover,
    LinesOf,
    LogLine,
    Rehearsal,
    RehearsalRows,
)
from services.ports.enrolment import EnrolmentRows, LinkRow
from services.ports.files import FileRows, Kept, Shelf, StoredFile
from services.ports.hazard_lists import HazardListLine, HazardListRows
from services.ports.hazards import HazardCard, HazardEvent, HazardReport, HazardRow, HazardRows
from services.ports.leave import LeaveRequest, LeaveRows
from services.ports.ledger import HazardLine, LedgerRows, PatrolLine
from services.ports.listening import VoiceRows
from services.ports.papers import PaperJob, PaperRows, Photo, PhotoRows
from services.ports.patrol_rounds import Layout, PatrolOrder, RoundRows, SpokenCheckIn, VillageRounds
from services.ports.patrols import CheckIn, PatrolRows, PatrolTask, Proof
from services.ports.points import PointFilter, PointProposal, PointRows, PointSums, ProposalState
from services.ports.responses import ResponsePost, ResponseProposal, ResponseRows
from services.ports.retention import RetentionRows
from services.ports.reviews import ReviewTableRows
from services.ports.sent_tables import SentTable, SentTableRows
from services.ports.sources import Listed, SourceRows, SourceState
from services.ports.supervision import CaseEvent, CaseRows, SupervisionRows
from services.ports.warnings import Evidence, GroupPost, WarningAct, WarningRow, WarningRows

T = TypeVar("T")


class Rows(CoreRows, Protocol):
    """One open transaction over all families of tables."""

    @property
    def warnings(self) -> WarningRows: ...
    @property
    def drills(self) -> DrillRows: ...
    @property
    def enrolment(self) -> EnrolmentRows: ...
    @property
    def leave(self) -> LeaveRows: ...
    @property
    def patrols(self) -> PatrolRows: ...
    @property
    def points(self) -> PointRows: ...
    @property
    def rounds(self) -> RoundRows: ...
    @property
    def duty_log(self) -> DutyLogRows: ...
    @property
    def chain(self) -> ChainRows: ...
    @property
    def rehearsals(self) -> RehearsalRows: ...
    @property
    def duty(self) -> DutyRows: ...
    @property
    def hazards(self) -> HazardRows: ...
    @property
    def hazard_lists(self) -> HazardListRows: ...
    @property
    def checks(self) -> CheckRows: ...
    @property
    def daily_checks(self) -> DailyCheckRows: ...
    @property
    def channels(self) -> ChannelRows: ...
    @property
    def checkup(self) -> CheckupRows: ...
    @property
    def audit(self) -> AuditRows: ...
    @property
    def answers(self) -> AnswerRows: ...
    @property
    def cutoffs(self) -> CutoffRows: ...
    @property
    def reports(self) -> ReportRows: ...
    @property
    def responses(self) -> ResponseRows: ...
    @property
    def reviews(self) -> ReviewTableRows: ...
    @property
    def retention(self) -> RetentionRows: ...
    @property
    def files(self) -> FileRows: ...
    @property
    def ledger(self) -> LedgerRows: ...
    @property
    def papers(self) -> PaperRows: ...
    @property
    def photos(self) -> PhotoRows: ...
    @property
    def sent_tables(self) -> SentTableRows: ...
    @property
    def voices(self) -> VoiceRows: ...
    @property
    def sources(self) -> SourceRows: ...
    @property
    def supervision(self) -> SupervisionRows: ...


class Store(Protocol):
    """storage/: runs one closure in one transaction."""

    async def write(self, work: Callable[[Rows], Awaitable[T]]) -> T:
        """BEGIN … COMMIT around the closure, one writer at a time, shielded from cancellation. Never await the
        network inside."""
        ...

    async def read(self, work: Callable[[Rows], Awaitable[T]]) -> T: ...


__all__ = [
    "Activity",
    "AnswerRows",
    "AskedRow",
    "Attempt",
    "AuditRows",
    "Board",
    "Broken",
    "CaseEvent",
    "CaseRows",
    "ChainRows",
    "Chance",
    "ChannelRows",
    "CheckEntry",
    "CheckIn",
    "CheckRow",
    "CheckRows",
    "CheckupRows",
    "Cutoff",
    "CutoffRows",
    "DailyCheckRows",
    "DailyRow",
    "DialogueRow",
    "DrillRows",
    "DrillThing",
    "DutyEntry",
    "DutyLogRows",
    "DutyRows",
    "EnrolmentRows",
    "Evidence",
    "FileRows",
    "FirstReply",
    "Group",
    "GroupPost",
    "Handover",
    "HazardCard",
    "HazardEvent",
    "HazardLine",
    "HazardListLine",
    "HazardListRows",
    "HazardReport",
    "HazardRow",
    "HazardRows",
    "HouseholdReport",
    "Kept",
    "Layout",
    "LeaveRequest",
    "LeaveRows",
    "LedgerRows",
    "LinesOf",
    "LinkRow",
    "Listed",
    "LogLine",
    "Measured",
    "Obligation",
    "OutboxDoor",
    "PaperJob",
    "PaperRows",
    "PatrolLine",
    "PatrolOrder",
    "PatrolRows",
    "PatrolTask",
    "PhoneList",
    "Photo",
    "PhotoRows",
    "PointFilter",
    "PointProposal",
    "PointRows",
    "PointSums",
    "Proof",
    "ProposalState",
    "Queue",
    "QueuedSide",
    "Rehearsal",
    "RehearsalRows",
    "ReportDue",
    "ReportRows",
    "ResponsePost",
    "ResponseProposal",
    "ResponseRows",
    "RetentionRows",
    "RoundRows",
    "Rows",
    "SentTable",
    "SentTableRows",
    "Shelf",
    "SideDoor",
    "SideMessage",
    "SideResult",
    "SideSettlement",
    "SourceRows",
    "SourceState",
    "SpokenCheckIn",
    "Store",
    "StoredFile",
    "SupervisionRows",
    "Swap",
    "VerdictRow",
    "VillageRounds",
    "WarningAct",
    "WarningRow",
    "WarningRows",
    "Words",
]
