-- A type that is not public is booked through a link of its own, which nobody guesses.
ALTER TABLE appointment_types ADD COLUMN link_id UUID DEFAULT gen_random_uuid() NOT NULL;
CREATE UNIQUE INDEX unique_type_link ON appointment_types (tenant_id, link_id);

-- What belongs to a hold of the public pages besides its seat: whose browser chose it, and what was typed so far.
-- The answers go when the visit is booked or the time given back, the row an hour after it was written.
CREATE TABLE patient_holds (
    tenant_id TEXT NOT NULL,
    appointment_id UUID NOT NULL,
    visitor TEXT DEFAULT '' NOT NULL,
    address TEXT DEFAULT '' NOT NULL,
    answers JSONB,
    digest TEXT DEFAULT '' NOT NULL,
    taken_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_patient_holds PRIMARY KEY (tenant_id, appointment_id)
);

CREATE INDEX idx_patient_holds_visitor ON patient_holds (tenant_id, visitor, taken_at);
CREATE INDEX idx_patient_holds_address ON patient_holds (tenant_id, address, taken_at);

ALTER TABLE patient_holds ADD CONSTRAINT fk_patient_holds_appointment FOREIGN KEY (tenant_id, appointment_id) REFERENCES appointments (tenant_id, id);

ALTER TABLE patient_holds ENABLE ROW LEVEL SECURITY;
ALTER TABLE patient_holds FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON patient_holds
    USING (tenant_id = nullif(current_setting('app.tenant_id', true), ''))
    WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), ''));

GRANT SELECT, INSERT, UPDATE, DELETE ON patient_holds TO holdfast_app;
GRANT SELECT ON patient_holds TO holdfast_reader;
