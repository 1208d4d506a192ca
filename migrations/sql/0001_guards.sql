-- Row-level security: a transaction that names no clinic sees no row, the tables' owner included.
DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY[
        'users', 'user_sessions', 'api_tokens', 'patients', 'specialists', 'rooms', 'appointment_types',
        'appointment_type_specialists', 'opening_hours', 'closures', 'time_slots', 'appointments',
        'appointment_events', 'appointment_event_chain']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
        EXECUTE format($policy$
            CREATE POLICY tenant_isolation ON %I
                USING (tenant_id = nullif(current_setting('app.tenant_id', true), ''))
                WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), ''))$policy$, guarded);
    END LOOP;
END $$;

-- Clinics are public facts, but each writes only its own row.
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenants_are_public ON tenants FOR SELECT USING (true);
CREATE POLICY tenant_makes_itself ON tenants FOR INSERT
    WITH CHECK (id = nullif(current_setting('app.tenant_id', true), ''));
CREATE POLICY tenant_changes_itself ON tenants FOR UPDATE
    USING (id = nullif(current_setting('app.tenant_id', true), ''));

-- The ledger's own table name: what is taken, insertable by hand.
CREATE VIEW bookings WITH (security_invoker = true) AS
    SELECT id, tenant_id, start_time AS start_time_utc, idempotency_key, created_at
    FROM appointments
    WHERE status IN ('CONFIRMED', 'ARRIVED', 'COMPLETED')
       OR (status = 'HOLD' AND expires_at > clock_timestamp());

GRANT USAGE ON SCHEMA public TO holdfast_app, holdfast_reader;

GRANT SELECT, INSERT, UPDATE ON
    tenants, users, api_tokens, patients, specialists, rooms, appointment_types, time_slots, appointments, bookings
    TO holdfast_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON
    user_sessions, appointment_type_specialists, opening_hours, closures, rate_limits
    TO holdfast_app;
GRANT DELETE ON time_slots TO holdfast_app;
GRANT SELECT, INSERT ON appointment_events, appointment_event_chain TO holdfast_app;

GRANT SELECT ON
    tenants, patients, specialists, rooms, appointment_types, appointment_type_specialists, opening_hours, closures,
    time_slots, appointments, appointment_events, appointment_event_chain, bookings
    TO holdfast_reader;
GRANT SELECT (tenant_id, id, email, full_name, role, is_active, may_squeeze_in, created_at) ON users TO holdfast_reader;
GRANT SELECT ON user_sessions, api_tokens TO holdfast_reader;
