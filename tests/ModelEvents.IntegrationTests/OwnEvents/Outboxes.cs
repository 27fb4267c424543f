using ModelEvents.Tests.Capture;

namespace ModelEvents.Tests.OwnEvents;

public sealed class PostgreSqlOwnEventTests(PostgreSqlFixture fixture) : OwnEventContract<PostgreSqlFixture>(fixture);

public sealed class WalOwnEventTests(WalFixture fixture) : OwnEventContract<WalFixture>(fixture);

public sealed class TableOwnEventTests(TableFixture fixture) : OwnEventContract<TableFixture>(fixture);

public sealed class DirectOwnEventTests(DirectFixture fixture) : OwnEventContract<DirectFixture>(fixture);
