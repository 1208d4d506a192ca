-- The benchmark's clinic in Holdfast's own tables.
INSERT INTO tenants (id, name, timezone, horizon_days) VALUES ('bench', 'Benchmark', 'UTC', 3660);

INSERT INTO specialists (tenant_id, id, full_name, service_type)
SELECT 'bench', bench.person_id('specialist', n), 'Specialist ' || n, 'General' FROM generate_series(0, 7) n;

INSERT INTO patients (tenant_id, id, full_name, contact)
SELECT 'bench', bench.person_id('patient', n), 'Patient ' || n, 'patient' || n || '@example.org'
FROM generate_series(0, bench.patients() - 1) n;

-- Slots first .. first + many - 1 of a kind; every `taken_of`-th is booked, none for 0.
CREATE FUNCTION bench.holdfast_add(kind integer, first bigint, many bigint, seats integer, taken_of integer)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO time_slots (tenant_id, id, specialist_id, start_time, end_time, capacity, status)
    SELECT 'bench', bench.slot_id(kind, n), bench.specialist_of(kind, n), at, at + interval '15 minutes', seats,
           CASE WHEN taken_of > 0 AND n % nullif(taken_of, 0) = 0 THEN 'BOOKED' ELSE 'AVAILABLE' END::timeslot_status
    FROM generate_series(first, first + many - 1) n, bench.starts(kind, n) at;

    INSERT INTO appointments (tenant_id, id, patient_id, specialist_id, time_slot_id, slot_capacity, start_time,
                              end_time, status, source)
    SELECT 'bench', bench.slot_id(kind, n), bench.person_id('patient', n % bench.patients()), bench.specialist_of(kind, n),
           bench.slot_id(kind, n), seats, at, at + interval '15 minutes', 'CONFIRMED', 'API'
    FROM generate_series(first, first + many - 1) n, bench.starts(kind, n) at
    WHERE taken_of > 0 AND n % nullif(taken_of, 0) = 0;

    INSERT INTO appointment_events (tenant_id, id, appointment_id, event_type, actor)
    SELECT 'bench', bench.slot_id(kind, n), bench.slot_id(kind, n), 'BOOKED', 'bench'
    FROM generate_series(first, first + many - 1) n
    WHERE taken_of > 0 AND n % nullif(taken_of, 0) = 0;
$$;

CREATE FUNCTION bench.holdfast_live(kind integer, first bigint, many bigint) RETURNS TABLE (booking uuid, slot uuid)
LANGUAGE sql AS $$
    SELECT id, time_slot_id FROM appointments
    WHERE tenant_id = 'bench' AND status IN ('HOLD', 'CONFIRMED')
      AND time_slot_id BETWEEN bench.slot_id(kind, first) AND bench.slot_id(kind, first + many - 1)
$$;
