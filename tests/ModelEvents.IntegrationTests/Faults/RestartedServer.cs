using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Faults;

/// <summary>The server that <see cref="RestartedDatabaseTests"/> stop and start.</summary>
public sealed class RestartedServer() : OtherPostgres("restarted");
