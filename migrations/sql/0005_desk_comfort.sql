CREATE TABLE user_settings (
    tenant_id TEXT NOT NULL,
    user_id UUID NOT NULL,
    key TEXT NOT NULL,
    value JSONB NOT NULL,
    CONSTRAINT pk_user_settings PRIMARY KEY (tenant_id, user_id, key),
    CONSTRAINT user_setting_key CHECK (length(key) BETWEEN 1 AND 40)
);

ALTER TABLE user_settings ADD CONSTRAINT fk_user_settings_user
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id);

ALTER TABLE user_settings ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_settings FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON user_settings
    USING (tenant_id = nullif(current_setting('app.tenant_id', true), ''))
    WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), ''));

GRANT SELECT, INSERT, UPDATE, DELETE ON user_settings TO holdfast_app;
GRANT SELECT ON user_settings TO holdfast_reader;

-- When a person last did something, and since when the session asks for the password again.
ALTER TABLE user_sessions
    ADD COLUMN last_seen_at timestamptz DEFAULT now() NOT NULL,
    ADD COLUMN locked_at timestamptz;
