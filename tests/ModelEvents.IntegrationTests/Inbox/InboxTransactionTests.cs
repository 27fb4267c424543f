using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Consuming;
using ModelEvents.Outbox;
using ModelEvents.Tests.Capture;
using ModelEvents.Tests.Infrastructure;
using static ModelEvents.Tests.Inbox.ReceivedEvents;

namespace ModelEvents.Tests.Inbox;

/// <summary>The inbox beside what else uses the context's transaction.</summary>
public sealed class InboxTransactionTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_retrying_execution_strategy_handles_the_event_once(bool failsAtCommit)
    {
        await using var service = BillingService.Create(database, register: services =>
            services.AddDbContext<BillingContext>(options => options
                .UseNpgsql(database.ConnectionString, npgsql => npgsql.ExecutionStrategy(d => new RetryOnce(d))).AmongMany()
                .AddInterceptors(failsAtCommit ? [new TransientFault(atCommit: true)] : [])));
        await CreateTablesAsync();
        var run = 0;

        var outcome = await service.DeliverAsync(Received(), async (context, token) =>
        {
            context.Add(new Bill { Text = $"retried {failsAtCommit}, run {++run}" });
            if (!failsAtCommit && run == 1)
                throw new TransientException();
            await context.SaveChangesAsync(token);
        });

        Assert.Equal((InboxOutcome.Handled, 2), (outcome, run));
        Assert.Equal([$"retried {failsAtCommit}, run 2"], await service.BillsAsync($"retried {failsAtCommit}"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_transaction_that_is_open_already_decides(bool commits)
    {
        await using var service = await BillingService.Create(database).CreatedAsync();
        var received = Received(name: $"joined {commits}");

        await using (var scope = service.Services.CreateAsyncScope())
        {
            var context = scope.ServiceProvider.GetRequiredService<BillingContext>();
            await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);
            Assert.Equal(InboxOutcome.Handled, await HandleAsync(scope, received, context));
            Assert.Equal(InboxOutcome.Duplicate, await HandleAsync(scope, received, context));
            await (commits ? transaction.CommitAsync(Cancellation) : transaction.RollbackAsync(Cancellation));
        }

        Assert.Equal(
            commits ? InboxOutcome.Duplicate : InboxOutcome.Handled, await service.BillAsync(received));
        Assert.Equal([received.Name], await service.BillsAsync(received.Name));
    }

    [Fact]
    public async Task An_open_transaction_survives_a_delivery_that_another_one_was_ahead_of()
    {
        await using var service = await BillingService.Create(database).CreatedAsync();
        var received = Received(name: "ahead");
        var (entered, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var ahead = service.DeliverAsync(received, async (context, token) =>
        {
            await BillingService.AddBillAsync(context, "ahead", token);
            entered.SetResult();
            await release.Task;
        });
        await entered.Task;

        await using var scope = service.Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<BillingContext>();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);
        await BillingService.AddBillAsync(context, "ahead: other work", Cancellation);
        var behind = HandleAsync(scope, received, context);
        await database.SomeoneWaitsAsync();
        release.SetResult();

        Assert.Equal((InboxOutcome.Handled, InboxOutcome.Duplicate), (await ahead, await behind));
        await transaction.CommitAsync(Cancellation);
        Assert.Equal(["ahead", "ahead: other work"], await service.BillsAsync("ahead"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_ambient_transaction_decides(bool completes)
    {
        await using var service = await BillingService.Create(database).CreatedAsync();
        var received = Received(name: $"ambient {completes}");

        using (var ambient = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            Assert.Equal(InboxOutcome.Handled, await service.BillAsync(received));
            if (completes)
                ambient.Complete();
        }

        Assert.Equal(completes ? [received.Name] : [], await service.BillsAsync(received.Name));
        Assert.Equal(
            completes ? InboxOutcome.Duplicate : InboxOutcome.Handled, await service.BillAsync(received));
    }

    [Fact]
    public async Task A_connection_that_breaks_before_the_commit_leaves_nothing()
    {
        await using var service = await BillingService.Create(database).CreatedAsync();
        var received = Received(name: "broken");

        await Assert.ThrowsAnyAsync<Exception>(() => service.DeliverAsync(received, async (context, token) =>
        {
            await BillingService.AddBillAsync(context, "broken", token);
            var process = await context.Database
                .SqlQuery<int>($"SELECT pg_backend_pid() AS \"Value\"").SingleAsync(token);
            await database.ScalarAsync<bool>($"SELECT pg_terminate_backend({process})");
        }));

        Assert.Empty(await service.BillsAsync("broken"));
        Assert.Equal(InboxOutcome.Handled, await service.BillAsync(received));
        Assert.Equal(["broken"], await service.BillsAsync("broken"));
    }

    [Fact]
    public async Task A_delivery_in_an_open_transaction_whose_session_has_ended_is_refused_and_handled_when_it_comes_again()
    {
        await using var service = await BillingService.Create(database).CreatedAsync();
        var received = Received(name: "ended");

        await using (var scope = service.Services.CreateAsyncScope())
        {
            var context = scope.ServiceProvider.GetRequiredService<BillingContext>();
            await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);
            await Assert.ThrowsAnyAsync<Exception>(() => context.Database.ExecuteSqlRawAsync(
                "SELECT pg_terminate_backend(pg_backend_pid())", Cancellation));
            await Assert.ThrowsAsync<DbUpdateException>(() => HandleAsync(scope, received, context));
        }

        Assert.Empty(await service.BillsAsync("ended"));
        Assert.Equal(InboxOutcome.Handled, await service.BillAsync(received));
    }

    [Fact]
    public async Task Pooled_contexts_carry_nothing_over()
    {
        await using var service = BillingService.Create(database, register: services =>
            services.AddDbContextPool<BillingContext>(options => options.UseNpgsql(database.ConnectionString).AmongMany(), 1));
        await CreateTablesAsync();
        var received = Received(name: "pooled");

        await Assert.ThrowsAsync<InvalidOperationException>(() => service.DeliverAsync(received, (context, _) =>
        {
            context.Add(new Bill { Text = "pooled, never saved" });
            throw new InvalidOperationException("Fails.");
        }));
        var second = await service.BillAsync(received);
        var third = await service.BillAsync(received);

        Assert.Equal((InboxOutcome.Handled, InboxOutcome.Duplicate), (second, third));
        Assert.Equal(["pooled"], await service.BillsAsync("pooled"));
    }

    [Fact]
    public async Task A_consumer_that_publishes_does_so_in_the_same_transaction_and_publishes_nothing_of_the_inbox()
    {
        await using var other = await TestDatabase.CreateAsync();
        await using var service = await BillingService.Create(
            other,
            inbox => inbox.DropStale = true,
            services => services
                .AddDbContext<BillingContext>(options => options.UseNpgsql(other.ConnectionString).AmongMany())
                .AddModelEvents(options =>
                {
                    options.ServiceName = "billing";
                    options.Model<Bill>();
                })
                .Capture<BillingContext>().UsePostgreSql()).CreatedAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => service.DeliverAsync(Received(1), async (context, token) =>
        {
            await BillingService.AddBillAsync(context, "failed", token);
            throw new InvalidOperationException("Fails.");
        }));
        await service.BillAsync(Received(2), "handled");
        await service.BillAsync(Received(1), "stale");

        await using var session = await service.Services.GetRequiredService<IOutboxReader>().OpenAsync(Cancellation);
        var published = Assert.Single(await session.ClaimAsync(LaneSlice.All, 100, Cancellation)).Event;
        Assert.Equal("bill__created", published.Name);
        Assert.Contains("handled", System.Text.Encoding.UTF8.GetString(published.Body.Span), StringComparison.Ordinal);
        Assert.Empty(service.Log.Lines(2000));
    }

    private static Task<InboxOutcome> HandleAsync(
        AsyncServiceScope scope, ReceivedEvent received, BillingContext context) =>
        BillingService.InboxOf(scope.ServiceProvider).HandleAsync(
            new InboxMessage("billing", received),
            token => BillingService.AddBillAsync(context, received.Name, token),
            Cancellation);

    private async Task CreateTablesAsync()
    {
        await using var service = await BillingService.Create(database).CreatedAsync();
    }
}
