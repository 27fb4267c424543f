using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Infrastructure;
using Npgsql;

namespace ModelEvents.Tests.LogReading;

/// <summary>What capture from the log needs in the database, and what a start says where it lacks.</summary>
public sealed class LogSetupTests
{
    private const string Tables =
        "CREATE TABLE one (id int PRIMARY KEY); CREATE TABLE two (id int PRIMARY KEY); CREATE TABLE bare (id int)";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Several_processes_may_set_up_at_a_time_and_again()
    {
        await using var fixture = await LogFixture.CreateAsync(Tables, "one", "two");
        await using var first = fixture.Host();
        await using var second = fixture.Host();
        var logs = new[] { first, second, first }
            .Select(host => host.Services.GetRequiredService<IModelEventLog>().SetUpAsync(Token));

        await Task.WhenAll(logs);

        Assert.Equal("one:f,two:f", await PublishedAsync(fixture.Database));
        await first.StartAsync();
        await fixture.Database.ExecuteAsync("INSERT INTO one VALUES (1)");
        await fixture.NamesAsync(1);
        Assert.Empty(first.Log.Lines(3012).Concat(second.Log.Lines(3012)));
    }

    [Fact]
    public async Task Set_up_follows_the_model_list()
    {
        await using var fixture = await LogFixture.CreateAsync(Tables, "one");
        await using var host = fixture.Host();
        var log = host.Services.GetRequiredService<IModelEventLog>();
        await log.SetUpAsync(Token);
        await host.StartAsync();
        await fixture.Database.ExecuteAsync("INSERT INTO one VALUES (1)");
        await fixture.NamesAsync(1);

        fixture.Rows.Want("two", "bare");
        await host.LoggedAsync(3022, "'public.two' is not in the publication");
        await log.SetUpAsync(Token);
        await fixture.Database.ExecuteAsync(
            "INSERT INTO one VALUES (9); INSERT INTO two VALUES (2); INSERT INTO bare VALUES (3)");

        Assert.Equal(["one__created 1", "two__created 2", "bare__created 3"], await fixture.NamesAsync(3));
        Assert.Equal("bare:f,two:f", await PublishedAsync(fixture.Database));
    }

    [Fact]
    public async Task Where_starts_set_up_a_new_list_is_set_up_too_and_nobody_complains()
    {
        await using var fixture = await LogFixture.CreateAsync(Tables, "one");
        await using var host = await fixture.StartHostAsync();
        await fixture.Database.ExecuteAsync("INSERT INTO one VALUES (1)");
        await fixture.NamesAsync(1);

        fixture.Rows.Want("two");
        await Eventually.TrueAsync(
            async () => await PublishedAsync(fixture.Database) == "two:f", () => "the publication is as it was");

        await fixture.Database.ExecuteAsync("INSERT INTO two VALUES (2)");
        await fixture.NamesAsync(2);
        Assert.Empty(host.Log.Lines(3022).Concat(host.Log.Lines(1100)));
    }

    [Fact]
    public async Task A_start_tells_all_that_the_database_lacks()
    {
        await using var fixture = await LogFixture.CreateAsync(Tables, "one", "missing", "bare");
        await fixture.Database.ExecuteAsync(
            "CREATE PUBLICATION model_events_parcelcontext FOR TABLE bare WITH (publish = 'insert')");
        await using var host = fixture.Host();

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(host.StartAsync);

        Assert.Contains("'public.one' is not in the publication", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("ADD TABLE \"public\".\"one\"", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("'public.missing' does not exist", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("'public.bare' has neither a primary key", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("does not have all changes", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("CREATE TABLE IF NOT EXISTS", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("IModelEventLog.SetUpAsync", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_statements_that_a_start_names_are_enough()
    {
        await using var fixture = await LogFixture.CreateAsync(Tables, "one");
        await using var host = fixture.Host();
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(host.StartAsync);
        var statements = refusal.Message.Split("or run \"").Skip(1).Select(text => text[..text.LastIndexOf("\".", StringComparison.Ordinal)]);
        await fixture.Database.ExecuteAsync(string.Join(';', statements));
        await using var next = fixture.Host();

        await next.StartAsync();

        await fixture.Database.ExecuteAsync("INSERT INTO one VALUES (1)");
        await fixture.NamesAsync(1);
        await next.LoggedAsync(3020, "'public.one'");
    }

    [Fact]
    public async Task Set_up_of_a_table_that_does_not_exist_changes_nothing()
    {
        await using var fixture = await LogFixture.CreateAsync(Tables, "one", "missing");
        await using var host = fixture.Host();

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(
            () => host.Services.GetRequiredService<IModelEventLog>().SetUpAsync(Token));

        Assert.Contains("'public.missing' does not exist", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("", await PublishedAsync(fixture.Database));
    }

    [Fact]
    public async Task Set_up_waits_for_a_transaction_that_writes_to_the_table_and_has_all_of_the_next()
    {
        await using var fixture = await LogFixture.CreateAsync(Tables, "one");
        await using var connection = new NpgsqlConnection(fixture.Database.ConnectionString);
        await connection.OpenAsync(Token);
        await using var open = await connection.BeginTransactionAsync(Token);
        await new NpgsqlCommand("INSERT INTO one VALUES (1)", connection).ExecuteNonQueryAsync(Token);
        await using var host = fixture.Host();

        var setup = host.Services.GetRequiredService<IModelEventLog>().SetUpAsync(Token);
        await Eventually.TrueAsync(
            () => fixture.Database.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"),
            () => "set-up does not wait");
        await new NpgsqlCommand("INSERT INTO one VALUES (2)", connection).ExecuteNonQueryAsync(Token);
        await open.CommitAsync(Token);
        await setup;
        await host.StartAsync();

        await fixture.Database.ExecuteAsync("INSERT INTO one VALUES (3)");
        Assert.Equal(["one__created 3"], await fixture.NamesAsync(1));
    }

    [Fact]
    public async Task A_role_that_does_not_own_the_tables_is_told_what_to_run_as_one_that_does()
    {
        await using var fixture = await LogFixture.CreateAsync(Tables, "one");
        var role = $"other_{fixture.Database.Name}";
        await fixture.Database.ExecuteAsync(
            $"CREATE ROLE {role} LOGIN PASSWORD 'secret' REPLICATION; GRANT CREATE ON DATABASE {fixture.Database.Name} TO {role}; " +
            $"GRANT CREATE ON SCHEMA public TO {role}");
        var login = new NpgsqlConnectionStringBuilder(fixture.Database.ConnectionString) { Username = role, Password = "secret" };
        try
        {
            await using var host = fixture.Host(options => options.Wal.ConnectionString = login.ConnectionString);

            var refusal = await Assert.ThrowsAsync<InvalidOperationException>(
                () => host.Services.GetRequiredService<IModelEventLog>().SetUpAsync(Token));

            Assert.Contains("may not set up capture from the log", refusal.Message, StringComparison.Ordinal);
            Assert.Contains("REPLICA IDENTITY FULL", refusal.Message, StringComparison.Ordinal);
        }
        finally
        {
            NpgsqlConnection.ClearPool(new NpgsqlConnection(login.ConnectionString));
            await fixture.Database.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    /// <summary>The tables of the publication, each with its replica identity.</summary>
    private static Task<string?> PublishedAsync(TestDatabase database) => database.ScalarAsync<string>(
        """
        SELECT coalesce(string_agg(relname || ':' || relreplident::text, ',' ORDER BY relname), '')
        FROM pg_publication_rel JOIN pg_class ON pg_class.oid = prrelid
        """);
}
