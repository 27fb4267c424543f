using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelEvents.Outbox;
using ModelEvents.Tests.Dispatching;
using ModelEvents.Tests.Infrastructure;
using Npgsql;

namespace ModelEvents.Tests.Outbox;

/// <summary>Each role does its work with the rights that <c>config/roles.sql</c> gives it, and with no others.</summary>
public sealed class RoleTests : IAsyncLifetime
{
    private static readonly string[] Names = ["setup", "saver", "dispatcher", "operator", "stranger"];

    private readonly TestDatabase _database = new();

    public enum Way
    {
        Packs,
        Wal,
        Log,
        Portable,
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        foreach (var name in Names)
            await _database.ExecuteAsync($"CREATE ROLE {Role(name)} LOGIN PASSWORD 'secret'");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var name in Names)
            NpgsqlConnection.ClearPool(new NpgsqlConnection(Login(name)));

        await _database.DisposeAsync();
        await using var server = NpgsqlDataSource.Create(TestServices.Postgres);
        foreach (var name in Names)
        {
            await using var drop = server.CreateCommand($"DROP ROLE {Role(name)}");
            await drop.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    [Theory]
    [InlineData(Way.Packs)]
    [InlineData(Way.Wal)]
    [InlineData(Way.Log)]
    [InlineData(Way.Portable)]
    public async Task Every_role_does_its_work_with_the_rights_that_are_documented(Way way)
    {
        await using var queue = await RabbitQueue.BindAsync($"{_database.Name}.events", "parcel__created");
        await SetUpAsync(way);
        using var saver = Start(way, "saver", options => options.Dispatcher.Enabled = false);
        using var looker = Start(way, "operator", options => options.Dispatcher.Enabled = false);
        using var dispatcher = Start(way, "dispatcher", _ => { });
        foreach (var host in (IHost[])[saver, looker, dispatcher])
            await host.StartAsync(Token);

        // The update is parked, as no queue is bound for it.
        await SaveAsync(saver);
        await queue.WaitForAsync(1);
        Assert.True(await SeesWhoReadsAsync(saver));
        var outbox = looker.Services.GetRequiredService<IOutboxReader>();
        IReadOnlyList<ParkedEvent> parked = [];
        await Eventually.TrueAsync(
            async () => (parked = await outbox.ListParkedAsync(10, Token)).Count == 1, () => "nothing is parked");
        Assert.Equal((0, 1), await CountAsync(outbox));
        Assert.Equal(1, await outbox.RetryParkedAsync(null, Token));
        await Eventually.TrueAsync(async () => await CountAsync(outbox) == (0, 1), () => "it is not parked again");
        Assert.Equal(1, await outbox.DiscardParkedAsync([parked[0].Event.Id], Token));
        await Eventually.TrueAsync(async () => await CountAsync(outbox) == (0, 0), () => "something is left");

        foreach (var host in (IHost[])[saver, looker, dispatcher])
            await host.StopAsync(Token);
    }

    [Fact]
    public async Task A_login_that_was_given_nothing_can_write_no_events()
    {
        await SetUpAsync(Way.Wal);
        const string emit = "SELECT pg_logical_emit_message(true, 'model_events_parcelcontext', 'x')";
        const string emitBytes = "SELECT pg_logical_emit_message(true, 'model_events_parcelcontext', 'x'::bytea)";
        const string insert = "INSERT INTO model_events_outbox_packs (count, events) VALUES (1, 'x')";

        foreach (var sql in (string[])[emit, emitBytes, insert])
            await RefusesAsync("stranger", sql);

        await RefusesAsync("saver", "INSERT INTO model_events_outbox_packs (id, count, events) VALUES (1, 1, 'x')");
        await RefusesAsync("saver", "DELETE FROM model_events_outbox_packs");
        await RefusesAsync("operator", "INSERT INTO model_events_outbox (id, handler) VALUES (1, '')");
    }

    /// <summary>What an administrator does, and a role that owns the tables: with the sections of the file that apply.</summary>
    private async Task SetUpAsync(Way way)
    {
        await GrantAsync("-- Before the first migration");
        if (way is Way.Wal or Way.Log)
            await GrantAsync("-- UsePostgreSqlWal(), before");

        using var setup = Start(way, "setup", options => options.Dispatcher.Enabled = false);
        await using (var scope = setup.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<ParcelContext>().Database.EnsureCreatedAsync(Token);
        if (way is Way.Wal or Way.Log)
            await setup.Services.GetRequiredService<IModelEventLog>().SetUpAsync(Token);

        await GrantAsync(way == Way.Portable ? "-- Capture<TContext>() alone" : "-- UsePostgreSql()");
        if (way == Way.Log)
            await GrantAsync("-- UsePostgreSqlWal(), besides");
        await _database.ExecuteAsync($"""GRANT SELECT, INSERT, UPDATE ON "Parcels" TO {Role("saver")}""");
    }

    private async Task GrantAsync(string section)
    {
        await using var file = typeof(RoleTests).Assembly.GetManifestResourceStream("roles.sql")!;
        using var reader = new StreamReader(file);
        var all = await reader.ReadToEndAsync(Token);
        var sql = all.Split("\n\n").Single(part => part.StartsWith(section, StringComparison.Ordinal))
            .Replace("DATABASE shop ", $"DATABASE {_database.Name} ", StringComparison.Ordinal);
        await _database.ExecuteAsync(Names.Aggregate(
            sql, (text, name) => text.Replace($"shop_{name}", Role(name), StringComparison.Ordinal)));
    }

    private IHost Start(Way way, string login, Action<ModelEventsOptions> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(new RecordedLog());
        var capture = builder.Services
            .AddModelEvents(options =>
            {
                options.ServiceName = _database.Name;
                options.Broker.Uri = TestServices.RabbitMq.ToString();
                options.Unroutable = UnroutableEvents.Park;
                options.Dispatcher.PollInterval = TimeSpan.FromMilliseconds(200);
                options.Model<Parcel>(model => model.Capture(way == Way.Log ? CaptureSource.Log : CaptureSource.Tracker));
                configure(options);
            })
            .Capture<ParcelContext>();
        if (way == Way.Packs)
            capture.UsePostgreSql().PublishToRabbitMq();
        else if (way != Way.Portable)
            capture.UsePostgreSqlWal().PublishToRabbitMq();
        else
            capture.PublishToRabbitMq();

        builder.Services.AddDbContext<ParcelContext>(options => options.UseNpgsql(Login(login)).AmongMany());
        return builder.Build();
    }

    private static async Task SaveAsync(IHost host)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<ParcelContext>();
        var parcel = new Parcel();
        context.Add(parcel);
        await context.SaveChangesAsync(Token);
        await using var transaction = await context.Database.BeginTransactionAsync(Token);
        parcel.Label = "b";
        await context.SaveChangesAsync(Token);
        await transaction.CommitAsync(Token);
    }

    /// <summary>Asks as a save of a process that does not dispatch does.</summary>
    private static async Task<bool> SeesWhoReadsAsync(IHost host)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<ParcelContext>();
        await context.Database.OpenConnectionAsync(Token);
        var outbox = (IDatabaseOutbox)host.Services.GetRequiredKeyedService<IOutbox>(typeof(ParcelContext));
        using var look = new LeaderLook(outbox.SignQuery(context), outbox.IsSignChanging, connection: null);
        return await look.RunAsync(context, isFirst: true, Token);
    }

    private static async Task<(long Waiting, long Parked)> CountAsync(IOutboxReader outbox)
    {
        var status = await outbox.GetStatusAsync(Token);
        return (status.Waiting, status.Parked);
    }

    private async Task RefusesAsync(string login, string sql)
    {
        await using var source = NpgsqlDataSource.Create(Login(login));
        await using var command = source.CreateCommand(sql);
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Token));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    private string Role(string name) => $"{name}_{_database.Name}";

    private string Login(string name) => new NpgsqlConnectionStringBuilder(_database.ConnectionString)
    {
        Username = Role(name),
        Password = "secret",
    }.ConnectionString;
}
