"""A voice is put before the county's speech engine, where there is one."""

from services.ports.listening import VoiceReading
from services.work import Work


async def put_before_engine(work: Work, subject: str, file_id: str, seconds: int) -> bool:
    """Safe to call twice. False where no engine will listen: none is set, or the voice is too long for it."""
    policy = work.policy.listener
    if not policy.command or not file_id or seconds > policy.longest_voice:
        return False
    return await work.rows.voices.want(VoiceReading(file_id, subject, work.now))
