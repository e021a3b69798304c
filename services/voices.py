"""How every feature speaks on the ladder, by the part of the subject before the colon."""

from collections.abc import Mapping
from types import MappingProxyType

from services.answer_voices import ActingVoice, RelayVoice, ReplyVoice
from services.check_asking import CheckVoice
from services.duty_call import DutyVoice
from services.hazard_voice import HazardVoice
from services.ladder import Voice
from services.letter_voice import LetterVoice
from services.listing_cards import ListingVoice
from services.patrol_spoken import SpokenVoice
from services.patrol_voice import PatrolVoice
from services.rehearsal import RehearsalVoice
from services.reward_cards import RewardVoice
from services.warning_second import SECOND_VOICES
from services.warning_voice import WarningVoice
from services.whistle_cards import WhistleVoice

VOICES: Mapping[str, Voice] = MappingProxyType(
    {
        "warning": WarningVoice(),
        "acting": ActingVoice(),
        "reply": ReplyVoice(),
        "relay": RelayVoice(),
        "patrol": PatrolVoice(),
        "spoken": SpokenVoice(),
        "hazard": HazardVoice(),
        "check": CheckVoice(),
        "duty": DutyVoice(),
        "rehearsal": RehearsalVoice(),
        "letter": LetterVoice(),
        "listing": ListingVoice(),
        "whistle": WhistleVoice(),
        "reward": RewardVoice(),
        **SECOND_VOICES,
    }
)
