-- What a clinic says to its patients in words of its own, in place of the house's.
CREATE TABLE letter_words (
    tenant_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    language TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT pk_letter_words PRIMARY KEY (tenant_id, kind, channel, language),
    CONSTRAINT letter_kind CHECK (kind IN ('CONFIRMATION', 'CHANGE', 'CANCELLATION', 'REMINDER', 'OFFER')),
    CONSTRAINT letter_channel CHECK (channel IN ('EMAIL', 'SMS')),
    CONSTRAINT letter_language CHECK (language ~ '^[a-z]{2,3}$'),
    CONSTRAINT letter_subject CHECK (length(subject) BETWEEN CASE channel WHEN 'EMAIL' THEN 1 ELSE 0 END
                                                         AND CASE channel WHEN 'EMAIL' THEN 200 ELSE 0 END),
    CONSTRAINT letter_body CHECK (length(body) BETWEEN 1 AND CASE channel WHEN 'EMAIL' THEN 4000 ELSE 480 END)
);

ALTER TABLE letter_words ADD CONSTRAINT fk_letter_words_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (id);

ALTER TABLE letter_words ENABLE ROW LEVEL SECURITY;
ALTER TABLE letter_words FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON letter_words
    USING (tenant_id = nullif(current_setting('app.tenant_id', true), ''))
    WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), ''));

GRANT SELECT, INSERT, UPDATE, DELETE ON letter_words TO holdfast_app;
GRANT SELECT ON letter_words TO holdfast_reader;
