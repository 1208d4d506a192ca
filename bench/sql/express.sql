-- The same book in the Express peer's own tables.
INSERT INTO express_peer.doctors (id, name, specialization)
SELECT bench.person_id('specialist', n), 'Specialist ' || n, 'General' FROM generate_series(0, 7) n;

CREATE FUNCTION bench.express_add(kind integer, first bigint, many bigint, seats integer, taken_of integer)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO express_peer.slots (id, doctor_id, start_time, end_time, capacity)
    SELECT bench.slot_id(kind, n), bench.specialist_of(kind, n), at AT TIME ZONE 'UTC',
           at AT TIME ZONE 'UTC' + interval '15 minutes', seats
    FROM generate_series(first, first + many - 1) n, bench.starts(kind, n) at;

    INSERT INTO express_peer.bookings (id, slot_id, patient_name, patient_contact, status)
    SELECT bench.slot_id(kind, n), bench.slot_id(kind, n), 'Patient ' || n % bench.patients(),
           'patient' || n % bench.patients() || '@example.org', 'CONFIRMED'
    FROM generate_series(first, first + many - 1) n
    WHERE taken_of > 0 AND n % nullif(taken_of, 0) = 0;
$$;

CREATE FUNCTION bench.express_live(kind integer, first bigint, many bigint) RETURNS TABLE (booking uuid, slot uuid)
LANGUAGE sql AS $$
    SELECT id, slot_id FROM express_peer.bookings
    WHERE status IN ('PENDING', 'CONFIRMED')
      AND slot_id BETWEEN bench.slot_id(kind, first) AND bench.slot_id(kind, first + many - 1)
$$;
