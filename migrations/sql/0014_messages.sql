-- What patients are told: outbox and delivery log in one. A row is written in the transaction of what it tells; it
-- holds neither address nor words, which are read at the moment of sending.
CREATE TABLE messages (
    tenant_id TEXT NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    appointment_id UUID NOT NULL,
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    version INTEGER NOT NULL,
    start_time timestamptz NOT NULL,
    hours_before INTEGER,
    status TEXT DEFAULT 'QUEUED' NOT NULL,
    attempts INTEGER DEFAULT 0 NOT NULL,
    due_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    error TEXT,
    sent_at timestamptz,
    created_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_messages PRIMARY KEY (tenant_id, id),
    CONSTRAINT message_kind CHECK (kind IN ('CONFIRMATION', 'CHANGE', 'CANCELLATION', 'REMINDER', 'OFFER')),
    CONSTRAINT message_channel CHECK (channel IN ('EMAIL', 'SMS')),
    CONSTRAINT message_status CHECK (status IN ('QUEUED', 'SENDING', 'SENT', 'SKIPPED', 'FAILED')),
    CONSTRAINT message_sent CHECK ((status = 'SENT') = (sent_at IS NOT NULL))
);

CREATE INDEX idx_messages_due ON messages (tenant_id, due_at) WHERE status IN ('QUEUED', 'SENDING');
CREATE INDEX idx_messages_appointment ON messages (tenant_id, appointment_id);
CREATE INDEX idx_messages_log ON messages (tenant_id, created_at);
-- Each reminder of a start once, however often the job comes by; one that staff sends again has no hours.
CREATE UNIQUE INDEX unique_reminder ON messages (tenant_id, appointment_id, start_time, hours_before)
    WHERE hours_before IS NOT NULL;

ALTER TABLE messages ADD CONSTRAINT fk_messages_appointment
    FOREIGN KEY (tenant_id, appointment_id) REFERENCES appointments (tenant_id, id);

ALTER TABLE messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE messages FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON messages
    USING (tenant_id = nullif(current_setting('app.tenant_id', true), ''))
    WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), ''));

GRANT SELECT, INSERT, UPDATE ON messages TO holdfast_app;
GRANT SELECT ON messages TO holdfast_reader;

ALTER TABLE patients ADD COLUMN locale TEXT, ADD COLUMN reminders_opt_out_at timestamptz;

-- How long before a visit its reminders go out, and the local hours in which nobody is woken by one.
ALTER TABLE tenants
    ADD COLUMN reminder_hours INTEGER[] DEFAULT '{48}' NOT NULL,
    ADD COLUMN quiet_from TIME DEFAULT '20:00' NOT NULL,
    ADD COLUMN quiet_until TIME DEFAULT '08:00' NOT NULL,
    ADD CONSTRAINT tenant_reminders CHECK (
        cardinality(reminder_hours) <= 5 AND 0 < ALL (reminder_hours) AND 720 >= ALL (reminder_hours));

-- Write down that a patient is to be told of an appointment as it stands now; nothing where nobody could be reached or
-- the visit is over. Called in the transaction of the change itself, after its row was written.
CREATE FUNCTION tell_patient(p_tenant text, p_appointment uuid, p_kind text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO messages (tenant_id, appointment_id, kind, channel, version, start_time)
    SELECT p_tenant, a.id, p_kind, CASE WHEN p.email IS NOT NULL THEN 'EMAIL' ELSE 'SMS' END, a.version, a.start_time
    FROM appointments a JOIN patients p ON p.tenant_id = a.tenant_id AND p.id = a.patient_id
    WHERE a.tenant_id = p_tenant AND a.id = p_appointment AND a.start_time > clock_timestamp()
      AND (p.email IS NOT NULL OR p.phone LIKE '+%')
$$;

-- The clinics that have something to send by now, in one round trip: a look into an index for each.
CREATE FUNCTION clinics_with_mail() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    v_clinic text;
    v_now timestamptz := clock_timestamp();
BEGIN
    FOR v_clinic IN SELECT id FROM tenants ORDER BY id LOOP
        PERFORM set_config('app.tenant_id', v_clinic, true);
        IF EXISTS (SELECT 1 FROM messages
                   WHERE tenant_id = v_clinic AND status IN ('QUEUED', 'SENDING') AND due_at <= v_now) THEN
            RETURN NEXT v_clinic;
        END IF;
    END LOOP;
END $$;
