-- The booking door. claim_seat() is the one statement that takes a seat; the smaller functions are its steps and
-- are used by cancel, confirm and the sweeper too.
-- Times are read with clock_timestamp(): now() is the start of the transaction, which may lie before a lock wait.

-- Later steps add tables and columns that are named here already.
SET LOCAL check_function_bodies = off;

-- The busy range of an appointment: from buffer to buffer.
CREATE FUNCTION busy_range(a appointments) RETURNS tstzrange LANGUAGE sql IMMUTABLE AS $$
    SELECT tstzrange(coalesce(a.busy_from, a.start_time), coalesce(a.busy_until, a.end_time, a.start_time), '[]')
$$;

-- What stands in the calendar of a specialist between two instants and occupies its time. An appointment is shorter
-- than a day, so that a day's margin on its start finds it through the index that also keeps it unique.
CREATE FUNCTION live_between(p_tenant text, p_specialist uuid, p_from timestamptz, p_until timestamptz)
RETURNS SETOF appointments LANGUAGE sql STABLE AS $$
    SELECT * FROM appointments a
    WHERE a.tenant_id = p_tenant AND a.specialist_id = p_specialist
      AND a.status IN ('HOLD', 'CONFIRMED', 'ARRIVED', 'COMPLETED')
      AND a.start_time > p_from - interval '1 day' AND a.start_time < p_until + interval '1 day'
      AND coalesce(a.busy_from, a.start_time) < p_until
      AND coalesce(a.busy_until, a.end_time, a.start_time) > p_from
$$;

-- Is a specialist, or the whole clinic, closed at some moment between the two?
CREATE FUNCTION is_closed(p_tenant text, p_specialist uuid, p_from timestamptz, p_until timestamptz)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM closures c
        WHERE c.tenant_id = p_tenant AND (c.specialist_id = p_specialist OR c.specialist_id IS NULL)
          AND c.start_time < p_until AND c.end_time > p_from)
$$;

-- What a slot's row should say, derived from the appointments that stand on it; while it is closed, that nothing is to
-- be had: a visit that is cancelled or moved away does not open it again.
CREATE FUNCTION derived_slot(p_slot time_slots)
RETURNS TABLE (status timeslot_status, held_until timestamptz, last_seat integer) LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN d.closed THEN 'BOOKED' WHEN NOT d.is_full THEN 'AVAILABLE' WHEN d.frees_at IS NULL THEN 'BOOKED' ELSE 'HOLD' END
           ::timeslot_status,
           CASE WHEN d.is_full AND NOT d.closed THEN d.frees_at END, d.last_seat
    FROM (
        SELECT coalesce(max(a.seat), 0) AS last_seat,
               is_closed(p_slot.tenant_id, p_slot.specialist_id, p_slot.start_time, p_slot.end_time) AS closed,
               count(*) FILTER (WHERE a.slot_capacity = 1) > 0 OR count(*) >= p_slot.capacity AS is_full,
               CASE WHEN count(*) FILTER (WHERE a.slot_capacity = 1) = 0 THEN min(a.expires_at)
                    WHEN bool_and(a.status = 'HOLD') THEN max(a.expires_at) END AS frees_at
        FROM live_between(p_slot.tenant_id, p_slot.specialist_id, p_slot.start_time, p_slot.end_time) a
        WHERE a.seat > 0  -- the overflow seat stands beside the slot's own
    ) d
$$;

-- Make the rows of a specialist's slots say it.
CREATE FUNCTION refresh_slots(p_tenant text, p_specialist uuid, p_from timestamptz, p_until timestamptz)
RETURNS void LANGUAGE sql AS $$
    UPDATE time_slots s
    SET (status, held_until, last_seat) = (SELECT d.status, d.held_until, d.last_seat FROM derived_slot(s) d)
    WHERE s.tenant_id = p_tenant AND s.specialist_id = p_specialist
      AND s.start_time > p_from - interval '1 day' AND s.start_time < p_until AND s.end_time > p_from
$$;

-- Lock a specialist's slots that touch a range, in the one order everybody keeps; how many there were. NO KEY: what a
-- booking changes is no key, and hand-written SQL whose foreign key looks at the slot must not wait for the door.
CREATE FUNCTION lock_slots(
    p_tenant text, p_specialist uuid, p_from timestamptz, p_until timestamptz,
    p_other_specialist uuid DEFAULT NULL, p_other_from timestamptz DEFAULT NULL, p_other_until timestamptz DEFAULT NULL
) RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FROM (
        SELECT 1 FROM time_slots
        WHERE tenant_id = p_tenant
          AND (specialist_id = p_specialist
               AND start_time > p_from - interval '1 day' AND start_time < p_until AND end_time > p_from
            OR specialist_id = p_other_specialist
               AND start_time > p_other_from - interval '1 day' AND start_time < p_other_until
               AND end_time > p_other_from)
        ORDER BY start_time, id FOR NO KEY UPDATE
    ) locked
$$;

-- Flip the overdue holds that stand between two instants and tell it in their events; how far they reached.
CREATE FUNCTION expire_overdue(
    p_tenant text, p_specialist uuid, p_from timestamptz, p_until timestamptz, p_now timestamptz,
    OUT reach_from timestamptz, OUT reach_until timestamptz
) LANGUAGE sql AS $$
    WITH overdue AS (
        SELECT a.id FROM live_between(p_tenant, p_specialist, p_from, p_until) a
        WHERE a.status = 'HOLD' AND a.expires_at <= p_now
        ORDER BY a.id
    ), flipped AS (
        UPDATE appointments a
        SET status = 'EXPIRED', expires_at = NULL, updated_at = p_now, version = a.version + 1
        FROM overdue o WHERE a.tenant_id = p_tenant AND a.id = o.id AND a.status = 'HOLD' AND a.expires_at <= p_now
        RETURNING a.id, lower(busy_range(a)) AS busy_from, upper(busy_range(a)) AS busy_until
    ), told AS (
        INSERT INTO appointment_events (tenant_id, appointment_id, event_type, actor)
        SELECT p_tenant, id, 'EXPIRED', 'clock' FROM flipped
    )
    SELECT min(busy_from), max(busy_until) FROM flipped
$$;

-- Flip the overdue holds elsewhere that would keep the patient or the room. Their slots need no lock and no refresh:
-- a slot held until a moment that has passed is open as it stands.
CREATE FUNCTION expire_elsewhere(
    p_tenant text, p_patient uuid, p_room uuid, p_from timestamptz, p_until timestamptz, p_now timestamptz
) RETURNS void LANGUAGE sql AS $$
    WITH overdue AS (
        SELECT a.id FROM appointments a
        WHERE a.tenant_id = p_tenant AND a.status = 'HOLD' AND a.expires_at <= p_now
          AND (a.patient_id = p_patient OR a.room_id = p_room)
          AND a.start_time > p_from - interval '1 day' AND a.start_time < p_until + interval '1 day'
        ORDER BY a.id FOR UPDATE
    ), flipped AS (
        UPDATE appointments a
        SET status = 'EXPIRED', expires_at = NULL, updated_at = p_now, version = a.version + 1
        FROM overdue o WHERE a.tenant_id = p_tenant AND a.id = o.id
        RETURNING a.id
    )
    INSERT INTO appointment_events (tenant_id, appointment_id, event_type, actor)
    SELECT p_tenant, id, 'EXPIRED', 'clock' FROM flipped
$$;

-- A free seat of a group slot, or NULL: one past the highest ever claimed, which the slot row remembers, so that the
-- price of a seat does not grow with those sold; when the top is sold, the lowest gap.
CREATE FUNCTION free_seat(p_slot time_slots, p_except uuid) RETURNS integer LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF p_slot.last_seat < p_slot.capacity AND seat_is_free(p_slot, p_slot.last_seat + 1, p_except) THEN
        RETURN p_slot.last_seat + 1;
    END IF;
    RETURN (
        SELECT n FROM generate_series(1, p_slot.capacity) n WHERE seat_is_free(p_slot, n, p_except) LIMIT 1);
END $$;

CREATE FUNCTION seat_is_free(p_slot time_slots, p_seat integer, p_except uuid) RETURNS boolean LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN NOT EXISTS (
        SELECT 1 FROM appointments a
        WHERE a.tenant_id = p_slot.tenant_id AND a.specialist_id = p_slot.specialist_id
          AND a.start_time = p_slot.start_time AND a.seat = p_seat
          AND a.status IN ('HOLD', 'CONFIRMED', 'ARRIVED', 'COMPLETED') AND a.id IS DISTINCT FROM p_except);
END $$;

-- Does the patient have another live appointment in that time? The patient's row is changed before the look, so that
-- whoever looks at the same moment waits, and at REPEATABLE READ tries again.
CREATE FUNCTION patient_is_busy(
    p_tenant text, p_patient uuid, p_start timestamptz, p_end timestamptz, p_now timestamptz, p_except uuid
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE patients SET last_claim_at = p_now WHERE tenant_id = p_tenant AND id = p_patient;
    RETURN EXISTS (
        SELECT 1 FROM appointments a
        WHERE a.tenant_id = p_tenant AND a.patient_id = p_patient
          AND a.status IN ('HOLD', 'CONFIRMED', 'ARRIVED', 'COMPLETED')
          AND NOT (a.status = 'HOLD' AND a.expires_at <= p_now)
          AND a.start_time > p_start - interval '1 day' AND a.start_time < coalesce(p_end, p_start + interval '1 us')
          AND coalesce(a.end_time, a.start_time + interval '1 us') > p_start
          AND a.id IS DISTINCT FROM p_except);
END $$;

-- The answer to a key that was used before, or NULL.
CREATE FUNCTION replay_claim(p_tenant text, p_key text, p_fingerprint text) RETURNS claim_result
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN a.fingerprint = p_fingerprint THEN 'REPLAYED' ELSE 'KEY_REUSED' END,
           a.id, CASE WHEN a.status = 'HOLD' AND a.expires_at <= clock_timestamp() THEN 'EXPIRED' ELSE a.status END
                 ::appointment_status,
           a.start_time, a.end_time, a.seat, a.expires_at, a.idempotency_key, a.created_at, a.patient_id, a.version
    FROM appointments a WHERE a.tenant_id = p_tenant AND a.idempotency_key = p_key
$$;

-- Full, unless it was this very key that took the seat since the key was looked up: at READ COMMITTED each statement
-- sees what was committed before it, so the winner may come between two of them.
CREATE FUNCTION refuse_full(p_tenant text, p_key text, p_fingerprint text) RETURNS claim_result LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_result claim_result;
BEGIN
    IF p_key IS NOT NULL THEN
        v_result := replay_claim(p_tenant, p_key, p_fingerprint);
    END IF;
    v_result.outcome := coalesce(v_result.outcome, 'SLOT_FULL');
    RETURN v_result;
END $$;

-- Whose slot a booking by time means: NULL for the clinic's own chair, which is the answer where the clinic has hours of
-- its own or has no specialists; else somebody who is free then, or if nobody is, somebody who is not.
CREATE FUNCTION slot_at(p_tenant text, p_start timestamptz) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    v_slot uuid;
BEGIN
    IF EXISTS (SELECT 1 FROM opening_hours WHERE tenant_id = p_tenant AND specialist_id IS NULL)
       OR NOT EXISTS (SELECT 1 FROM specialists WHERE tenant_id = p_tenant AND is_active) THEN
        RETURN NULL;
    END IF;
    SELECT s.id INTO v_slot FROM time_slots s
    JOIN specialists p ON p.tenant_id = s.tenant_id AND p.id = s.specialist_id AND p.is_active
    WHERE s.tenant_id = p_tenant AND s.start_time = p_start
      AND (s.status = 'AVAILABLE' OR s.status = 'HOLD' AND s.held_until <= clock_timestamp())
    ORDER BY random() LIMIT 1 FOR NO KEY UPDATE OF s SKIP LOCKED;
    IF v_slot IS NULL THEN
        SELECT s.id INTO v_slot FROM time_slots s
        JOIN specialists p ON p.tenant_id = s.tenant_id AND p.id = s.specialist_id AND p.is_active
        WHERE s.tenant_id = p_tenant AND s.start_time = p_start LIMIT 1;
    END IF;
    RETURN coalesce(v_slot, '00000000-0000-0000-0000-000000000000');
END $$;

-- Why an appointment may not be moved, or NULL.
CREATE FUNCTION move_refusal(a appointments, p_version integer, p_now timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN a.id IS NULL OR a.status NOT IN ('HOLD', 'CONFIRMED', 'ARRIVED')
                     OR a.status = 'HOLD' AND a.expires_at <= p_now THEN 'NOT_LIVE'
                WHEN a.version <> p_version THEN 'STALE' END
$$;

-- Who arrived arrived on that day: on another of the clinic's days the patient is expected anew.
CREATE FUNCTION status_when_moved(a appointments, p_to timestamptz) RETURNS appointment_status LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN a.status = 'ARRIVED'
                     AND (SELECT (a.start_time AT TIME ZONE t.timezone)::date <> (p_to AT TIME ZONE t.timezone)::date
                          FROM tenants t WHERE t.id = a.tenant_id)
                THEN 'CONFIRMED' ELSE a.status END
$$;

-- What the event of a move says of the status, where that is another one now.
CREATE FUNCTION told_of_status(p_old appointment_status, p_new appointment_status) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_old = p_new THEN '{}' ELSE jsonb_build_object('from_status', p_old, 'status', p_new) END
$$;

-- Why an appointment that is over may not come back, or NULL.
CREATE FUNCTION undo_refusal(a appointments, p_version integer) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN a.id IS NULL OR a.status NOT IN ('CANCELLED', 'NO_SHOW') OR a.version <> p_version
                THEN 'STALE' END
$$;

-- Take a seat, or say why not. Outcomes: CLAIMED, REPLAYED, KEY_REUSED, SLOT_FULL, SLOT_NOT_FOUND, SLOT_TOO_SHORT,
-- CLOSED, TYPE_NOT_OFFERED, PATIENT_BUSY, TENANT_UNKNOWN and, for a move, NOT_LIVE, STALE. The type gives length, buffers and
-- room, p_minutes another length. Without a slot it is the clinic's own chair at p_start. With p_moving, the live
-- appointment p_id gives up its time for the new one, or keeps it; with p_event UNDONE one that is over comes back. With p_squeeze, the reason, it is an urgent visit that
-- takes the overflow seat, number 0, of a time that is full: there is one at any time, and it counts for no slot. Two
-- outcomes more: SQUEEZE_TAKEN, NOT_FULL. Moved elsewhere, such a visit needs a seat like any other.
CREATE FUNCTION claim_seat(
    p_tenant text, p_id uuid, p_slot uuid, p_status appointment_status, p_hold_seconds integer,
    p_actor text, p_source text, p_key text, p_fingerprint text,
    p_patient uuid, p_new_patient jsonb, p_type uuid, p_minutes integer,
    p_priority appointment_priority, p_created_by uuid,
    p_start timestamptz, p_end timestamptz, p_moving boolean, p_squeeze text, p_version integer,
    p_event text DEFAULT 'RESCHEDULED', p_detail jsonb DEFAULT '{}'
) RETURNS claim_result LANGUAGE plpgsql AS $$
DECLARE
    v_result claim_result;
    v_slot time_slots;
    v_old appointments;
    v_type appointment_types;
    v_row record;
    v_now timestamptz;
    v_end timestamptz;
    v_from timestamptz;
    v_until timestamptz;
    v_covered timestamptz;
    v_expires timestamptz;
    v_hold integer := p_hold_seconds;
    v_seat integer := 1;
    v_known_patient uuid;
    v_simple boolean;
    v_squeeze boolean := p_squeeze IS NOT NULL;
BEGIN
    PERFORM set_config('app.tenant_id', p_tenant, true);

    -- 1. A key that was used before has its answer.
    IF p_key IS NOT NULL THEN
        v_result := replay_claim(p_tenant, p_key, p_fingerprint);
        IF v_result.outcome IS NOT NULL THEN
            RETURN v_result;
        END IF;
    END IF;

    IF p_slot IS NULL AND NOT p_moving THEN
        p_slot := slot_at(p_tenant, p_start);
    END IF;
    IF p_slot IS NULL THEN
        RETURN claim_chair(p_tenant, p_id, p_status, p_hold_seconds, p_actor, p_source, p_key, p_fingerprint,
                           p_patient, p_new_patient, p_type, p_priority, p_created_by, p_start, p_end,
                           p_moving, p_version, p_detail);
    END IF;

    -- 2. A plainly full slot is refused without a lock.
    SELECT * INTO v_slot FROM time_slots s
    WHERE s.tenant_id = p_tenant AND s.id = p_slot
      AND EXISTS (SELECT 1 FROM specialists p
                  WHERE p.tenant_id = p_tenant AND p.id = s.specialist_id AND p.is_active);
    IF NOT FOUND THEN
        v_result.outcome := 'SLOT_NOT_FOUND';
        RETURN v_result;
    END IF;
    IF NOT p_moving AND NOT v_squeeze AND (v_slot.status = 'BOOKED'
                                           OR v_slot.status = 'HOLD' AND v_slot.held_until > clock_timestamp()) THEN
        RETURN refuse_full(p_tenant, p_key, p_fingerprint);
    END IF;

    IF p_moving THEN
        SELECT * INTO v_old FROM appointments WHERE tenant_id = p_tenant AND id = p_id;
        v_squeeze := coalesce(v_old.seat = 0 AND v_old.time_slot_id = p_slot, false);
    END IF;
    IF coalesce(p_type, v_old.appointment_type_id) IS NOT NULL THEN
        SELECT * INTO v_type FROM appointment_types t
        WHERE t.tenant_id = p_tenant AND t.id = coalesce(p_type, v_old.appointment_type_id)
          AND t.is_group = (v_slot.capacity > 1) AND (t.is_active OR p_type IS NULL)
          AND EXISTS (SELECT 1 FROM appointment_type_specialists o
                      WHERE o.tenant_id = p_tenant AND o.appointment_type_id = t.id
                        AND o.specialist_id = v_slot.specialist_id);
        IF NOT FOUND THEN
            v_result.outcome := 'TYPE_NOT_OFFERED';
            RETURN v_result;
        END IF;
    END IF;
    v_end := CASE WHEN v_slot.capacity > 1 THEN v_slot.end_time
                  ELSE coalesce(v_slot.start_time + make_interval(mins => coalesce(p_minutes, v_type.minutes)),
                                v_slot.end_time) END;
    v_from := v_slot.start_time;
    v_until := v_end;
    -- The seats of a group share their times, so they have no buffers of their own; an urgent visit goes without.
    IF v_slot.capacity = 1 AND NOT v_squeeze THEN
        v_from := v_from - make_interval(mins => coalesce(v_type.buffer_before, 0));
        v_until := v_until + make_interval(mins => coalesce(v_type.buffer_after, 0));
    END IF;
    v_simple := NOT p_moving AND v_from = v_slot.start_time AND v_until <= v_slot.end_time AND NOT v_squeeze;

    -- 3. Lock, by start time.
    IF p_moving THEN
        PERFORM lock_slots(p_tenant, v_slot.specialist_id, v_from, v_until,
                           v_old.specialist_id, lower(busy_range(v_old)), upper(busy_range(v_old)));
        SELECT * INTO v_old FROM appointments WHERE tenant_id = p_tenant AND id = p_id FOR UPDATE;
    ELSIF v_simple THEN
        PERFORM 1 FROM time_slots WHERE tenant_id = p_tenant AND id = p_slot FOR NO KEY UPDATE;
    ELSE
        PERFORM lock_slots(p_tenant, v_slot.specialist_id, v_from, v_until);
    END IF;
    v_now := clock_timestamp();
    SELECT * INTO v_slot FROM time_slots WHERE tenant_id = p_tenant AND id = p_slot;
    IF NOT FOUND THEN
        v_result.outcome := 'SLOT_NOT_FOUND';
        RETURN v_result;
    END IF;

    -- 4. The racer who waited with the same key gets the winner's answer.
    IF p_key IS NOT NULL THEN
        v_result := replay_claim(p_tenant, p_key, p_fingerprint);
        IF v_result.outcome IS NOT NULL THEN
            RETURN v_result;
        END IF;
    END IF;
    IF p_moving THEN
        v_result.outcome := CASE WHEN p_event = 'UNDONE' THEN undo_refusal(v_old, p_version)
                                 ELSE move_refusal(v_old, p_version, v_now) END;
        IF v_result.outcome IS NOT NULL THEN
            RETURN v_result;
        END IF;
    END IF;

    -- 5. Overdue holds give way; an AVAILABLE slot has a seat without that. A hold that reaches past what is locked
    --    takes its other slots with it, so these are locked late, against the order: a deadlock with an opposite
    --    reach is possible, found and tried again.
    IF NOT (v_simple AND v_slot.status = 'AVAILABLE') THEN
        SELECT * INTO v_row FROM expire_overdue(p_tenant, v_slot.specialist_id, v_from, v_until, v_now);
        IF v_row.reach_from IS NOT NULL OR v_slot.status = 'HOLD' THEN
            v_row.reach_from := least(v_row.reach_from, v_from);
            v_row.reach_until := greatest(v_row.reach_until, v_until);
            PERFORM lock_slots(p_tenant, v_slot.specialist_id, v_row.reach_from, v_row.reach_until);
            PERFORM refresh_slots(p_tenant, v_slot.specialist_id, v_row.reach_from, v_row.reach_until);
            SELECT * INTO v_slot FROM time_slots WHERE tenant_id = p_tenant AND id = p_slot;
        END IF;
    END IF;

    -- 6. Capacity, and a seat. A longer visit covers consecutive slots of capacity 1.
    IF NOT v_simple AND p_slot IS DISTINCT FROM v_old.time_slot_id
       AND is_closed(p_tenant, v_slot.specialist_id, v_slot.start_time, v_end) THEN
        v_result.outcome := 'CLOSED';
    ELSIF v_squeeze THEN
        v_seat := 0;
        IF EXISTS (SELECT 1 FROM live_between(p_tenant, v_slot.specialist_id, v_from, v_until) a
                   WHERE a.seat = 0 AND a.id IS DISTINCT FROM p_id) THEN
            v_result.outcome := 'SQUEEZE_TAKEN';
        ELSIF NOT p_moving AND v_slot.status = 'AVAILABLE'
              AND (v_slot.capacity > 1
                   OR NOT EXISTS (SELECT 1 FROM live_between(p_tenant, v_slot.specialist_id, v_from, v_until) a
                                  WHERE a.seat > 0)) THEN
            v_result.outcome := 'NOT_FULL';
        END IF;
    ELSIF v_slot.capacity > 1 THEN
        v_seat := free_seat(v_slot, p_id);
        IF v_seat IS NULL OR v_slot.status = 'BOOKED' AND NOT p_moving THEN
            v_result.outcome := 'SLOT_FULL';
            IF v_slot.status = 'AVAILABLE' THEN  -- it was filled by hand
                PERFORM refresh_slots(p_tenant, v_slot.specialist_id, v_slot.start_time, v_slot.end_time);
            END IF;
        END IF;
    ELSIF v_simple THEN
        IF v_slot.status <> 'AVAILABLE' THEN
            v_result.outcome := 'SLOT_FULL';
        END IF;
    ELSE
        v_covered := v_slot.start_time;
        FOR v_row IN
            SELECT t.* FROM time_slots t
            WHERE t.tenant_id = p_tenant AND t.specialist_id = v_slot.specialist_id
              AND t.start_time > v_from - interval '1 day' AND t.start_time < v_until AND t.end_time > v_from
            ORDER BY t.start_time
        LOOP
            IF v_row.start_time = v_covered AND v_row.start_time < v_end AND v_row.capacity = 1 THEN
                v_covered := v_row.end_time;
            END IF;
        END LOOP;
        IF EXISTS (SELECT 1 FROM live_between(p_tenant, v_slot.specialist_id, v_from, v_until) a
                   WHERE a.seat > 0 AND a.id IS DISTINCT FROM p_id) THEN
            v_result.outcome := 'SLOT_FULL';
        ELSIF v_covered < v_end THEN
            v_result.outcome := 'SLOT_TOO_SHORT';
        ELSIF EXISTS (SELECT 1 FROM time_slots t
                      CROSS JOIN LATERAL live_between(p_tenant, v_slot.specialist_id, t.start_time, t.end_time) a
                      WHERE t.tenant_id = p_tenant AND t.specialist_id = v_slot.specialist_id
                        AND t.start_time > v_from - interval '1 day' AND t.start_time < v_until AND t.end_time > v_from
                        AND NOT (a.status = 'HOLD' AND a.expires_at <= v_now)
                        AND a.seat > 0 AND a.id IS DISTINCT FROM p_id) THEN
            v_result.outcome := 'SLOT_FULL';
        END IF;
    END IF;
    IF p_new_patient IS NULL THEN
        v_known_patient := coalesce(p_patient, v_old.patient_id);
    END IF;
    IF v_result.outcome IS NULL AND v_known_patient IS NOT NULL
       AND patient_is_busy(p_tenant, v_known_patient, v_slot.start_time, v_end, v_now, p_id) THEN
        v_result.outcome := 'PATIENT_BUSY';
    END IF;
    IF v_result.outcome IS NOT NULL THEN
        RETURN v_result;
    END IF;
    IF v_type.room_id IS NOT NULL OR v_known_patient IS NOT NULL THEN
        PERFORM expire_elsewhere(p_tenant, v_known_patient, v_type.room_id, v_from, v_until, v_now);
    END IF;

    -- 7. Write.
    IF p_moving THEN
        UPDATE appointments a
        SET specialist_id = v_slot.specialist_id, time_slot_id = v_slot.id, slot_capacity = v_slot.capacity,
            start_time = v_slot.start_time, end_time = v_end, seat = v_seat,
            status = CASE WHEN p_event = 'UNDONE' OR p_detail ? 'undo' THEN p_status
                          ELSE status_when_moved(v_old, v_slot.start_time) END,
            busy_from = nullif(v_from, v_slot.start_time), busy_until = nullif(v_until, v_end),
            appointment_type_id = v_type.id, room_id = v_type.room_id, updated_at = v_now, version = a.version + 1
        WHERE a.tenant_id = p_tenant AND a.id = p_id
        RETURNING 'CLAIMED', a.id, a.status, a.start_time, a.end_time, a.seat, a.expires_at, a.idempotency_key,
                  a.created_at, a.patient_id, a.version INTO v_result;
        INSERT INTO appointment_events (tenant_id, appointment_id, event_type, actor, detail)
        VALUES (p_tenant, p_id, p_event, p_actor,
                told_of_status(v_old.status, v_result.status) || p_detail || jsonb_build_object(
            'from', v_old.start_time, 'to', v_slot.start_time,
            'from_specialist', v_old.specialist_id, 'to_specialist', v_slot.specialist_id,
            'from_slot', v_old.time_slot_id, 'to_slot', v_slot.id,
            'from_end', v_old.end_time, 'to_end', v_end,
            'from_type', v_old.appointment_type_id, 'to_type', v_type.id));
        IF v_result.status = 'CONFIRMED' AND v_old.status <> 'NO_SHOW' AND may_be_told(v_result.patient_id, NULL, p_detail) THEN
            PERFORM tell_patient(p_tenant, p_id, CASE v_old.status WHEN 'CANCELLED' THEN 'CONFIRMATION' ELSE 'CHANGE' END);
        END IF;
        IF v_old.specialist_id IS NOT NULL THEN
            PERFORM refresh_slots(p_tenant, v_old.specialist_id, lower(busy_range(v_old)), upper(busy_range(v_old)));
        END IF;
        PERFORM refresh_slots(p_tenant, v_slot.specialist_id, v_from, v_until);
        RETURN v_result;
    END IF;

    IF v_hold IS NULL AND p_status = 'HOLD' THEN
        SELECT t.hold_seconds INTO v_hold FROM tenants t WHERE t.id = p_tenant;
    END IF;
    v_expires := CASE WHEN p_status = 'HOLD' THEN v_now + make_interval(secs => v_hold) END;
    IF p_new_patient IS NOT NULL THEN
        PERFORM add_patient(p_tenant, p_patient, p_new_patient);
    END IF;
    INSERT INTO appointments (
        tenant_id, id, patient_id, specialist_id, time_slot_id, slot_capacity, room_id, appointment_type_id,
        start_time, end_time, busy_from, busy_until, seat, status, priority, expires_at, idempotency_key, fingerprint,
        source, squeeze_reason, created_at, created_by, updated_at)
    VALUES (
        p_tenant, p_id, p_patient, v_slot.specialist_id, v_slot.id, v_slot.capacity, v_type.room_id, p_type,
        v_slot.start_time, v_end, nullif(v_from, v_slot.start_time), nullif(v_until, v_end), v_seat, p_status,
        p_priority, v_expires, p_key, p_fingerprint, p_source, p_squeeze, v_now, p_created_by, v_now)
    ON CONFLICT (tenant_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING;
    IF NOT FOUND THEN  -- the key went to another slot meanwhile: its row is committed, so it can be read
        RETURN replay_claim(p_tenant, p_key, p_fingerprint);
    END IF;
    IF v_squeeze THEN
        INSERT INTO appointment_events (tenant_id, appointment_id, event_type, actor, detail)
        VALUES (p_tenant, p_id, 'SQUEEZED_IN', p_actor, jsonb_build_object('reason', p_squeeze));
    ELSE
        INSERT INTO appointment_events (tenant_id, appointment_id, event_type, actor)
        VALUES (p_tenant, p_id, CASE p_status WHEN 'HOLD' THEN 'HELD' ELSE 'BOOKED' END, p_actor);
    END IF;
    IF p_status = 'CONFIRMED' AND may_be_told(p_patient, p_new_patient, p_detail) THEN
        PERFORM tell_patient(p_tenant, p_id, 'CONFIRMATION');
    END IF;

    -- 8. The slot row changes with every claim: at REPEATABLE READ that is what makes a waiter try again.
    IF v_simple AND v_slot.capacity = 1 THEN
        UPDATE time_slots SET status = CASE p_status WHEN 'HOLD' THEN 'HOLD' ELSE 'BOOKED' END::timeslot_status,
                              held_until = v_expires
        WHERE tenant_id = p_tenant AND id = p_slot;
    ELSIF NOT v_squeeze AND v_slot.last_seat < v_seat AND v_seat < v_slot.capacity THEN  -- so there is one more after it
        UPDATE time_slots SET last_seat = v_seat WHERE tenant_id = p_tenant AND id = p_slot;
    ELSE
        PERFORM refresh_slots(p_tenant, v_slot.specialist_id, v_from, v_until);
    END IF;

    v_result := ROW('CLAIMED', p_id, p_status, v_slot.start_time, v_end, v_seat, v_expires, p_key, v_now, p_patient, 1);
    RETURN v_result;
END $$;

-- Is there somebody to tell, as far as can be seen without a look at the patient's row, and is it wanted?
CREATE FUNCTION may_be_told(p_patient uuid, p_new_patient jsonb, p_detail jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT p_patient IS NOT NULL AND (p_new_patient IS NULL OR p_new_patient ?| ARRAY['email', 'phone'])
       AND coalesce((p_detail->>'notify')::boolean, true)
$$;

-- A patient that comes with the claim: written only when the seat was won.
CREATE FUNCTION add_patient(p_tenant text, p_id uuid, p_patient jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO patients (tenant_id, id, full_name, email, phone, contact, date_of_birth, locale)
    VALUES (p_tenant, p_id, p_patient->>'full_name', p_patient->>'email', p_patient->>'phone', p_patient->>'contact',
            (p_patient->>'date_of_birth')::date, p_patient->>'locale')
$$;

-- The clinic's own single chair has no slots to lock: an advisory lock on the chair's day takes their place, without
-- which two overlapping inserts could wait for each other inside the exclusion constraint.
CREATE FUNCTION claim_chair(
    p_tenant text, p_id uuid, p_status appointment_status, p_hold_seconds integer,
    p_actor text, p_source text, p_key text, p_fingerprint text,
    p_patient uuid, p_new_patient jsonb, p_type uuid,
    p_priority appointment_priority, p_created_by uuid, p_start timestamptz, p_end timestamptz,
    p_moving boolean, p_version integer, p_detail jsonb
) RETURNS claim_result LANGUAGE plpgsql AS $$
DECLARE
    v_result claim_result;
    v_tenant tenants;
    v_old appointments;
    v_now timestamptz;
    v_expires timestamptz;
    v_until timestamptz := coalesce(p_end, p_start);
    v_known_patient uuid;
BEGIN
    SELECT * INTO v_tenant FROM tenants WHERE id = p_tenant;
    IF NOT FOUND THEN
        v_result.outcome := 'TENANT_UNKNOWN';
        RETURN v_result;
    END IF;
    IF chair_is_taken(p_tenant, p_start, v_until, clock_timestamp(), p_id) THEN
        RETURN refuse_full(p_tenant, p_key, p_fingerprint);
    END IF;
    PERFORM pg_advisory_xact_lock(
        hashtextextended(p_tenant, extract(epoch FROM date_trunc('day', p_start, 'UTC'))::bigint));
    v_now := clock_timestamp();
    IF p_key IS NOT NULL THEN
        v_result := replay_claim(p_tenant, p_key, p_fingerprint);
        IF v_result.outcome IS NOT NULL THEN
            RETURN v_result;
        END IF;
    END IF;
    WITH flipped AS (
        UPDATE appointments a
        SET status = 'EXPIRED', expires_at = NULL, updated_at = v_now, version = a.version + 1
        WHERE a.tenant_id = p_tenant AND a.specialist_id IS NULL AND a.status = 'HOLD' AND a.expires_at <= v_now
          AND a.start_time > p_start - interval '1 day' AND a.start_time <= v_until
        RETURNING a.id
    )
    INSERT INTO appointment_events (tenant_id, appointment_id, event_type, actor)
    SELECT p_tenant, id, 'EXPIRED', 'clock' FROM flipped;
    IF chair_is_taken(p_tenant, p_start, v_until, v_now, p_id) THEN
        v_result.outcome := 'SLOT_FULL';
        RETURN v_result;
    END IF;
    IF p_moving THEN
        SELECT * INTO v_old FROM appointments WHERE tenant_id = p_tenant AND id = p_id FOR UPDATE;
        v_result.outcome := move_refusal(v_old, p_version, v_now);
        IF v_result.outcome IS NOT NULL THEN
            RETURN v_result;
        END IF;
    END IF;
    IF p_new_patient IS NULL THEN
        v_known_patient := coalesce(p_patient, v_old.patient_id);
    END IF;
    IF v_known_patient IS NOT NULL THEN
        IF patient_is_busy(p_tenant, v_known_patient, p_start, p_end, v_now, p_id) THEN
            v_result.outcome := 'PATIENT_BUSY';
            RETURN v_result;
        END IF;
        PERFORM expire_elsewhere(p_tenant, v_known_patient, NULL, p_start, v_until, v_now);
    END IF;
    IF p_moving THEN
        UPDATE appointments a SET start_time = p_start, end_time = p_end, status = status_when_moved(v_old, p_start),
                                  updated_at = v_now, version = a.version + 1
        WHERE a.tenant_id = p_tenant AND a.id = p_id
        RETURNING 'CLAIMED', a.id, a.status, a.start_time, a.end_time, a.seat, a.expires_at, a.idempotency_key,
                  a.created_at, a.patient_id, a.version INTO v_result;
        INSERT INTO appointment_events (tenant_id, appointment_id, event_type, actor, detail)
        VALUES (p_tenant, p_id, 'RESCHEDULED', p_actor, told_of_status(v_old.status, v_result.status)
                || jsonb_build_object('from', v_old.start_time, 'to', p_start));
        IF v_result.status = 'CONFIRMED' AND may_be_told(v_result.patient_id, NULL, p_detail) THEN
            PERFORM tell_patient(p_tenant, p_id, 'CHANGE');
        END IF;
        RETURN v_result;
    END IF;
    v_expires := CASE WHEN p_status = 'HOLD'
                      THEN v_now + make_interval(secs => coalesce(p_hold_seconds, v_tenant.hold_seconds)) END;
    IF p_new_patient IS NOT NULL THEN
        PERFORM add_patient(p_tenant, p_patient, p_new_patient);
    END IF;
    INSERT INTO appointments (
        tenant_id, id, patient_id, appointment_type_id, start_time, end_time, status, priority, expires_at,
        idempotency_key, fingerprint, source, created_at, created_by, updated_at)
    VALUES (
        p_tenant, p_id, p_patient, p_type, p_start, p_end, p_status, p_priority, v_expires,
        p_key, p_fingerprint, p_source, v_now, p_created_by, v_now)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        v_result := replay_claim(p_tenant, p_key, p_fingerprint);
        IF v_result.outcome IS NULL THEN
            v_result.outcome := 'SLOT_FULL';
        END IF;
        RETURN v_result;
    END IF;
    INSERT INTO appointment_events (tenant_id, appointment_id, event_type, actor)
    VALUES (p_tenant, p_id, CASE p_status WHEN 'HOLD' THEN 'HELD' ELSE 'BOOKED' END, p_actor);
    IF p_status = 'CONFIRMED' AND may_be_told(p_patient, p_new_patient, p_detail) THEN
        PERFORM tell_patient(p_tenant, p_id, 'CONFIRMATION');
    END IF;
    v_result := ROW('CLAIMED', p_id, p_status, p_start, p_end, 1, v_expires, p_key, v_now, p_patient, 1);
    RETURN v_result;
END $$;

CREATE FUNCTION chair_is_taken(
    p_tenant text, p_start timestamptz, p_until timestamptz, p_now timestamptz, p_except uuid
) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM appointments a
        WHERE a.tenant_id = p_tenant AND a.specialist_id IS NULL AND a.id <> p_except
          AND a.status IN ('HOLD', 'CONFIRMED', 'ARRIVED', 'COMPLETED')
          AND NOT (a.status = 'HOLD' AND a.expires_at <= p_now)
          AND a.start_time > p_start - interval '1 day' AND a.start_time <= p_until
          AND (a.start_time = p_start
               OR tstzrange(a.start_time, coalesce(a.busy_until, a.end_time, a.start_time), CASE WHEN a.end_time IS NULL THEN '[]' ELSE '[)' END)
                  && tstzrange(p_start, p_until, CASE WHEN p_until = p_start THEN '[]' ELSE '[)' END)))
$$;
