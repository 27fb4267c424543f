using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Wal;

/// <summary>The server that <see cref="WalServerTests"/> start with other settings.</summary>
public sealed class WalServer() : OtherPostgres("wal")
{
    public async Task RestartAsync(params string[] settings)
    {
        await StopAsync();
        await StartAsync(settings);
    }
}
