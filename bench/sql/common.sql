-- Where the n-th slot of each kind lies, the same for every contender. Kinds: 0 a single seat, 1 the hot slot with
-- room for all, 2 the burst's slot. A day has 32 × 8 single slots of 15 minutes; the first day is given by the run.
CREATE SCHEMA bench;
GRANT USAGE ON SCHEMA bench TO PUBLIC;
CREATE TABLE bench.first_day AS SELECT %(first_day)s::date AS day;

CREATE FUNCTION bench.slot_id(kind integer, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT ('01900000-0000-7000-800' || kind || '-' || lpad(to_hex(n), 12, '0'))::uuid
$$;

CREATE FUNCTION bench.person_id(group_of text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT ('01900000-0000-7000-' || CASE group_of WHEN 'specialist' THEN '9000' ELSE 'a000' END
            || '-' || lpad(to_hex(n), 12, '0'))::uuid
$$;

CREATE FUNCTION bench.patients() RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT %(patients)s $$;

CREATE FUNCTION bench.specialist_of(kind integer, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT bench.person_id('specialist', CASE kind WHEN 0 THEN n % 8 ELSE kind END)
$$;

-- Hot and burst slots lie years ahead, so that no day's list shows them, and three days apart: each stands alone.
CREATE FUNCTION bench.starts(kind integer, n bigint) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE kind WHEN 0 THEN day::timestamp AT TIME ZONE 'UTC' + n / 256 * interval '1 day' + interval '8 hours'
                                 + n % 256 / 8 * interval '15 minutes'
                     ELSE day::timestamp AT TIME ZONE 'UTC' + interval '9000 days' + n * interval '3 days' END
    FROM bench.first_day
$$;
