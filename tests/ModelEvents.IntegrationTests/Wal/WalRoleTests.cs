using ModelEvents.Tests.Infrastructure;
using Npgsql;

namespace ModelEvents.Tests.Wal;

/// <summary>Roles that may not do everything.</summary>
public sealed class WalRoleTests : IAsyncLifetime
{
    private readonly TestDatabase _database = new();
    private string _role = "";

    private string Login => new NpgsqlConnectionStringBuilder(_database.ConnectionString)
    {
        Username = _role,
        Password = "secret",
    }.ConnectionString;

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        _role = $"role_{_database.Name}";
        await _database.ExecuteAsync($"CREATE ROLE {_role} LOGIN PASSWORD 'secret'");
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearPool(new NpgsqlConnection(Login));
        await _database.ExecuteAsync($"DROP OWNED BY {_role}; DROP ROLE {_role}");
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task One_that_may_not_replicate_is_told_at_start_up()
    {
        await using var host = new WalHost(_database, login: Login);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(host.StartAsync);

        Assert.Contains("may not replicate", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("ModelEvents:Wal:ConnectionString", refusal.Message, StringComparison.Ordinal);
        await host.IsUnhealthyAsync("may not replicate");
    }

    [Fact]
    public async Task One_that_may_not_create_the_publication_is_told_at_start_up()
    {
        await _database.ExecuteAsync($"ALTER ROLE {_role} REPLICATION");
        await using var host = new WalHost(_database, login: Login);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(host.StartAsync);

        Assert.Contains("CREATE PUBLICATION model_events_parcelcontext", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>As on Amazon RDS; here the membership alone lets nobody replicate, which is met after the check.</summary>
    [Fact]
    public async Task A_member_of_the_role_that_a_cloud_has_for_it_may_replicate_and_a_slot_that_could_not_be_made_was_not_lost()
    {
        await using (var owner = new WalHost(_database))
            await owner.CreateTablesAsync();
        await _database.ExecuteAsync(
            $"CREATE ROLE rds_replication; GRANT rds_replication TO {_role}; " +
            $"GRANT CREATE ON DATABASE {_database.Name} TO {_role}; GRANT ALL ON ALL TABLES IN SCHEMA public TO {_role}; " +
            $"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {_role}");
        try
        {
            await using (var first = new WalHost(_database, login: Login))
            {
                await first.StartAsync();
                await first.LoggedAsync(3013, "could not be looked at");
                Assert.DoesNotContain(first.Log.All, line => line.Contains("may not replicate", StringComparison.Ordinal));
            }

            await _database.ExecuteAsync($"ALTER ROLE {_role} REPLICATION");
            await using var second = new WalHost(_database, login: Login);
            await second.StartAsync();
            await second.LoggedAsync(3010, "was created");
            Assert.Empty(second.Log.Lines(3012));
        }
        finally
        {
            await _database.ExecuteAsync("DROP ROLE rds_replication");
        }
    }

    [Fact]
    public async Task One_that_only_saves_leaves_reading_to_another()
    {
        await using (var owner = new WalHost(_database))
            await owner.CreateTablesAsync();
        await _database.ExecuteAsync($"GRANT ALL ON ALL TABLES IN SCHEMA public TO {_role}");
        await _database.ExecuteAsync($"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {_role}");
        await using var queue = await RabbitQueue.BindAsync($"{_database.Name}.events");
        await using var host = new WalHost(
            _database, options => options.Wal.ConnectionString = _database.ConnectionString, Login);
        await host.StartAsync();

        await host.SaveAsync();

        await queue.WaitForAsync(1);
    }
}
