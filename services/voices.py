"""How every feature speaks on the ladder, by the part of the subject before the colon."""

from collections.abc import Mapping
from types import MappingProxyType

from services.acknowledge import WarningVoice
from services.ladder import Voice

VOICES: Mapping[str, Voice] = MappingProxyType(
    {
        "warning": WarningVoice(),
    }
)
