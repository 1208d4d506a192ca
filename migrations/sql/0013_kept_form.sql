-- A form that was sent to a locked desk, until its person is back: {"path": …, "fields": [[name, value], …]}.
ALTER TABLE user_sessions ADD COLUMN kept_form JSONB;
