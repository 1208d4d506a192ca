ALTER TABLE setting_events DROP CONSTRAINT setting_event_subject;
ALTER TABLE setting_events ADD CONSTRAINT setting_event_subject
    CHECK (subject IN ('CLINIC', 'HOURS', 'QUESTION', 'LETTER', 'TYPE'));
