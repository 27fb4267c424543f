using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.Tests.Wal;
using ModelEvents.TestWorker;

namespace ModelEvents.Tests.LogReading;

/// <summary>Who wrote what is captured from the log.</summary>
public sealed class OriginTests : IAsyncLifetime
{
    private readonly TestDatabase _database = new();
    private RabbitQueue _queue = null!;
    private WalHost _host = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        _queue = await RabbitQueue.BindAsync($"{_database.Name}.events");
        _host = await WalHost.StartAsync(_database, options =>
        {
            options.Capture = CaptureSource.Log;
            options.Wal.SetUp = true;
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _queue.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_transaction_tells_it_for_saves_and_for_statements_past_EF_Core()
    {
        await using var scope = _host.Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<ParcelContext>();
        await using (var transaction = await context.Database.BeginTransactionAsync(Token))
        {
            await context.SetModelEventsOriginAsync("import 42", Token);
            context.Add(new Parcel());
            await context.SaveChangesAsync(Token);
            await context.Parcels.ExecuteUpdateAsync(parcel => parcel.SetProperty(one => one.Step, 1), Token);
            await transaction.CommitAsync(Token);
        }

        context.Add(new Parcel());
        await context.SaveChangesAsync(Token);

        Assert.Equal([null, "import 42", "import 42"], await OriginsAsync(3));
    }

    [Fact]
    public async Task An_ambient_transaction_tells_it_too()
    {
        using (var ambient = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await using var scope = _host.Services.CreateAsyncScope();
            var context = scope.ServiceProvider.GetRequiredService<ParcelContext>();
            context.Database.OpenConnection();
            context.SetModelEventsOrigin("night run");
            context.Add(new Parcel());
            await context.SaveChangesAsync(Token);
            ambient.Complete();
        }

        Assert.Equal(["night run"], await OriginsAsync(1));
    }

    [Fact]
    public async Task Without_a_transaction_it_is_refused()
    {
        await using var scope = _host.Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<ParcelContext>();

        var refusal = Assert.Throws<InvalidOperationException>(() => context.SetModelEventsOrigin("import 42"));

        Assert.Contains("'import 42' is of no transaction", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => context.SetModelEventsOrigin(" "));
    }

    private async Task<IEnumerable<string?>> OriginsAsync(int count) =>
        (await _queue.WaitForAsync(count)).Select(delivery => delivery.Header(EventHeaders.Origin)).Order();
}
