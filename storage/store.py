"""`SqlStore` joins the families of tables to one `Rows` for each transaction: the storage half of services.ports."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from services.ports import Rows
from storage.answers import AnswerTable
from storage.audit import AuditTable
from storage.boards import BoardTable
from storage.chain import ChainTable, RehearsalTable
from storage.channels import ChannelTable
from storage.checks import CheckTable
from storage.checkup import CheckupTable
from storage.cutoffs import CutoffTable, ReportTable
from storage.daily_checks import DailyCheckTable
from storage.database import Database
from storage.drill_scope import Scope
from storage.drills import DrillTable
from storage.duty import DutyTable
from storage.duty_log import DutyLogTable
from storage.enrolment import EnrolmentTable
from storage.files import FileTable
from storage.groups import DialogueTable, GroupTable
from storage.hazard_lists import HazardListTable
from storage.hazards import HazardTable
from storage.inbox import CounterTable, HeartbeatTable, InboxTable
from storage.leave_requests import LeaveRequestTable
from storage.ledger import LedgerTable
from storage.obligations import ObligationTable
from storage.outbox import OutboxTable
from storage.papers import PaperTable, PhotoTable
from storage.patrol_rounds import RoundTable
from storage.patrols import PatrolTable
from storage.people import PeopleTable
from storage.places import KeptTree, PlaceTable
from storage.points import PointTable
from storage.responses import ResponseTable
from storage.retention import RetentionTable
from storage.reviews import ReviewTable
from storage.sent_tables import SentTableTable
from storage.sources import SourceTable
from storage.supervision import SupervisionTable
from storage.timeline import TimelineTable
from storage.voices import VoiceTable
from storage.warnings import WarningTable

T = TypeVar("T")


class SqlRows:
    """Every family of tables over one open transaction, made on first use."""

    def __init__(self, connection: AsyncConnection, now: datetime, kept: KeptTree | None = None) -> None:
        self._connection = connection
        self._now = now
        self._kept = kept or KeptTree()
        self._scope = Scope(connection, now)

    @cached_property
    def drills(self) -> DrillTable:
        return DrillTable(self._connection, self._scope, self._now)

    @cached_property
    def inbox(self) -> InboxTable:
        return InboxTable(self._connection)

    @cached_property
    def heartbeats(self) -> HeartbeatTable:
        return HeartbeatTable(self._connection)

    @cached_property
    def counters(self) -> CounterTable:
        return CounterTable(self._connection, self._scope)

    @cached_property
    def outbox(self) -> OutboxTable:
        return OutboxTable(self._connection, self._now, self._scope)

    @cached_property
    def timeline(self) -> TimelineTable:
        return TimelineTable(self._connection)

    @cached_property
    def obligations(self) -> ObligationTable:
        return ObligationTable(self._connection, self._scope)

    @cached_property
    def people(self) -> PeopleTable:
        return PeopleTable(self._connection, self._scope)

    @cached_property
    def places(self) -> PlaceTable:
        return PlaceTable(self._connection, self._kept)

    @cached_property
    def groups(self) -> GroupTable:
        return GroupTable(self._connection, self._scope)

    @cached_property
    def boards(self) -> BoardTable:
        return BoardTable(self._connection)

    @cached_property
    def dialogues(self) -> DialogueTable:
        return DialogueTable(self._connection)

    @cached_property
    def enrolment(self) -> EnrolmentTable:
        return EnrolmentTable(self._connection)

    @cached_property
    def leave(self) -> LeaveRequestTable:
        return LeaveRequestTable(self._connection)

    @cached_property
    def patrols(self) -> PatrolTable:
        return PatrolTable(self._connection, self._scope)

    @cached_property
    def points(self) -> PointTable:
        return PointTable(self._connection)

    @cached_property
    def rounds(self) -> RoundTable:
        return RoundTable(self._connection, self._scope)

    @cached_property
    def duty_log(self) -> DutyLogTable:
        return DutyLogTable(self._connection, self._scope)

    @cached_property
    def chain(self) -> ChainTable:
        return ChainTable(self._connection)

    @cached_property
    def rehearsals(self) -> RehearsalTable:
        return RehearsalTable(self._connection)

    @cached_property
    def duty(self) -> DutyTable:
        return DutyTable(self._connection, self._now)

    @cached_property
    def hazards(self) -> HazardTable:
        return HazardTable(self._connection, self._scope)

    @cached_property
    def hazard_lists(self) -> HazardListTable:
        return HazardListTable(self._connection, self._scope)

    @cached_property
    def checkup(self) -> CheckupTable:
        return CheckupTable(self._connection)

    @cached_property
    def audit(self) -> AuditTable:
        return AuditTable(self._connection)

    @cached_property
    def responses(self) -> ResponseTable:
        return ResponseTable(self._connection, self._scope)

    @cached_property
    def reviews(self) -> ReviewTable:
        return ReviewTable(self._connection, self._scope)

    @cached_property
    def retention(self) -> RetentionTable:
        return RetentionTable(self._connection)

    @cached_property
    def sources(self) -> SourceTable:
        return SourceTable(self._connection)

    @cached_property
    def files(self) -> FileTable:
        return FileTable(self._connection)

    @cached_property
    def ledger(self) -> LedgerTable:
        return LedgerTable(self._connection, self._scope)

    @cached_property
    def papers(self) -> PaperTable:
        return PaperTable(self._connection)

    @cached_property
    def voices(self) -> VoiceTable:
        return VoiceTable(self._connection)

    @cached_property
    def photos(self) -> PhotoTable:
        return PhotoTable(self._connection)

    @cached_property
    def sent_tables(self) -> SentTableTable:
        return SentTableTable(self._connection)

    @cached_property
    def supervision(self) -> SupervisionTable:
        return SupervisionTable(self._connection, self._scope)

    @cached_property
    def warnings(self) -> WarningTable:
        return WarningTable(self._connection, self._scope)

    @cached_property
    def checks(self) -> CheckTable:
        return CheckTable(self._connection, self._scope)

    @cached_property
    def daily_checks(self) -> DailyCheckTable:
        return DailyCheckTable(self._connection)

    @cached_property
    def channels(self) -> ChannelTable:
        return ChannelTable(self._connection, self._now, self._scope)

    @cached_property
    def answers(self) -> AnswerTable:
        return AnswerTable(self._connection)

    @cached_property
    def cutoffs(self) -> CutoffTable:
        return CutoffTable(self._connection)

    @cached_property
    def reports(self) -> ReportTable:
        return ReportTable(self._connection)


class SqlStore:
    """services.ports.Store over one database. `now` is the clock's, asked once for each transaction."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self.database = database
        self._now = now
        self._kept = KeptTree()

    async def write(self, work: Callable[[Rows], Awaitable[T]]) -> T:
        async def inside(connection: AsyncConnection) -> T:
            return await work(SqlRows(connection, self._now(), self._kept))

        return await self.database.write(inside)

    async def read(self, work: Callable[[Rows], Awaitable[T]]) -> T:
        async def inside(connection: AsyncConnection) -> T:
            return await work(SqlRows(connection, self._now(), self._kept))

        return await self.database.read(inside)
