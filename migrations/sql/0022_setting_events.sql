-- Who changed which setting when, from what to what. Added to, never changed; nothing of patients.
CREATE TABLE setting_events (
    tenant_id TEXT NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    subject TEXT NOT NULL,
    about TEXT DEFAULT '' NOT NULL,
    actor TEXT DEFAULT '' NOT NULL,
    changes JSONB NOT NULL,
    created_at timestamptz DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_setting_events PRIMARY KEY (tenant_id, id),
    CONSTRAINT setting_event_subject CHECK (subject IN ('CLINIC', 'HOURS', 'QUESTION', 'LETTER'))
);

CREATE INDEX idx_setting_events_time ON setting_events (tenant_id, created_at);

ALTER TABLE setting_events ADD CONSTRAINT fk_setting_events_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (id);

ALTER TABLE setting_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE setting_events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON setting_events
    USING (tenant_id = nullif(current_setting('app.tenant_id', true), ''))
    WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), ''));

GRANT SELECT, INSERT ON setting_events TO holdfast_app;
GRANT SELECT ON setting_events TO holdfast_reader;
