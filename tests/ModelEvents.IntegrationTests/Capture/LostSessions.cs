namespace ModelEvents.Tests.Capture;

public sealed class PostgreSqlLostSessionTests(PostgreSqlFixture fixture) : LostSessionContract<PostgreSqlFixture>(fixture);

public sealed class WalLostSessionTests(WalFixture fixture) : LostSessionContract<WalFixture>(fixture);

public sealed class TableLostSessionTests(TableFixture fixture) : LostSessionContract<TableFixture>(fixture);

public sealed class ReceivedLostSessionTests(ReceivedFixture fixture) : LostSessionContract<ReceivedFixture>(fixture);

public sealed class DirectLostSessionTests(DirectFixture fixture) : LostSessionContract<DirectFixture>(fixture)
{
    protected override bool IsDurable => false;
}
