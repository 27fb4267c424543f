namespace ModelEvents.Tests.Capture;

public sealed class PostgreSqlPreparationTests(PostgreSqlFixture fixture) : PreparationContract<PostgreSqlFixture>(fixture)
{
    protected override string Mark => "model_events_outbox_packs";
}

public sealed class WalPreparationTests(WalFixture fixture) : PreparationContract<WalFixture>(fixture)
{
    protected override string Mark => "pg_logical_emit_message";
}
