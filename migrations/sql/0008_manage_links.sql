-- Secret links by which patients see and change their visits; only the SHA-256 of each is kept.
CREATE TABLE manage_links (
    tenant_id TEXT NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    appointment_id UUID NOT NULL,
    token_hash BYTEA NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT pk_manage_links PRIMARY KEY (tenant_id, id),
    CONSTRAINT unique_manage_token UNIQUE (tenant_id, token_hash)
);

CREATE INDEX idx_manage_links_appointment ON manage_links (tenant_id, appointment_id);
CREATE INDEX idx_manage_links_expiry ON manage_links (tenant_id, expires_at);

ALTER TABLE manage_links ADD CONSTRAINT fk_manage_links_appointment
    FOREIGN KEY (tenant_id, appointment_id) REFERENCES appointments (tenant_id, id);

ALTER TABLE manage_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE manage_links FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON manage_links
    USING (tenant_id = nullif(current_setting('app.tenant_id', true), ''))
    WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), ''));

GRANT SELECT, INSERT, DELETE ON manage_links TO holdfast_app;
GRANT SELECT ON manage_links TO holdfast_reader;
