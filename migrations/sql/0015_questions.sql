-- What a clinic asks patients besides who they are.
CREATE TABLE questions (
    tenant_id TEXT NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    label TEXT NOT NULL,
    hint TEXT DEFAULT '' NOT NULL,
    kind TEXT NOT NULL,
    choices TEXT[] DEFAULT '{}' NOT NULL,
    required BOOLEAN DEFAULT false NOT NULL,
    type_ids UUID[] DEFAULT '{}' NOT NULL,
    position INTEGER NOT NULL,
    is_active BOOLEAN DEFAULT true NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_questions PRIMARY KEY (tenant_id, id),
    CONSTRAINT question_label CHECK (length(btrim(label)) BETWEEN 1 AND 300),
    CONSTRAINT question_hint CHECK (length(hint) <= 500),
    CONSTRAINT question_kind CHECK (kind IN ('TEXT', 'CHOICE', 'CONSENT')),
    CONSTRAINT question_choices CHECK (cardinality(choices) BETWEEN CASE kind WHEN 'CHOICE' THEN 2 ELSE 0 END
                                                               AND CASE kind WHEN 'CHOICE' THEN 30 ELSE 0 END)
);

-- What a patient answered, with the question in the words it was asked in: the clinic may reword it later.
CREATE TABLE answers (
    tenant_id TEXT NOT NULL,
    appointment_id UUID NOT NULL,
    question_id UUID NOT NULL,
    asked TEXT NOT NULL,
    answer TEXT NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_answers PRIMARY KEY (tenant_id, appointment_id, question_id),
    CONSTRAINT answer_length CHECK (length(answer) BETWEEN 1 AND 1000)
);

ALTER TABLE questions ADD CONSTRAINT fk_questions_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (id);
ALTER TABLE answers ADD CONSTRAINT fk_answers_appointment FOREIGN KEY (tenant_id, appointment_id) REFERENCES appointments (tenant_id, id);
ALTER TABLE answers ADD CONSTRAINT fk_answers_question FOREIGN KEY (tenant_id, question_id) REFERENCES questions (tenant_id, id);

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['questions', 'answers'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
        EXECUTE format($policy$
            CREATE POLICY tenant_isolation ON %I
                USING (tenant_id = nullif(current_setting('app.tenant_id', true), ''))
                WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), ''))$policy$, guarded);
    END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE ON questions TO holdfast_app;
GRANT SELECT, INSERT ON answers TO holdfast_app;
GRANT SELECT ON questions, answers TO holdfast_reader;
