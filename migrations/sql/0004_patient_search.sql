-- What a patient's row is found by; and its version, so that two desks do not overwrite each other.
ALTER TABLE patients ADD COLUMN search_name text GENERATED ALWAYS AS (fold_name(full_name)) STORED;
ALTER TABLE patients ADD COLUMN version integer DEFAULT 1 NOT NULL;

DROP INDEX idx_patients_name_trigram;
CREATE INDEX idx_patients_name_terms ON patients USING gin (name_terms(tenant_id, search_name));
CREATE INDEX idx_patients_birth ON patients (tenant_id, date_of_birth) WHERE date_of_birth IS NOT NULL;
CREATE INDEX idx_patients_phone ON patients (tenant_id, phone_tail(phone) text_pattern_ops) WHERE phone IS NOT NULL;
CREATE INDEX idx_appointments_receipt ON appointments (tenant_id, receipt_of(id));
-- The visits that stand lie in unique_patient_start; these are the rest of a patient's past.
CREATE INDEX idx_appointments_missed ON appointments (tenant_id, patient_id, start_time)
    WHERE status IN ('CANCELLED', 'NO_SHOW');

-- Row-level security lets only leakproof operators use an index, and array operators are none. So the two functions
-- below run as a role of their own that may read what is searched in every clinic, and name the clinic themselves;
-- nobody can sign in as it, and what they answer are ids, whose rows the caller reads under the policies as ever.
CREATE POLICY patients_are_searched ON patients FOR SELECT TO holdfast_searcher USING (true);
CREATE POLICY receipts_are_searched ON appointments FOR SELECT TO holdfast_searcher USING (true);
GRANT SELECT (tenant_id, id, full_name, search_name, phone, date_of_birth, reference) ON patients TO holdfast_searcher;
GRANT SELECT (tenant_id, id, patient_id) ON appointments TO holdfast_searcher;

-- Best first: a reference, the whole name, its beginning, birth date or phone, beginnings of words, somewhere in
-- words. Where that finds few, similar names follow, the more like the earlier.
CREATE FUNCTION search_patients(
    typed text, words text, days date[], tail text, refs text[], receipt text, most integer
) RETURNS TABLE (patient_id uuid, place bigint, is_similar boolean) LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET plan_cache_mode = force_custom_plan  -- clinics differ in size: what suits a small one is slow for a large one
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    clinic text := nullif(current_setting('app.tenant_id', true), '');
    folded text := fold_name(typed);
    wanted bigint[] := wanted_terms(clinic, folded);
    beginnings text[] := word_patterns(folded, 0);
    anywhere text[] := word_patterns(folded, 3);
    besides text[] := word_patterns(fold_name(words), 0);
    grams bigint[] := name_terms(clinic, folded, false);
    certain uuid[];
    resembling uuid[] := '{}';
BEGIN
    SELECT coalesce(array_agg(best.id ORDER BY best.rank, best.name COLLATE "C", best.id), '{}') INTO certain
    FROM (
        SELECT hit.id, min(hit.rank) AS rank, min(hit.name) AS name
        FROM (
            SELECT p.id, 0 AS rank, p.search_name AS name
            FROM patients p WHERE p.tenant_id = clinic AND p.reference = ANY (refs)
            UNION ALL
            SELECT a.patient_id, 0, ''
            FROM appointments a
            WHERE a.tenant_id = clinic AND receipt_of(a.id) = receipt AND a.patient_id IS NOT NULL
            UNION ALL
            SELECT p.id, 3, p.search_name
            FROM patients p
            WHERE p.tenant_id = clinic AND p.date_of_birth = ANY (days) AND p.date_of_birth IS NOT NULL
              AND p.search_name LIKE ALL (besides)
            UNION ALL
            SELECT p.id, 3, p.search_name
            FROM patients p
            WHERE p.tenant_id = clinic AND p.phone IS NOT NULL AND p.search_name LIKE ALL (besides)
              AND phone_tail(p.phone) ~>=~ reverse(tail) AND phone_tail(p.phone) ~<~ (reverse(tail) || ':')
            UNION ALL
            SELECT p.id,
                   CASE WHEN p.search_name = folded THEN 1 WHEN starts_with(p.search_name, folded) THEN 2
                        WHEN p.search_name LIKE ALL (beginnings) THEN 4 ELSE 5 END,
                   p.search_name
            FROM patients p
            WHERE cardinality(wanted) > 0 AND p.tenant_id = clinic
              AND name_terms(p.tenant_id, p.search_name) @> wanted AND p.search_name LIKE ALL (anywhere)
        ) hit
        GROUP BY hit.id
        ORDER BY min(hit.rank), min(hit.name) COLLATE "C", hit.id
        LIMIT most
    ) best;

    IF cardinality(certain) < 5 AND cardinality(grams) >= 4 THEN
        SELECT coalesce(array_agg(best.id ORDER BY best.likeness DESC, best.name COLLATE "C", best.id), '{}')
        INTO resembling
        FROM (
            SELECT near.id, near.name, name_likeness(folded, near.name) AS likeness
            FROM (
                SELECT has.id, has.search_name AS name
                FROM unnest(grams) gram,
                     LATERAL (SELECT p.id, p.search_name FROM patients p
                              WHERE p.tenant_id = clinic AND name_terms(p.tenant_id, p.search_name) @> ARRAY[gram]
                              OFFSET 0) has  -- kept apart: joined, it was once planned as a loop over all patients
                WHERE has.id <> ALL (certain)
                GROUP BY has.id, has.search_name
                HAVING count(*) * 3 >= cardinality(grams)
                ORDER BY count(*) DESC, abs(length(has.search_name) - length(folded)), has.id
                LIMIT 60
            ) near
            WHERE name_likeness(folded, near.name) >= 0.45
            ORDER BY likeness DESC, near.name COLLATE "C", near.id
            LIMIT most - cardinality(certain)
        ) best;
    END IF;

    RETURN QUERY
    SELECT one.id, one.place, one.place > cardinality(certain)
    FROM unnest(certain || resembling) WITH ORDINALITY one(id, place);
END $$;

-- Who a new patient might be: a name much like theirs with the same birth date or phone number, or the very same
-- name and no birth date that says otherwise.
CREATE FUNCTION look_alikes(newcomer text, number text, born date, most integer)
RETURNS TABLE (patient_id uuid, place bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 5
SET plan_cache_mode = force_custom_plan  -- clinics differ in size: what suits a small one is slow for a large one
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    clinic text := nullif(current_setting('app.tenant_id', true), '');
    folded text := fold_name(newcomer);
    mine bigint[] := name_terms(clinic, folded);
    tail text := left(phone_tail(number), 8);
BEGIN
    RETURN QUERY
    SELECT near.id, row_number() OVER (ORDER BY alike.share DESC, near.search_name COLLATE "C", near.id)
    FROM (
        SELECT p.id, p.search_name FROM patients p
        WHERE p.tenant_id = clinic AND p.date_of_birth = born AND p.date_of_birth IS NOT NULL
        UNION
        SELECT p.id, p.search_name FROM patients p
        WHERE length(tail) >= 6 AND p.tenant_id = clinic AND p.phone IS NOT NULL
          AND phone_tail(p.phone) ~>=~ tail AND phone_tail(p.phone) ~<~ (tail || ':')
        UNION
        SELECT p.id, p.search_name FROM patients p
        WHERE cardinality(mine) > 0 AND p.tenant_id = clinic AND name_terms(p.tenant_id, p.search_name) @> mine
          AND name_terms(p.tenant_id, p.search_name) <@ mine AND (p.date_of_birth = born) IS NOT FALSE
    ) near,
    LATERAL (SELECT greatest(name_likeness(folded, near.search_name), name_likeness(near.search_name, folded))) alike(share)
    WHERE alike.share >= 0.5
    ORDER BY 2
    LIMIT most;
END $$;

REVOKE ALL ON FUNCTION search_patients, look_alikes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_patients, look_alikes TO holdfast_app, holdfast_reader;
