-- What happened to what is no appointment: a patient's details, a specialist's time. Added to, never changed.
CREATE TABLE desk_events (
    tenant_id TEXT NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    patient_id UUID,
    specialist_id UUID,
    event_type TEXT NOT NULL,
    actor TEXT DEFAULT '' NOT NULL,
    detail JSONB DEFAULT '{}' NOT NULL,
    created_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_desk_events PRIMARY KEY (tenant_id, id),
    CONSTRAINT desk_event_about_one CHECK ((patient_id IS NULL) <> (specialist_id IS NULL))
);

CREATE INDEX idx_desk_events_patient ON desk_events (tenant_id, patient_id) WHERE patient_id IS NOT NULL;
CREATE INDEX idx_desk_events_specialist ON desk_events (tenant_id, specialist_id, created_at)
    WHERE specialist_id IS NOT NULL;

ALTER TABLE desk_events ADD CONSTRAINT fk_desk_events_patient FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id);
ALTER TABLE desk_events ADD CONSTRAINT fk_desk_events_specialist FOREIGN KEY (tenant_id, specialist_id) REFERENCES specialists (tenant_id, id);

ALTER TABLE desk_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk_events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON desk_events
    USING (tenant_id = nullif(current_setting('app.tenant_id', true), ''))
    WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), ''));

GRANT SELECT, INSERT ON desk_events TO holdfast_app;
GRANT SELECT ON desk_events TO holdfast_reader;
