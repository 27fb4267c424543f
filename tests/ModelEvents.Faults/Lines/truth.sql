-- What is true is told by the database alone, at the commit: a number that grows per entity with the commits, as whoever
-- commits a change of the entity holds its lock until the commit is done.
CREATE SEQUENCE marks;

CREATE TABLE truth (
    no bigserial PRIMARY KEY,
    entity text NOT NULL,
    action text NOT NULL,
    part text NOT NULL,
    mark bigint NOT NULL,
    body jsonb,
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON truth (entity, mark);
CREATE INDEX ON truth (entity, xid);

CREATE TABLE own (mark bigint PRIMARY KEY, key text);

CREATE FUNCTION tell(entity text, action text, part text, mark bigint, body jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('truth ' || entity, 0));
    INSERT INTO truth (entity, action, part, mark, body) VALUES (entity, action, part, mark, body);
END $$;

CREATE FUNCTION tell_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    row record := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    action text := CASE TG_OP WHEN 'INSERT' THEN 'created' WHEN 'UPDATE' THEN 'updated' ELSE 'deleted' END;
BEGIN
    PERFORM tell(TG_ARGV[0] || ':' || row.id, action, 'row', row.mark,
        to_jsonb(row) || jsonb_build_object('content', md5(row.content)));
    RETURN NULL;
END $$;

CREATE FUNCTION tell_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell('Parcel:' || NEW.parcel_id, 'updated', 'lines', NEW.mark, NULL);
    RETURN NULL;
END $$;

CREATE FUNCTION tell_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell('Parcel:' || NEW.parcel_id, 'updated', 'tags', NEW.tag_id, NULL);
    RETURN NULL;
END $$;

CREATE FUNCTION tell_own() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell('own:' || coalesce(NEW.key, 'free-' || NEW.mark), 'own', 'own', NEW.mark, to_jsonb(NEW));
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON parcels
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell_row('Parcel');
CREATE CONSTRAINT TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON shipments
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell_row('Shipment');
CREATE CONSTRAINT TRIGGER tell AFTER INSERT OR UPDATE ON parcel_lines
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell_line();
CREATE CONSTRAINT TRIGGER tell AFTER INSERT ON parcel_tags
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell_link();
CREATE CONSTRAINT TRIGGER tell AFTER INSERT ON own
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell_own();
