-- A specialist is away: what is proposed to each patient, held until it is confirmed or given back.
CREATE TABLE sick_days (
    tenant_id TEXT NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    specialist_id UUID NOT NULL,
    start_time timestamptz NOT NULL,
    end_time timestamptz NOT NULL,
    reason TEXT NOT NULL,
    status TEXT DEFAULT 'OPEN' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_sick_days PRIMARY KEY (tenant_id, id),
    CONSTRAINT sick_day_time_range CHECK (start_time < end_time),
    CONSTRAINT sick_day_status CHECK (status IN ('OPEN', 'CLOSED', 'BACKED_OUT'))
);

CREATE TABLE sick_day_moves (
    tenant_id TEXT NOT NULL,
    sick_day_id UUID NOT NULL,
    appointment_id UUID NOT NULL,
    was_start timestamptz NOT NULL,
    hold_id UUID,
    moved BOOLEAN DEFAULT false NOT NULL,
    told_at timestamptz,
    CONSTRAINT pk_sick_day_moves PRIMARY KEY (tenant_id, sick_day_id, appointment_id),
    CONSTRAINT unique_sick_day_hold UNIQUE (tenant_id, hold_id)
);

-- Who would come sooner, and what of it is offered to them.
CREATE TABLE waitlist_entries (
    tenant_id TEXT NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    patient_id UUID NOT NULL,
    appointment_type_id UUID NOT NULL,
    specialist_ids UUID[] DEFAULT '{}' NOT NULL,
    first_day DATE NOT NULL,
    last_day DATE NOT NULL,
    parts TEXT[] DEFAULT '{morning,afternoon,evening}' NOT NULL,
    note TEXT DEFAULT '' NOT NULL,
    status TEXT DEFAULT 'WAITING' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_waitlist_entries PRIMARY KEY (tenant_id, id),
    CONSTRAINT waitlist_days CHECK (first_day <= last_day),
    CONSTRAINT waitlist_parts CHECK (cardinality(parts) > 0 AND parts <@ ARRAY['morning','afternoon','evening']::text[]),
    CONSTRAINT waitlist_status CHECK (status IN ('WAITING', 'OFFERED', 'BOOKED', 'CANCELLED'))
);

CREATE INDEX idx_waitlist_entries_waiting ON waitlist_entries (tenant_id, created_at)
    WHERE status IN ('WAITING', 'OFFERED');

CREATE TABLE waitlist_offers (
    tenant_id TEXT NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    entry_id UUID NOT NULL,
    appointment_id UUID NOT NULL,
    start_time timestamptz NOT NULL,
    status TEXT DEFAULT 'OPEN' NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_waitlist_offers PRIMARY KEY (tenant_id, id),
    CONSTRAINT unique_offered_hold UNIQUE (tenant_id, appointment_id),
    CONSTRAINT waitlist_offer_status CHECK (status IN ('OPEN', 'ACCEPTED', 'DECLINED', 'EXPIRED'))
);

-- One offer at a time for each who waits.
CREATE UNIQUE INDEX unique_open_offer ON waitlist_offers (tenant_id, entry_id) WHERE status = 'OPEN';

ALTER TABLE sick_days ADD CONSTRAINT fk_sick_days_specialist FOREIGN KEY (tenant_id, specialist_id) REFERENCES specialists (tenant_id, id);
ALTER TABLE sick_day_moves ADD CONSTRAINT fk_sick_day_moves_sick_day FOREIGN KEY (tenant_id, sick_day_id) REFERENCES sick_days (tenant_id, id);
ALTER TABLE sick_day_moves ADD CONSTRAINT fk_sick_day_moves_appointment FOREIGN KEY (tenant_id, appointment_id) REFERENCES appointments (tenant_id, id);
ALTER TABLE sick_day_moves ADD CONSTRAINT fk_sick_day_moves_hold FOREIGN KEY (tenant_id, hold_id) REFERENCES appointments (tenant_id, id);
ALTER TABLE waitlist_entries ADD CONSTRAINT fk_waitlist_entries_patient FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id);
ALTER TABLE waitlist_entries ADD CONSTRAINT fk_waitlist_entries_appointment_type FOREIGN KEY (tenant_id, appointment_type_id) REFERENCES appointment_types (tenant_id, id);
ALTER TABLE waitlist_offers ADD CONSTRAINT fk_waitlist_offers_entry FOREIGN KEY (tenant_id, entry_id) REFERENCES waitlist_entries (tenant_id, id);
ALTER TABLE waitlist_offers ADD CONSTRAINT fk_waitlist_offers_appointment FOREIGN KEY (tenant_id, appointment_id) REFERENCES appointments (tenant_id, id);

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['sick_days', 'sick_day_moves', 'waitlist_entries', 'waitlist_offers'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
        EXECUTE format($policy$
            CREATE POLICY tenant_isolation ON %I
                USING (tenant_id = nullif(current_setting('app.tenant_id', true), ''))
                WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), ''))$policy$, guarded);
    END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE ON sick_days, sick_day_moves, waitlist_entries, waitlist_offers TO holdfast_app;
GRANT SELECT ON sick_days, sick_day_moves, waitlist_entries, waitlist_offers TO holdfast_reader;
