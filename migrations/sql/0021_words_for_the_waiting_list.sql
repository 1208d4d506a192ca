-- Who joins the waiting list is told so in the clinic's own words.
ALTER TABLE letter_words DROP CONSTRAINT letter_kind;
ALTER TABLE letter_words ADD CONSTRAINT letter_kind
    CHECK (kind IN ('CONFIRMATION', 'CHANGE', 'CANCELLATION', 'REMINDER', 'OFFER', 'WAITING'));
