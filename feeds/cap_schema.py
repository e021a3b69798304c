"""Whether an alert keeps to the schema of CAP 1.1 or 1.2: names, order, how often, and the values that are listed.

A failure is a note for the person who looks at the evidence, never a refusal: real producers break the order and leave
things out, and a warning is not lost for that. CAP 1.0 has another content model and is not judged.
Source of facts: OASIS CAP 1.1 and 1.2, the data dictionaries and schemas.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from lxml import etree

from feeds.xml_safety import local_name, namespace, text_of

_JUDGED = re.compile(r"urn:oasis:names:tc:emergency:cap:1\.[12]")

_MODELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "alert": "identifier sender sent status msgType source? scope restriction? addresses? code* note? references? "
        "incidents? info*",
        "info": "language? category+ event responseType* urgency severity certainty audience? eventCode* effective? "
        "onset? expires? senderName? headline? description? instruction? web? contact? parameter* resource* area*",
        "resource": "resourceDesc mimeType? size? uri? derefUri? digest?",
        "area": "areaDesc polygon* circle* geocode* altitude? ceiling?",
        "eventCode": "valueName value",
        "parameter": "valueName value",
        "geocode": "valueName value",
    }
)
"""element → its children in order, with how often each may come"""
_PATTERNS: Final[Mapping[str, "re.Pattern[str]"]] = MappingProxyType(
    {
        name: re.compile("".join(re.sub(r"(\w+)(.?)", r"(?:\1 )\2", part) for part in model.split()))
        for name, model in _MODELS.items()
    }
)
_INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
_WITH_ZONE = re.compile(_INSTANT + r"[+-]\d\d:\d\d")
_ANY_ZONE = re.compile(_INSTANT + r"(?:\.\d+)?(?:[+-]\d\d:\d\d|Z)?")
_TIMES = frozenset({"sent", "effective", "onset", "expires"})
_VALUES: Final[Mapping[str, "re.Pattern[str]"]] = MappingProxyType(
    {
        "status": re.compile("Actual|Exercise|System|Test|Draft"),
        "msgType": re.compile("Alert|Update|Cancel|Ack|Error"),
        "scope": re.compile("Public|Restricted|Private"),
        "category": re.compile("Geo|Met|Safety|Security|Rescue|Fire|Health|Env|Transport|Infra|CBRNE|Other"),
        "responseType": re.compile("Shelter|Evacuate|Prepare|Execute|Avoid|Monitor|Assess|AllClear|None"),
        "urgency": re.compile("Immediate|Expected|Future|Past|Unknown"),
        "severity": re.compile("Extreme|Severe|Moderate|Minor|Unknown"),
        "certainty": re.compile("Observed|Likely|Possible|Unlikely|Unknown"),
    }
)


def keeps_to_schema(alert: etree._Element) -> bool:
    """True where there is nothing to note, and for versions that are not judged."""
    judged = _JUDGED.fullmatch(namespace(alert)) is not None
    return not judged or all(
        _is_in_order(element) for element in alert.iter() if isinstance(element.tag, str) and _is_cap(element)
    )


def _is_cap(element: etree._Element) -> bool:
    return _JUDGED.fullmatch(namespace(element)) is not None


def _is_in_order(element: etree._Element) -> bool:
    name = local_name(element)
    if name in _PATTERNS:
        children = "".join(f"{local_name(child)} " for child in element if _is_cap(child))
        return _PATTERNS[name].fullmatch(children) is not None
    wanted = (_WITH_ZONE if namespace(element).endswith("1.2") else _ANY_ZONE) if name in _TIMES else _VALUES.get(name)
    return not len(element) and (wanted is None or wanted.fullmatch(text_of(element)) is not None)
