-- What a clinic lets patients do by themselves. Anybody may read it: it is shown before they book.
ALTER TABLE tenants
    ADD COLUMN move_cutoff_minutes INTEGER DEFAULT 0 NOT NULL,
    ADD COLUMN bookings_a_person INTEGER,
    ADD COLUMN required_fields TEXT[] DEFAULT '{}' NOT NULL,
    ADD COLUMN terms TEXT DEFAULT '' NOT NULL,
    ADD COLUMN terms_link TEXT DEFAULT '' NOT NULL,
    ADD COLUMN terms_version INTEGER,
    ADD COLUMN closed_message TEXT DEFAULT '' NOT NULL;

UPDATE tenants SET move_cutoff_minutes = cancel_cutoff_minutes;

ALTER TABLE tenants
    ADD CONSTRAINT tenant_move_cutoff CHECK (move_cutoff_minutes >= 0),
    ADD CONSTRAINT tenant_bookings_a_person CHECK (bookings_a_person BETWEEN 1 AND 100),
    ADD CONSTRAINT tenant_required_fields CHECK (required_fields <@ ARRAY['email','phone','date_of_birth']::text[]),
    ADD CONSTRAINT tenant_terms CHECK (length(terms) <= 2000 AND (terms = '') = (terms_version IS NULL)),
    ADD CONSTRAINT tenant_terms_link CHECK (
        terms_link = '' OR length(terms_link) <= 500 AND terms <> '' AND terms_link ~ '^https?://[^[:space:]]+$'),
    ADD CONSTRAINT tenant_closed_message CHECK (length(closed_message) <= 1000);

-- Every wording that patients were ever asked to accept; a booking says which one.
CREATE TABLE terms (
    tenant_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    words TEXT NOT NULL,
    link TEXT NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT pk_terms PRIMARY KEY (tenant_id, version)
);

ALTER TABLE terms ADD CONSTRAINT fk_terms_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (id);
ALTER TABLE appointments ADD COLUMN terms_version INTEGER;
ALTER TABLE appointments ADD CONSTRAINT fk_appointments_terms
    FOREIGN KEY (tenant_id, terms_version) REFERENCES terms (tenant_id, version);

-- Rows to change before a person's bookings are counted, so that of two bookings of one person at the same moment
-- one waits, and at REPEATABLE READ tries again. A person has up to three of a clinic's 1024: they tell of nobody.
CREATE TABLE person_turns (
    tenant_id TEXT NOT NULL,
    turn INTEGER NOT NULL,
    taken_at timestamptz NOT NULL,
    CONSTRAINT pk_person_turns PRIMARY KEY (tenant_id, turn)
);

ALTER TABLE person_turns ADD CONSTRAINT fk_person_turns_tenant FOREIGN KEY (tenant_id) REFERENCES tenants (id);

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['terms', 'person_turns'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
        EXECUTE format($policy$
            CREATE POLICY tenant_isolation ON %I
                USING (tenant_id = nullif(current_setting('app.tenant_id', true), ''))
                WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), ''))$policy$, guarded);
    END LOOP;
END $$;

GRANT SELECT, INSERT ON terms TO holdfast_app;
GRANT SELECT, INSERT, UPDATE ON person_turns TO holdfast_app;
GRANT SELECT ON terms, person_turns TO holdfast_reader;

-- A person is whoever has the same e-mail address, the same phone number, or the same name and date of birth.
CREATE INDEX idx_patients_email ON patients (tenant_id, lower(email COLLATE "C")) WHERE email IS NOT NULL;
GRANT SELECT (email) ON patients TO holdfast_searcher;

-- The digits of a phone number from its end, where they are enough to tell people apart.
CREATE FUNCTION phone_of_person(number text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN length(phone_tail(number)) >= 6 THEN phone_tail(number) END;

-- Take the turns of a person: the caller waits for whoever counts the same person's bookings, and they for the caller.
CREATE FUNCTION take_turns_of_person(p_tenant text, p_name text, p_email text, p_phone text, p_born date)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO person_turns (tenant_id, turn, taken_at)
    SELECT p_tenant, turn, clock_timestamp()
    FROM (SELECT DISTINCT hashtext(known) & 1023 AS turn
          FROM unnest(ARRAY['email ' || lower(p_email COLLATE "C"), 'phone ' || phone_of_person(p_phone),
                            'name ' || fold_name(p_name) || p_born]) known
          WHERE known IS NOT NULL) turns
    ORDER BY turn
    ON CONFLICT (tenant_id, turn) DO UPDATE SET taken_at = excluded.taken_at
$$;

-- The patients' rows that are this person's, as search_patients() finds them: with rights of its own.
CREATE FUNCTION rows_of_person(p_name text, p_email text, p_phone text, p_born date)
RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 5
SET plan_cache_mode = force_custom_plan
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    clinic text := nullif(current_setting('app.tenant_id', true), '');
BEGIN
    RETURN QUERY
    SELECT p.id FROM patients p
    WHERE p.tenant_id = clinic AND p.email IS NOT NULL AND lower(p.email COLLATE "C") = lower(p_email COLLATE "C")
    UNION
    SELECT p.id FROM patients p
    WHERE p.tenant_id = clinic AND p.phone IS NOT NULL AND phone_tail(p.phone) = phone_of_person(p_phone)
    UNION
    SELECT p.id FROM patients p
    WHERE p.tenant_id = clinic AND p.date_of_birth IS NOT NULL AND p.date_of_birth = p_born
      AND p.search_name = fold_name(p_name);
END $$;

REVOKE ALL ON FUNCTION rows_of_person FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rows_of_person TO holdfast_app, holdfast_reader;
