"""Facts about persons for texts: their posts in words, and which help is theirs."""

from domain.people import TOWNSHIP_ROLES, Person, Role
from domain.places import PlaceCode
from services.work import Work


async def duties_of(work: Work, person: Person, lang: str | None = None) -> list[str]:
    """石梁镇·上坞村 应急管理员、预警员: one line for each place, however many posts there."""
    tree = await work.tree()
    lang = lang or person.language
    at: dict[tuple[PlaceCode, str], list[Role]] = {}
    for post in person.posts:
        at.setdefault((post.place, post.department), []).append(post.role)
    return [
        work.words.label(
            "roster.duty",
            lang,
            place=tree.path(place),
            department=department,
            roles=[work.words.label(f"role.name.{role.value}", lang) for role in roles],
        )
        for (place, department), roles in at.items()
    ]


def help_of(person: Person | None) -> str:
    """The address of the help for what this person may do most."""
    if person is None or not person.posts:
        return "help.public"
    if person.holds({Role.COUNTY_DUTY, Role.COUNTY_LEADER}):
        return "help.county"
    if person.holds({Role.DEPARTMENT}):
        return "help.department"
    if person.holds(TOWNSHIP_ROLES):
        return "help.township"
    if person.holds({Role.VILLAGE_HEAD, Role.EMERGENCY_OFFICER}):
        return "help.village"
    return "help.field"
