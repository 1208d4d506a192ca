-- Patients put themselves on the waiting list: on which weekdays they can come, and whether it was themselves.
ALTER TABLE waitlist_entries
    ADD COLUMN weekdays INTEGER[] DEFAULT '{0,1,2,3,4,5,6}' NOT NULL,
    ADD COLUMN online BOOLEAN DEFAULT false NOT NULL,
    ADD CONSTRAINT waitlist_weekdays CHECK (cardinality(weekdays) > 0 AND weekdays <@ ARRAY[0,1,2,3,4,5,6]),
    DROP CONSTRAINT waitlist_status,
    ADD CONSTRAINT waitlist_status CHECK (status IN ('WAITING', 'OFFERED', 'BOOKED', 'CANCELLED', 'ENDED'));

CREATE INDEX idx_waitlist_entries_patient ON waitlist_entries (tenant_id, patient_id);

-- Until when a clinic's book has been looked through for times that came free.
CREATE TABLE waitlist_looks (
    tenant_id TEXT NOT NULL,
    looked_at timestamptz NOT NULL,
    CONSTRAINT pk_waitlist_looks PRIMARY KEY (tenant_id)
);

ALTER TABLE waitlist_looks ADD CONSTRAINT fk_waitlist_looks_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (id);

ALTER TABLE waitlist_looks ENABLE ROW LEVEL SECURITY;
ALTER TABLE waitlist_looks FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON waitlist_looks
    USING (tenant_id = nullif(current_setting('app.tenant_id', true), ''))
    WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), ''));

GRANT SELECT, INSERT, UPDATE ON waitlist_looks TO holdfast_app;
GRANT SELECT ON waitlist_looks TO holdfast_reader;

-- Times that were made since a moment are found without a look at all the others.
CREATE INDEX idx_time_slots_created ON time_slots (tenant_id, created_at);

-- The clinics where somebody waits, in one round trip: a look into an index for each.
CREATE FUNCTION clinics_waiting() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    v_clinic text;
BEGIN
    FOR v_clinic IN SELECT id FROM tenants ORDER BY id LOOP
        PERFORM set_config('app.tenant_id', v_clinic, true);
        IF EXISTS (SELECT 1 FROM waitlist_entries
                   WHERE tenant_id = v_clinic AND status IN ('WAITING', 'OFFERED')) THEN
            RETURN NEXT v_clinic;
        END IF;
    END LOOP;
END $$;

-- Only who can be told is offered a time unasked, so that nothing speaks against it.
ALTER TABLE tenants ALTER COLUMN offers_by_itself SET DEFAULT true;
-- Every clinic's row, which the tables' owner otherwise may not change.
ALTER TABLE tenants NO FORCE ROW LEVEL SECURITY;
UPDATE tenants SET offers_by_itself = true;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;

-- A message may speak of a place on the waiting list instead of an appointment.
ALTER TABLE messages
    ALTER COLUMN appointment_id DROP NOT NULL,
    ALTER COLUMN version DROP NOT NULL,
    ALTER COLUMN start_time DROP NOT NULL,
    ADD COLUMN entry_id UUID,
    DROP CONSTRAINT message_kind,
    ADD CONSTRAINT message_kind
        CHECK (kind IN ('CONFIRMATION', 'CHANGE', 'CANCELLATION', 'REMINDER', 'OFFER', 'WAITING')),
    ADD CONSTRAINT message_about CHECK (
        (kind = 'WAITING') = (entry_id IS NOT NULL) AND (kind = 'WAITING') = (appointment_id IS NULL)
        AND (kind = 'WAITING') = (version IS NULL) AND (kind = 'WAITING') = (start_time IS NULL));

CREATE INDEX idx_messages_entry ON messages (tenant_id, entry_id) WHERE entry_id IS NOT NULL;

ALTER TABLE messages ADD CONSTRAINT fk_messages_entry
    FOREIGN KEY (tenant_id, entry_id) REFERENCES waitlist_entries (tenant_id, id);

-- Write down that a patient is to be told of their place on the waiting list; nothing where nobody could be reached.
CREATE FUNCTION tell_waiting(p_tenant text, p_entry uuid) RETURNS void LANGUAGE sql AS $$
    INSERT INTO messages (tenant_id, entry_id, kind, channel)
    SELECT p_tenant, e.id, 'WAITING', CASE WHEN p.email IS NOT NULL THEN 'EMAIL' ELSE 'SMS' END
    FROM waitlist_entries e JOIN patients p ON p.tenant_id = e.tenant_id AND p.id = e.patient_id
    WHERE e.tenant_id = p_tenant AND e.id = p_entry AND (p.email IS NOT NULL OR p.phone LIKE '+%')
$$;
