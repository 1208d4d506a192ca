-- Every table of a clinic starts with its tenant_id, in the primary key too; no trigger anywhere.
-- Foreign keys stand in 0001_keys.sql: they must be separable for sharding by tenant_id.

CREATE TYPE user_role AS ENUM ('CLIENT', 'OPERATOR', 'ADMIN');
CREATE TYPE timeslot_status AS ENUM ('AVAILABLE', 'HOLD', 'BOOKED');
CREATE TYPE appointment_status AS ENUM
    ('HOLD', 'CONFIRMED', 'ARRIVED', 'COMPLETED', 'CANCELLED', 'NO_SHOW', 'EXPIRED');
CREATE TYPE appointment_priority AS ENUM ('NORMAL', 'VIP', 'URGENT');

CREATE TABLE rate_limits (
    key TEXT NOT NULL,
    hits INTEGER NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT pk_rate_limits PRIMARY KEY (key)
);

CREATE TABLE tenants (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    timezone TEXT DEFAULT 'UTC' NOT NULL,
    locale TEXT DEFAULT 'en' NOT NULL,
    phone TEXT,
    address TEXT,
    hold_seconds INTEGER DEFAULT 300 NOT NULL,
    offer_seconds INTEGER DEFAULT 1800 NOT NULL,
    offers_by_itself BOOLEAN DEFAULT false NOT NULL,
    notice_minutes INTEGER DEFAULT 0 NOT NULL,
    horizon_days INTEGER DEFAULT 56 NOT NULL,
    cancel_cutoff_minutes INTEGER DEFAULT 0 NOT NULL,
    public_booking BOOLEAN DEFAULT true NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_tenants PRIMARY KEY (id),
    CONSTRAINT tenant_id_length CHECK (length(id) BETWEEN 1 AND 255),
    CONSTRAINT tenant_hold_seconds CHECK (hold_seconds BETWEEN 1 AND 86400),
    CONSTRAINT tenant_offer_seconds CHECK (offer_seconds BETWEEN 1 AND 604800),
    CONSTRAINT tenant_booking_rules CHECK (notice_minutes >= 0 AND horizon_days BETWEEN 1 AND 3660 AND cancel_cutoff_minutes >= 0)
);

CREATE TABLE api_tokens (
    tenant_id TEXT NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    name TEXT NOT NULL,
    token_hash BYTEA NOT NULL,
    scopes TEXT[] DEFAULT '{read}' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT pk_api_tokens PRIMARY KEY (tenant_id, id),
    CONSTRAINT unique_api_token UNIQUE (tenant_id, token_hash),
    CONSTRAINT api_token_scopes CHECK (scopes <@ ARRAY['read','book','admin']::text[])
);

CREATE TABLE rooms (
    tenant_id TEXT NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    name TEXT NOT NULL,
    is_active BOOLEAN DEFAULT true NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_rooms PRIMARY KEY (tenant_id, id),
    CONSTRAINT unique_room_name UNIQUE (tenant_id, name)
);

CREATE TABLE specialists (
    tenant_id TEXT NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    full_name TEXT NOT NULL,
    service_type TEXT DEFAULT '' NOT NULL,
    colour INTEGER DEFAULT 0 NOT NULL,
    is_active BOOLEAN DEFAULT true NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_specialists PRIMARY KEY (tenant_id, id),
    CONSTRAINT specialist_has_name CHECK (length(btrim(full_name)) > 0)
);

CREATE TABLE users (
    tenant_id TEXT NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    email TEXT NOT NULL,
    full_name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role user_role NOT NULL,
    is_active BOOLEAN DEFAULT true NOT NULL,
    may_squeeze_in BOOLEAN DEFAULT true NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (tenant_id, id)
);

CREATE UNIQUE INDEX unique_tenant_email ON users (tenant_id, lower(email));

CREATE TABLE appointment_types (
    tenant_id TEXT NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    name TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    buffer_before INTEGER DEFAULT 0 NOT NULL,
    buffer_after INTEGER DEFAULT 0 NOT NULL,
    is_group BOOLEAN DEFAULT false NOT NULL,
    is_public BOOLEAN DEFAULT true NOT NULL,
    is_active BOOLEAN DEFAULT true NOT NULL,
    room_id UUID,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_appointment_types PRIMARY KEY (tenant_id, id),
    CONSTRAINT type_minutes CHECK (minutes BETWEEN 1 AND 1439),
    CONSTRAINT type_buffers CHECK (buffer_before BETWEEN 0 AND 240 AND buffer_after BETWEEN 0 AND 240)
);

CREATE TABLE closures (
    tenant_id TEXT NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    specialist_id UUID,
    start_time timestamptz NOT NULL,
    end_time timestamptz NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_closures PRIMARY KEY (tenant_id, id),
    CONSTRAINT closure_time_range CHECK (start_time < end_time)
);

CREATE INDEX idx_closures_time ON closures (tenant_id, start_time);

CREATE TABLE opening_hours (
    tenant_id TEXT NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    specialist_id UUID,
    weekday INTEGER NOT NULL,
    opens time NOT NULL,
    closes time NOT NULL,
    slot_minutes INTEGER NOT NULL,
    capacity INTEGER DEFAULT 1 NOT NULL,
    valid_from DATE,
    valid_until DATE,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_opening_hours PRIMARY KEY (tenant_id, id),
    CONSTRAINT hours_weekday CHECK (weekday BETWEEN 0 AND 6),
    CONSTRAINT hours_open_before_close CHECK ((opens < closes OR closes = '00:00'::time) AND opens < '24:00'::time AND closes < '24:00'::time),
    CONSTRAINT hours_slot_minutes CHECK (slot_minutes BETWEEN 1 AND 1439),
    CONSTRAINT hours_capacity CHECK (capacity BETWEEN 1 AND 100000),
    CONSTRAINT hours_validity CHECK (valid_until >= valid_from)
);

CREATE INDEX idx_opening_hours_specialist ON opening_hours (tenant_id, specialist_id, weekday);

CREATE TABLE patients (
    tenant_id TEXT NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    full_name TEXT NOT NULL,
    email TEXT,
    phone TEXT,
    contact TEXT,
    date_of_birth DATE,
    reference TEXT,
    notes TEXT,
    last_claim_at timestamptz,
    user_id UUID,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_patients PRIMARY KEY (tenant_id, id),
    CONSTRAINT unique_patient_reference UNIQUE (tenant_id, reference),
    CONSTRAINT patient_has_name CHECK (length(btrim(full_name)) > 0)
);

CREATE INDEX idx_patients_name_trigram ON patients USING gin (full_name gin_trgm_ops);

CREATE TABLE time_slots (
    tenant_id TEXT NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    specialist_id UUID NOT NULL,
    start_time timestamptz NOT NULL,
    end_time timestamptz NOT NULL,
    capacity INTEGER DEFAULT 1 NOT NULL,
    status timeslot_status DEFAULT 'AVAILABLE' NOT NULL,
    held_until timestamptz,
    last_seat INTEGER DEFAULT 0 NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_time_slots PRIMARY KEY (tenant_id, id),
    CONSTRAINT chk_time_range CHECK (start_time < end_time),
    CONSTRAINT slot_within_a_day CHECK (end_time - start_time < '1 day'::interval),
    CONSTRAINT slot_in_calendar CHECK (start_time >= '1899-12-31 00:00:00+00'::timestamptz AND start_time < '2200-01-02 00:00:00+00'::timestamptz),
    CONSTRAINT slot_capacity_range CHECK (capacity BETWEEN 1 AND 100000),
    CONSTRAINT slot_hold_ends CHECK ((status = 'HOLD'::timeslot_status) = (held_until IS NOT NULL)),
    CONSTRAINT time_slots_repeated_by_appointment UNIQUE (tenant_id, id, specialist_id, start_time, capacity),
    CONSTRAINT time_slots_end_of_group UNIQUE (tenant_id, id, end_time)
) WITH (fillfactor = 80);

CREATE INDEX idx_time_slots_specialist_time ON time_slots (tenant_id, specialist_id, start_time, end_time);

CREATE INDEX idx_time_slots_time ON time_slots (tenant_id, start_time);

ALTER TABLE time_slots ADD CONSTRAINT time_slots_no_overlap EXCLUDE USING gist (tenant_id WITH =, specialist_id WITH =, tstzrange(start_time, end_time) WITH &&);

CREATE TABLE user_sessions (
    tenant_id TEXT NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    user_id UUID NOT NULL,
    token_hash BYTEA NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT pk_user_sessions PRIMARY KEY (tenant_id, id),
    CONSTRAINT unique_session_token UNIQUE (tenant_id, token_hash)
);

CREATE TABLE appointment_type_specialists (
    tenant_id TEXT NOT NULL,
    appointment_type_id UUID NOT NULL,
    specialist_id UUID NOT NULL,
    CONSTRAINT pk_appointment_type_specialists PRIMARY KEY (tenant_id, appointment_type_id, specialist_id)
);

CREATE INDEX idx_appointment_type_specialists_specialist ON appointment_type_specialists (tenant_id, specialist_id);

CREATE TABLE appointments (
    tenant_id TEXT NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    patient_id UUID,
    specialist_id UUID,
    time_slot_id UUID,
    slot_capacity INTEGER,
    room_id UUID,
    appointment_type_id UUID,
    start_time timestamptz NOT NULL,
    end_time timestamptz,
    busy_from timestamptz,
    busy_until timestamptz,
    group_end_time timestamptz GENERATED ALWAYS AS (CASE WHEN slot_capacity > 1 THEN end_time END) STORED,
    seat INTEGER DEFAULT 1 NOT NULL,
    status appointment_status DEFAULT 'CONFIRMED' NOT NULL,
    priority appointment_priority DEFAULT 'NORMAL' NOT NULL,
    expires_at timestamptz,
    extensions INTEGER DEFAULT 0 NOT NULL,
    idempotency_key TEXT,
    fingerprint TEXT,
    source TEXT DEFAULT 'SQL' NOT NULL,
    note TEXT,
    squeeze_reason TEXT,
    created_at timestamptz DEFAULT now() NOT NULL,
    created_by UUID,
    updated_at timestamptz DEFAULT now() NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_appointments PRIMARY KEY (tenant_id, id),
    CONSTRAINT within_capacity CHECK (NOT (status IN ('HOLD', 'CONFIRMED', 'ARRIVED', 'COMPLETED')) OR seat BETWEEN 1 AND coalesce(slot_capacity, 1) OR (seat = 0 AND priority = 'URGENT'::appointment_priority AND coalesce(length(btrim(squeeze_reason)), 0) > 0 AND time_slot_id IS NOT NULL)),
    CONSTRAINT live_specialist_has_slot CHECK (NOT (status IN ('HOLD', 'CONFIRMED', 'ARRIVED', 'COMPLETED')) OR (time_slot_id IS NULL) = (specialist_id IS NULL)),
    CONSTRAINT slot_with_capacity CHECK ((time_slot_id IS NULL) = (slot_capacity IS NULL)),
    CONSTRAINT hold_expires CHECK ((status = 'HOLD'::appointment_status) = (expires_at IS NOT NULL)),
    CONSTRAINT appointment_time_range CHECK (start_time < end_time),
    CONSTRAINT appointment_buffers CHECK (busy_from <= start_time AND busy_until >= coalesce(end_time, start_time)),
    CONSTRAINT appointment_within_a_day CHECK (coalesce(busy_until, end_time, start_time) - coalesce(busy_from, start_time) < '1 day'::interval),
    CONSTRAINT slot_visit_ends CHECK (time_slot_id IS NULL OR end_time IS NOT NULL),
    CONSTRAINT appointment_in_calendar CHECK (start_time >= '1899-12-31 00:00:00+00'::timestamptz AND start_time < '2200-01-02 00:00:00+00'::timestamptz),
    CONSTRAINT idempotency_key_length CHECK (length(idempotency_key) BETWEEN 1 AND 255)
);

CREATE UNIQUE INDEX unique_tenant_slot ON appointments (tenant_id, specialist_id, start_time, seat) NULLS NOT DISTINCT WHERE status IN ('HOLD', 'CONFIRMED', 'ARRIVED', 'COMPLETED');

CREATE UNIQUE INDEX unique_tenant_idempotency ON appointments (tenant_id, idempotency_key) WHERE idempotency_key IS NOT NULL;

CREATE INDEX idx_appointments_day ON appointments (tenant_id, start_time);

CREATE INDEX idx_appointments_overdue ON appointments (tenant_id, expires_at) WHERE status = 'HOLD';

CREATE INDEX idx_appointments_slot ON appointments (tenant_id, time_slot_id) WHERE time_slot_id IS NOT NULL;

CREATE UNIQUE INDEX unique_patient_start ON appointments (tenant_id, patient_id, start_time) WHERE status IN ('HOLD', 'CONFIRMED', 'ARRIVED', 'COMPLETED');

ALTER TABLE appointments ADD CONSTRAINT appointments_no_overlap EXCLUDE USING gist (tenant_id WITH =, coalesce(specialist_id, '00000000-0000-0000-0000-000000000000'::uuid) WITH =, (CASE WHEN seat = 0 THEN int4range(0, 0, '[]') WHEN slot_capacity > 1 THEN int4range(seat, seat, '[]') ELSE int4range(1, NULL) END) WITH &&, (CASE WHEN coalesce(busy_until, end_time) IS NULL THEN tstzrange(coalesce(busy_from, start_time), start_time, '[]') ELSE tstzrange(coalesce(busy_from, start_time), coalesce(busy_until, end_time), '[)') END) WITH &&) WHERE (status IN ('HOLD', 'CONFIRMED', 'ARRIVED', 'COMPLETED'));

ALTER TABLE appointments ADD CONSTRAINT rooms_no_overlap EXCLUDE USING gist (tenant_id WITH =, room_id WITH =, coalesce(time_slot_id, id) WITH <>, (CASE WHEN coalesce(busy_until, end_time) IS NULL THEN tstzrange(coalesce(busy_from, start_time), start_time, '[]') ELSE tstzrange(coalesce(busy_from, start_time), coalesce(busy_until, end_time), '[)') END) WITH &&) WHERE (status IN ('HOLD', 'CONFIRMED', 'ARRIVED', 'COMPLETED') AND room_id IS NOT NULL);

CREATE TABLE appointment_events (
    tenant_id TEXT NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    appointment_id UUID NOT NULL,
    event_type TEXT NOT NULL,
    actor TEXT DEFAULT '' NOT NULL,
    detail JSONB DEFAULT '{}' NOT NULL,
    created_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_appointment_events PRIMARY KEY (tenant_id, id)
);

CREATE INDEX idx_appointment_events_appointment ON appointment_events (tenant_id, appointment_id);

CREATE INDEX idx_appointment_events_time ON appointment_events (tenant_id, created_at);

CREATE TABLE appointment_event_chain (
    tenant_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    event_id UUID NOT NULL,
    digest BYTEA NOT NULL,
    CONSTRAINT pk_appointment_event_chain PRIMARY KEY (tenant_id, position),
    CONSTRAINT unique_chained_event UNIQUE (tenant_id, event_id)
);