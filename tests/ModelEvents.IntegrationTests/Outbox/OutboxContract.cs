using System.Text;
using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Outbox;

/// <summary>What every outbox in a database keeps to, with one process or several.</summary>
public abstract class OutboxContract : OutboxReaderContract, IAsyncLifetime
{
    private readonly List<OutboxProcess> _processes = [];

    private protected TestDatabase Database { get; } = new();

    private protected OutboxProcess Process => _processes[0];

    private protected override IOutboxReader Outbox => Process.Outbox;

    /// <summary>What a first start does beyond creating the tables.</summary>
    private protected virtual Task PrepareAsync() => Task.CompletedTask;

    private protected abstract void AddOutbox(IServiceCollection services);

    public async ValueTask InitializeAsync()
    {
        await Database.InitializeAsync();
        Start();
        await using var scope = Process.Scope();
        await scope.ServiceProvider.GetRequiredService<ParcelContext>().Database.EnsureCreatedAsync(Token);
        await PrepareAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();

        await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected override Task CommitAsync(params ModelEvent[] events) => Process.CommitAsync(events);

    /// <summary>Another process on the same database.</summary>
    private protected OutboxProcess Start(TimeProvider? time = null)
    {
        var process = new OutboxProcess(Database.ConnectionString, AddOutbox, time ?? TimeProvider.System);
        _processes.Add(process);
        return process;
    }

    [Fact]
    public async Task All_of_an_event_comes_back_non_ASCII_text_included()
    {
        var sent = TestEvents.Make("ключ-7") with
        {
            Name = "commande__expédiée",
            Body = Encoding.UTF8.GetBytes("""{"naïve":"日本語 🚚"}"""),
            Headers = new Dictionary<string, string> { ["a"] = "\"q\" é\n", ["b"] = "" },
        };
        await CommitAsync(sent);
        await using var session = await Outbox.OpenAsync(Token);

        var got = Assert.Single(await session.ClaimAsync(LaneSlice.All, 10, Token)).Event;

        Assert.Equal((sent.Id, sent.Name, sent.Service, sent.Model), (got.Id, got.Name, got.Service, got.Model));
        Assert.Equal((sent.Key, sent.Lane), (got.Key, got.Lane));
        Assert.Equal(sent.Body.ToArray(), got.Body.ToArray());
        Assert.Equal(sent.Headers, got.Headers);
        Assert.Equal(sent.OccurredAt, got.OccurredAt, TimeSpan.FromMilliseconds(0.001));
        Assert.True(got.Sequence > 0);
    }

    [Fact]
    public async Task Ten_thousand_events_are_appended_in_their_order()
    {
        var sent = TestEvents.Spread(10_000);
        await CommitAsync(sent);
        await using var session = await Outbox.OpenAsync(Token);

        var drained = await DrainAsync(session);

        Assert.Equal(sent.Select(one => one.Id), drained.OrderBy(one => one.Sequence).Select(one => one.Id));
    }

    [Fact]
    public async Task Tables_that_are_missing_are_told_with_what_to_do()
    {
        await using (var scope = Process.Scope())
        {
            var database = scope.ServiceProvider.GetRequiredService<ParcelContext>().Database;
            await database.ExecuteSqlRawAsync("DROP SCHEMA public CASCADE; CREATE SCHEMA public", Token);
        }

        var unopened = await Assert.ThrowsAnyAsync<Exception>(() => Outbox.OpenAsync(Token));
        var uncounted = await Assert.ThrowsAnyAsync<Exception>(() => Outbox.GetStatusAsync(Token));

        Assert.All(
            [unopened, uncounted],
            failure => Assert.Matches(
                "^A table of the outbox is missing \\(42P01: .*model_events_outbox.*\\). Add a migration with 'dotnet ef migrations add'",
                OutboxFailure.Reason(failure)));
    }

    [Fact]
    public async Task A_synchronous_append_writes_the_same()
    {
        ModelEvent[] many = TestEvents.Steps("7", 3);
        ModelEvent[] one = [TestEvents.Make("7", "last")];
        await Process.CommitAsync(context =>
        {
            Process.Outbox.Append(context, many);
            Process.Outbox.Append(context, one);
            return Task.CompletedTask;
        });
        await using var session = await Outbox.OpenAsync(Token);

        Assert.Equal(["step__1", "step__2", "step__3", "last"], (await session.ClaimAsync(LaneSlice.All, 10, Token)).Names());
    }

    [Fact]
    public async Task A_rollback_takes_the_events_with_it()
    {
        await using (var scope = Process.Scope())
        {
            var context = scope.ServiceProvider.GetRequiredService<ParcelContext>();
            await using var transaction = await context.Database.BeginTransactionAsync(Token);
            await Process.Outbox.AppendAsync(context, TestEvents.Steps("7", 2), Token);
            await transaction.RollbackAsync(Token);
        }

        await using var session = await Outbox.OpenAsync(Token);
        Assert.Equal((0, 0), await CountAsync());
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task An_ambient_transaction_decides_what_becomes_of_the_events(bool complete, long waiting)
    {
        using (var ambient = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await using var scope = Process.Scope();
            var context = scope.ServiceProvider.GetRequiredService<ParcelContext>();
            context.Parcels.Add(new Parcel { Label = "a" });
            await context.SaveChangesAsync(Token);
            await Process.Outbox.AppendAsync(context, [TestEvents.Make("7")], Token);

            if (complete)
                ambient.Complete();
        }

        await using var session = await Outbox.OpenAsync(Token);
        Assert.Equal(waiting, (await Outbox.GetStatusAsync(Token)).Waiting);
        Assert.Equal(waiting, await Database.ScalarAsync<long>("""SELECT count(*) FROM "Parcels" """));
    }

    [Fact]
    public async Task An_event_that_becomes_visible_late_is_not_lost_and_its_key_keeps_its_order()
    {
        await using var session = await Outbox.OpenAsync(Token);
        List<ModelEvent> published;

        await using (var scope = Process.Scope())
        {
            var slow = scope.ServiceProvider.GetRequiredService<ParcelContext>();
            await using var transaction = await slow.Database.BeginTransactionAsync(Token);
            await Process.Outbox.AppendAsync(slow, [TestEvents.Make("slow", "slow__1")], Token);
            await CommitAsync(TestEvents.Steps("fast", 3));
            published = await DrainAsync(session, 3);
            await transaction.CommitAsync(Token);
        }

        await CommitAsync(TestEvents.Make("slow", "slow__2"));
        published.AddRange(await DrainAsync(session, 2));

        Assert.Equal(
            ["step__1", "step__2", "step__3", "slow__1", "slow__2"], published.Select(one => one.Name));
    }

    [Fact]
    public async Task A_context_that_loops_over_its_entity_types_does_not_meet_the_outbox()
    {
        await using var scope = Process.Scope();
        var context = scope.ServiceProvider.GetRequiredService<ParcelContext>();

        Assert.Equal([typeof(Parcel)], ParcelContext.SeenWhileBuilding);
        Assert.Equal("model_events_outbox", context.Model.FindEntityType(typeof(OutboxRow))!.GetTableName());
    }

    [Fact]
    public async Task An_outbox_whose_database_is_away_throws_and_works_again_when_it_is_back()
    {
        await CommitAsync(TestEvents.Make("7"));
        var session = await Outbox.OpenAsync(Token);
        await AdministerAsync($"ALTER DATABASE {Database.Name} ALLOW_CONNECTIONS false");
        await TerminateAsync("true");

        await Eventually.TrueAsync(() => IsLostAsync(session), () => "the session is not lost");
        await session.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => Outbox.OpenAsync(Token));

        await AdministerAsync($"ALTER DATABASE {Database.Name} ALLOW_CONNECTIONS true");
        await using var reopened = await Outbox.OpenAsync(Token);
        Assert.Single(await ClaimUntilAsync(reopened, 1));
    }

    private protected static async Task<bool> IsLostAsync(IOutboxSession session) =>
        await Record.ExceptionAsync(() => session.ClaimAsync(LaneSlice.All, 10, Token)) is not null;

    /// <summary>Ends connections to the database as a crash of their client does.</summary>
    private protected Task TerminateAsync(string which) => AdministerAsync(
        $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{Database.Name}' AND ({which})");

    private static async Task AdministerAsync(string sql)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(TestServices.Postgres);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Token);
    }
}
