using Npgsql;

namespace ModelEvents.Tests.Infrastructure;

public sealed class ScriptServicesTests
{
    private const string Name = "settings";

    [Fact]
    public async Task A_server_takes_ten_settings_and_more()
    {
        string[] settings = [.. Enumerable.Range(0, 11).Select(number => $"test.setting{number}={number}")];
        await ScriptServices.RunAsync("drop-postgres", Name);
        try
        {
            var started = await ScriptServices.StartAsync(["start-postgres", Name, .. settings]);

            await using var server = NpgsqlDataSource.Create(started["MODELEVENTS_TEST_POSTGRES"]);
            await using var show = server.CreateCommand("SHOW test.setting10");
            Assert.Equal("10", await show.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        }
        finally
        {
            await ScriptServices.RunAsync("drop-postgres", Name);
        }
    }
}
