-- shop_setup owns the tables and runs the migrations, shop_saver saves, shop_dispatcher publishes and calls handlers,
-- shop_operator looks, retries and discards: one login may be several of them. Nobody needs more than this of ModelEvents.

-- Before the first migration
GRANT CREATE ON SCHEMA public TO shop_setup;

-- UsePostgreSql()
GRANT INSERT (count, events) ON model_events_outbox_packs TO shop_saver;
GRANT SELECT, DELETE ON model_events_outbox_packs TO shop_dispatcher;
GRANT SELECT, INSERT, UPDATE, DELETE ON model_events_outbox TO shop_dispatcher;
GRANT SELECT ON model_events_outbox_packs TO shop_operator;
GRANT SELECT, UPDATE, DELETE ON model_events_outbox TO shop_operator;

-- UsePostgreSqlWal(), before the first start, as a superuser. From PostgreSQL 17 on the two functions have a fourth parameter:
-- write "(boolean, text, bytea, boolean)" and "(boolean, text, text, boolean)".
REVOKE EXECUTE ON FUNCTION pg_logical_emit_message(boolean, text, bytea) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION pg_logical_emit_message(boolean, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pg_logical_emit_message(boolean, text, bytea) TO shop_saver, shop_dispatcher;
GRANT CREATE ON DATABASE shop TO shop_setup;
ALTER ROLE shop_setup REPLICATION;
ALTER ROLE shop_dispatcher REPLICATION;

-- UsePostgreSqlWal(), besides what UsePostgreSql() needs, where models have "Capture": "Log"
GRANT SELECT, INSERT, UPDATE, DELETE ON model_events_outbox_slots TO shop_dispatcher;
GRANT SELECT, UPDATE ON model_events_outbox_slots TO shop_operator;

-- Capture<TContext>() alone, which is the portable outbox
GRANT INSERT, SELECT (id) ON model_events_outbox TO shop_saver;
GRANT SELECT (owner, beat) ON model_events_outbox_leases TO shop_saver;
GRANT SELECT, UPDATE, DELETE ON model_events_outbox TO shop_dispatcher;
GRANT SELECT, INSERT, UPDATE ON model_events_outbox_leases TO shop_dispatcher;
GRANT SELECT, UPDATE, DELETE ON model_events_outbox TO shop_operator;
