using Npgsql;

namespace ModelEvents.Tests.Infrastructure;

public sealed class TestDatabaseTests
{
    [Fact]
    public async Task A_test_database_starts_empty_and_takes_tables()
    {
        await using var database = await TestDatabase.CreateAsync();

        await database.ExecuteAsync("CREATE TABLE thing (id int); INSERT INTO thing VALUES (1), (2)");

        Assert.Equal(2L, await database.ScalarAsync<long>("SELECT count(*) FROM thing"));
        Assert.Equal(database.Name, await database.ScalarAsync<string>("SELECT current_database()"));
    }

    [Fact]
    public async Task A_test_database_is_dropped_even_while_somebody_is_connected()
    {
        var database = await TestDatabase.CreateAsync();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);

        await database.DisposeAsync();

        await using var other = await TestDatabase.CreateAsync();
        var left = await other.ScalarAsync<long>($"SELECT count(*) FROM pg_database WHERE datname = '{database.Name}'");
        Assert.Equal(0L, left);
    }

    [Fact]
    public async Task The_server_can_decode_its_log()
    {
        await using var database = await TestDatabase.CreateAsync();

        Assert.Equal("logical", await database.ScalarAsync<string>("SHOW wal_level"));
    }
}
