-- How names are compared: without case, accents and punctuation, the same under every locale the server may have.
-- lower() and pg_trgm know only ASCII where lc_ctype is C, so neither is asked about other letters.

CREATE FUNCTION unaccented(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN unaccent('unaccent'::regdictionary, words);

-- Marks are taken off in every script, not only off Latin letters; an ideograph is a word of its own.
CREATE FUNCTION fold_letters(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(
    lower(unaccented(regexp_replace(
        regexp_replace(
            normalize(words, NFKD),
            '[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f\u3099\u309a]',
            '', 'g'),
        '([\u3041-\u30fa\u30fc-\u30ff\u3400-\u9fff\U00020000-\U0003ffff])', ' \1 ', 'g')) COLLATE "C"),
    'АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЂЄЅІЈЉЊЋЏҐӘӨҮҰҚҒҢҺ' || 'ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩς'
        || 'ԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖ' || 'ىةךםןףץ' || '’ʼʻ‘',
    'абвгдежзийклмнопрстуфхцчшщъыьэюяђєѕіјљњћџґәөүұқғңһ' || 'αβγδεζηθικλμνξοπρστυφχψωσ'
        || 'աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ' || 'יهכמנפצ');

-- The words, each after one space: ' anna obrien'. What is plain ASCII, as most names are, takes the short way.
CREATE FUNCTION fold_name(full_name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ' ' || btrim(regexp_replace(
    translate(CASE WHEN octet_length(full_name) = length(full_name) THEN lower(full_name COLLATE "C")
                   ELSE fold_letters(full_name) END, '''`´', ''),
    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u303f\u30fb]+', ' ', 'g'));

-- The trigrams of folded words, and each word's first letter, as numbers that differ from clinic to clinic: one
-- index serves all, and a clinic's search never reads another's entries. A loop: four times as fast as a SELECT.
-- The cost keeps the planner from asking row after row of a clinic what the index knows.
CREATE FUNCTION name_terms(tenant text, folded text, first_letters boolean DEFAULT true) RETURNS bigint[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
DECLARE
    seed bigint := hashtextextended(tenant, 0);
    padded text := folded || ' ';
    place integer := 1;
    gram text := substr(padded, 1, 3);
    terms bigint[] := '{}';
BEGIN
    WHILE length(gram) = 3 LOOP
        IF substr(gram, 2, 1) <> ' ' THEN
            terms := terms || hashtextextended(gram, seed);
            IF first_letters AND left(gram, 1) = ' ' THEN
                terms := terms || hashtextextended(' ' || left(gram, 2), seed);
            END IF;
        END IF;
        place := place + 1;
        gram := substr(padded, place, 3);
    END LOOP;
    RETURN terms;
END $$;

-- What a name must have to hold every typed word somewhere; of one or two letters: at the beginning of a word.
CREATE FUNCTION wanted_terms(tenant text, folded text) RETURNS bigint[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT coalesce(array_agg(hashtextextended(gram, hashtextextended(tenant, 0))), '{}')
    FROM unnest(string_to_array(btrim(folded), ' ')) word,
         generate_series(1, greatest(length(word) - 2, 1)) place,
         substr(lpad(word, greatest(length(word), 3)), place, 3) gram
    WHERE word <> '');

-- How like a folded name is to what is asked for, 0 to 1: the share of trigrams in common, word by word.
CREATE FUNCTION name_likeness(asked text, held text) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT coalesce(avg(best.share), 0)
    FROM (
        SELECT max(2.0 * shared / (cardinality(mine) + cardinality(theirs))) AS share
        FROM unnest(string_to_array(btrim(asked), ' ')) WITH ORDINALITY a(word, place),
             unnest(string_to_array(btrim(held), ' ')) b(word),
             LATERAL (SELECT name_terms('', ' ' || a.word) AS mine, name_terms('', ' ' || b.word) AS theirs) terms,
             LATERAL (SELECT count(*) AS shared FROM unnest(mine) term WHERE term = ANY (theirs)) common
        WHERE a.word <> '' AND b.word <> ''
        GROUP BY a.place
    ) best);

-- Each folded word as a pattern: of fewer letters than `free` only at the beginning of a word, else anywhere in it.
CREATE FUNCTION word_patterns(folded text, free integer) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT coalesce(array_agg(CASE WHEN free > 0 AND length(word) >= free THEN '%' ELSE '% ' END || word || '%'), '{}')
    FROM unnest(string_to_array(btrim(folded), ' ')) word
    WHERE word <> '');

-- The digits of a phone number from its end.
CREATE FUNCTION phone_tail(number text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN reverse(regexp_replace(number, '[^0-9]', '', 'g'));

-- The part of an appointment's id that its short reference says.
CREATE FUNCTION receipt_of(appointment uuid) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN right(appointment::text, 11);
