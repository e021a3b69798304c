"""The sources of warnings as the county's duty officers see them: which is well, which is not, and since when."""

from domain.errors import NotAllowed
from handlers.scene import Feature, Scene
from services.sources import SourceView, overview_for, source_title


async def show_sources(scene: Scene) -> None:
    """/sources, in private."""
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    views = await overview_for(scene.work, scene.person)
    await scene.say(scene.card("sources", sources=[_facts(scene, one) for one in views]))


def _facts(scene: Scene, view: SourceView) -> dict[str, object]:
    """One source, its times on the county's clock."""
    local = scene.work.local
    return {
        "name": source_title(scene.work, view.name, scene.lang),
        "why": scene.label(f"source.why.{view.trouble}") if view.trouble else "",
        "since": None if view.since is None else local(view.since),
        "waits": view.waits,
        "last_good": None if view.last_good is None else local(view.last_good),
        "last_notice": None if view.last_notice is None else local(view.last_notice),
    }


FEATURE = Feature(name="source", commands={"sources": show_sources})
