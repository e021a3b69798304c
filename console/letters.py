"""Whether the county's own letter can be printed: it is filled with words that mean nothing and thrown away."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from console.voice import Voice
from domain.policy import CountyPolicy
from services.checkup import Finding, Mark
from services.press import PressError, printed
from services.supervision_papers import PROBLEMS

_FACTS = {
    "title": "整改督办单",
    "number": "试〔2026〕1号",
    "unit": "某某单位",
    "paragraphs": ["第一段。", "第二段。"],
    "issuer": "某某应急站",
    "date": "2026-06-20",
    "due": "2026-06-30",
    "signer": "某某",
    "addressee": "某某",
    "hazard": "2026-0001",
    "replaces": "",
}


async def try_letter(policy: CountyPolicy, voice: Voice) -> list[Finding]:
    """One finding. Where the template cannot be used letters still go out, in ours."""
    template = policy.letters.template
    facts: dict[str, object] = {"path": template}
    with TemporaryDirectory(prefix="letter-") as folder:
        out = Path(folder) / "letter.docx"
        try:
            await printed("letter:write", out, [{"facts": _FACTS, "template": template}])
        except PressError as error:
            reason = str(error).rpartition("\n")[2][:200]
            key = "checkup.letters.broken" if template else "checkup.letters.ours_broken"
            return [Finding(Mark.BAD, key, facts | {"reason": reason})]
        beside = out.with_name(PROBLEMS)
        lines = (await asyncio.to_thread(beside.read_text, "utf-8")).splitlines() if beside.exists() else []
    if lines:
        said = [
            voice.words.label(f"letter.paper.{key}", voice.lang, what=what)
            for key, _, what in (line.partition(" ") for line in lines)
        ]
        return [Finding(Mark.BAD, "checkup.letters.wrong", facts | {"problems": said})]
    return [Finding(Mark.FINE, "checkup.letters.fine" if template else "checkup.letters.ours", facts)]
