using Npgsql;

namespace ModelEvents.Tests.Infrastructure;

/// <summary>An empty database of its own for one test or test class, dropped at the end.</summary>
public sealed class TestDatabase : IAsyncLifetime
{
    /// <summary>The name on the server.</summary>
    public string Name { get; } = $"test_{Guid.CreateVersion7():N}";

    /// <summary>Connection string of the server that it is on; the one of all tests by default.</summary>
    public string? Server { get; init; }

    /// <summary>The Npgsql connection string.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder(Server ?? TestServices.Postgres)
    {
        Database = Name,
        IncludeErrorDetail = true,
        MaxPoolSize = 50,
    }.ConnectionString;

    /// <summary>Creates a database, for tests that want one of their own.</summary>
    public static async Task<TestDatabase> CreateAsync(string? server = null)
    {
        var database = new TestDatabase { Server = server };
        await database.InitializeAsync();
        return database;
    }

    /// <inheritdoc />
    public async ValueTask InitializeAsync() => await ExecuteOnServerAsync($"CREATE DATABASE {Name}");

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await using (var connection = new NpgsqlConnection(ConnectionString))
            NpgsqlConnection.ClearPool(connection);

        await DropSlotsAsync();
        await ExecuteOnServerAsync($"DROP DATABASE IF EXISTS {Name} WITH (FORCE)");
    }

    /// <summary>Runs SQL in this database and returns the number of rows that it affected.</summary>
    public async Task<int> ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    /// <summary>Runs a query in this database and returns its first value.</summary>
    public async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        await using var command = source.CreateCommand(sql);
        return (T?)await command.ExecuteScalarAsync(CancellationToken.None);
    }

    /// <summary>A database that has replication slots cannot be dropped, and one that is read from cannot be either.</summary>
    private Task DropSlotsAsync() => ExecuteOnServerAsync(
        $"""
        DO $$
        DECLARE slot record;
        BEGIN
            FOR slot IN SELECT * FROM pg_replication_slots WHERE database = '{Name}' LOOP
                PERFORM pg_terminate_backend(slot.active_pid, 10000) WHERE slot.active_pid IS NOT NULL;
                PERFORM pg_drop_replication_slot(slot.slot_name);
            END LOOP;
        END $$
        """);

    private async Task ExecuteOnServerAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(Server ?? TestServices.Postgres);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
