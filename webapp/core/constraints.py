"""What each constraint means to a person: the only place that turns a violation into a sentence."""

import re
from typing import Final

from sqlalchemy.exc import DBAPIError

from webapp.core.errors import N_, Conflict, DomainError, InvalidInput, NotFound, PatientBusy, SlotTaken

#: The application never lets such a violation happen; should it, that is a fault of ours and answered as one.
INTERNAL: Final = None

_TAKEN = (SlotTaken, N_("This time has just been taken. Choose another one."))
_GONE = (NotFound, N_("What this points at does not exist at this clinic. Reload the page and choose again."))

MESSAGES: Final[dict[str, tuple[type[DomainError], str] | None]] = {
    "unique_tenant_slot": _TAKEN,
    "appointments_no_overlap": _TAKEN,
    "within_capacity": (
        Conflict,
        N_("More seats are taken than this capacity allows. Choose a larger one, or squeeze in an urgent visit."),
    ),
    "rooms_no_overlap": (SlotTaken, N_("The room is in use at this time. Choose another time.")),
    "unique_patient_start": (PatientBusy, N_("The patient has another appointment at this time.")),
    "unique_tenant_idempotency": (Conflict, N_("This key was used for another booking. Send a new key.")),
    "time_slots_no_overlap": (Conflict, N_("This slot overlaps another slot of the same specialist.")),
    "appointment_fits_slot": (Conflict, N_("The slot has appointments and cannot change under them.")),
    "group_seat_fits_slot": (Conflict, N_("The slot has appointments and cannot change under them.")),
    "live_specialist_has_slot": (InvalidInput, N_("An appointment with a specialist needs one of their slots.")),
    "chk_time_range": (InvalidInput, N_("The end must be after the start.")),
    "appointment_time_range": (InvalidInput, N_("The end must be after the start.")),
    "closure_time_range": (InvalidInput, N_("The end must be after the start.")),
    "slot_in_calendar": (InvalidInput, N_("The year must be between 1900 and 2199.")),
    "appointment_in_calendar": (InvalidInput, N_("The year must be between 1900 and 2199.")),
    "slot_visit_ends": INTERNAL,
    "slot_within_a_day": (InvalidInput, N_("A slot must be shorter than a day.")),
    "appointment_within_a_day": (InvalidInput, N_("An appointment must be shorter than a day.")),
    "slot_capacity_range": (InvalidInput, N_("The capacity must be between 1 and 100,000.")),
    "hours_capacity": (InvalidInput, N_("The capacity must be between 1 and 100,000.")),
    "hours_weekday": (InvalidInput, N_("Choose a day of the week.")),
    "hours_open_before_close": (InvalidInput, N_("Closing time must be after opening time.")),
    "hours_slot_minutes": (InvalidInput, N_("Slot length must be between 1 and 1,439 minutes.")),
    "hours_validity": (InvalidInput, N_("The last day must not be before the first day.")),
    "type_minutes": (InvalidInput, N_("The length of a visit must be between 1 and 1,439 minutes.")),
    "type_buffers": (InvalidInput, N_("A buffer must be between 0 and 240 minutes.")),
    "idempotency_key_length": (InvalidInput, N_("An idempotency key has 1 to 255 characters.")),
    "patient_has_name": (InvalidInput, N_("Enter the patient's name.")),
    "specialist_has_name": (InvalidInput, N_("Enter the specialist's name.")),
    "unique_patient_reference": (Conflict, N_("Another patient has this reference.")),
    "unique_tenant_email": (Conflict, N_("Another user has this e-mail address.")),
    "unique_room_name": (Conflict, N_("Another room has this name.")),
    "tenant_id_length": (InvalidInput, N_("A clinic's id has 1 to 255 characters.")),
    "tenant_hold_seconds": (InvalidInput, N_("A hold lasts between 1 second and 1 day.")),
    "tenant_reminders": (InvalidInput, N_("Enter up to five reminders, each 1 to 720 hours before the visit.")),
    "tenant_offer_seconds": (InvalidInput, N_("An offer is held between 1 second and 7 days.")),
    "sick_day_time_range": (InvalidInput, N_("The last day must not be before the first day.")),
    "waitlist_days": (InvalidInput, N_("The last day must not be before the first day.")),
    "waitlist_parts": (InvalidInput, N_("Choose at least one part of the day.")),
    "unique_open_offer": (Conflict, N_("A time is already offered to this patient.")),
    "fk_sick_days_specialist": _GONE,
    "fk_waitlist_entries_patient": _GONE,
    "fk_waitlist_entries_appointment_type": _GONE,
    "sick_day_status": INTERNAL,
    "unique_sick_day_hold": INTERNAL,
    "waitlist_status": INTERNAL,
    "waitlist_offer_status": INTERNAL,
    "unique_offered_hold": INTERNAL,
    "fk_sick_day_moves_sick_day": INTERNAL,
    "fk_sick_day_moves_appointment": INTERNAL,
    "fk_sick_day_moves_hold": INTERNAL,
    "fk_waitlist_offers_entry": INTERNAL,
    "fk_waitlist_offers_appointment": INTERNAL,
    "fk_manage_links_appointment": INTERNAL,
    "fk_messages_appointment": INTERNAL,
    "message_kind": INTERNAL,
    "message_channel": INTERNAL,
    "message_status": INTERNAL,
    "message_sent": INTERNAL,
    "unique_reminder": INTERNAL,
    "letter_kind": INTERNAL,
    "letter_channel": INTERNAL,
    "letter_language": INTERNAL,
    "letter_subject": (InvalidInput, N_("Enter a subject of at most 200 characters.")),
    "letter_body": (InvalidInput, N_("The text is longer than 4,000 characters, or 480 for an SMS. Shorten it.")),
    "fk_letter_words_tenant": INTERNAL,
    "tenant_booking_rules": (InvalidInput, N_("Notice, horizon and cut-off must not be negative.")),
    "tenant_move_cutoff": (InvalidInput, N_("Notice, horizon and cut-off must not be negative.")),
    "tenant_bookings_a_person": (InvalidInput, N_("A person may have between 1 and 100 bookings at a time.")),
    "tenant_required_fields": (InvalidInput, N_("Required can be: e-mail address, phone number, date of birth.")),
    "tenant_terms": (InvalidInput, N_("The terms are longer than 2,000 characters. Link to the rest of them.")),
    "tenant_terms_link": (InvalidInput, N_("Enter the address of the terms in the form https://example.com/terms.")),
    "tenant_closed_message": (InvalidInput, N_("The message is longer than 1,000 characters. Shorten it.")),
    "question_label": (InvalidInput, N_("A question has 1 to 300 characters. Put the rest into the hint.")),
    "question_hint": (InvalidInput, N_("The hint is longer than 500 characters. Shorten it.")),
    "question_choices": (InvalidInput, N_("Enter 2 to 30 answers to choose from, one on each line.")),
    "answer_length": (InvalidInput, N_("This is longer than 1,000 characters. Shorten it.")),
    "question_kind": INTERNAL,
    "fk_questions_tenant": INTERNAL,
    "fk_answers_appointment": INTERNAL,
    "fk_answers_question": INTERNAL,
    "fk_terms_tenant": INTERNAL,
    "fk_person_turns_tenant": INTERNAL,
    "fk_appointments_terms": INTERNAL,
    "tenant_embed_origins": (InvalidInput, N_("Enter at most 20 sites, such as https://www.clinic.example.")),
    "fk_appointments_patient": _GONE,
    "fk_appointments_specialist": _GONE,
    "fk_appointments_room": _GONE,
    "fk_appointments_appointment_type": _GONE,
    "fk_time_slots_specialist": _GONE,
    "fk_opening_hours_specialist": _GONE,
    "fk_closures_specialist": _GONE,
    "fk_appointment_types_room": _GONE,
    "fk_appointment_type_specialists_specialist": _GONE,
    "fk_appointment_type_specialists_appointment_type": _GONE,
    "unique_type_link": INTERNAL,
    "fk_patient_holds_appointment": INTERNAL,
    "slot_hold_ends": INTERNAL,
    "hold_expires": INTERNAL,
    "slot_with_capacity": INTERNAL,
    "appointment_buffers": INTERNAL,
    "api_token_scopes": INTERNAL,
    "unique_api_token": INTERNAL,
    "unique_session_token": INTERNAL,
    "unique_manage_token": INTERNAL,
    "unique_chained_event": INTERNAL,
    "time_slots_repeated_by_appointment": INTERNAL,
    "time_slots_end_of_group": INTERNAL,
    "fk_appointments_tenant": INTERNAL,
    "fk_appointments_created_by": INTERNAL,
    "fk_api_tokens_tenant": (NotFound, N_("There is no such clinic.")),
    "fk_appointment_types_tenant": INTERNAL,
    "fk_closures_tenant": INTERNAL,
    "fk_opening_hours_tenant": INTERNAL,
    "fk_patients_tenant": INTERNAL,
    "fk_patients_user": INTERNAL,
    "fk_rooms_tenant": INTERNAL,
    "fk_specialists_tenant": INTERNAL,
    "fk_users_tenant": INTERNAL,
    "fk_user_sessions_user": INTERNAL,
    "fk_user_settings_user": INTERNAL,
    "user_setting_key": INTERNAL,
    "fk_appointment_events_appointment": INTERNAL,
    "fk_desk_events_patient": INTERNAL,
    "fk_desk_events_specialist": INTERNAL,
    "desk_event_about_one": INTERNAL,
    "fk_appointment_event_chain_event": INTERNAL,
}

_SHARD_SUFFIX = re.compile(r"_\d{6,}$")  # a distributed database reports name_102088


def violated(error: DBAPIError) -> str | None:
    """The name of the constraint behind a database error, if one is."""
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    return _SHARD_SUFFIX.sub("", name) if name else None


def translate(error: DBAPIError) -> DomainError | None:
    """The refusal a violated constraint stands for; None when it is not for the caller to mend."""
    known = MESSAGES.get(violated(error) or "")
    return known[0](known[1]) if known else None
