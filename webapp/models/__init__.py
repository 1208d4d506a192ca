"""One file per noun. Importing this package declares every table on Base.metadata."""

from webapp.models.access import ApiToken, UserSession
from webapp.models.appointment import LIVE, Appointment, AppointmentPriority, AppointmentStatus
from webapp.models.appointment_type import AppointmentType, appointment_type_specialists
from webapp.models.event import AppointmentEvent, DeskEvent, EventLink, SettingEvent
from webapp.models.hours import Closure, OpeningHours
from webapp.models.letter_words import LetterWords
from webapp.models.manage_link import ManageLink
from webapp.models.message import Message
from webapp.models.patient import Patient
from webapp.models.patient_hold import PatientHold
from webapp.models.person_turn import PersonTurn
from webapp.models.question import Answer, Question
from webapp.models.rate_limit import RateLimit
from webapp.models.room import Room
from webapp.models.sick_day import SickDay, SickDayMove
from webapp.models.specialist import Specialist
from webapp.models.tenant import Tenant
from webapp.models.terms import Terms
from webapp.models.time_slot import TimeSlot, TimeSlotStatus
from webapp.models.user import User, UserRole
from webapp.models.user_setting import UserSetting
from webapp.models.waitlist import WaitlistEntry, WaitlistLook, WaitlistOffer

__all__ = [
    "LIVE",
    "Answer",
    "ApiToken",
    "Appointment",
    "AppointmentEvent",
    "AppointmentPriority",
    "AppointmentStatus",
    "AppointmentType",
    "Closure",
    "DeskEvent",
    "EventLink",
    "LetterWords",
    "ManageLink",
    "Message",
    "OpeningHours",
    "Patient",
    "PatientHold",
    "PersonTurn",
    "Question",
    "RateLimit",
    "Room",
    "SettingEvent",
    "SickDay",
    "SickDayMove",
    "Specialist",
    "Tenant",
    "Terms",
    "TimeSlot",
    "TimeSlotStatus",
    "User",
    "UserRole",
    "UserSession",
    "UserSetting",
    "WaitlistEntry",
    "WaitlistLook",
    "WaitlistOffer",
    "appointment_type_specialists",
]
