namespace ModelEvents.Tests.Capture;

public sealed class PostgreSqlOwnCommandTests(PostgreSqlFixture fixture) : OwnCommandContract<PostgreSqlFixture>(fixture);

public sealed class WalOwnCommandTests(WalFixture fixture) : OwnCommandContract<WalFixture>(fixture);
