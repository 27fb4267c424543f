using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Capture;
using ModelEvents.Tests.Receivers.Pizzeria;

namespace ModelEvents.Tests.Receivers;

/// <summary>Receivers and the transaction that they are called in.</summary>
public abstract partial class TransactionContract<TFixture>(TFixture fixture) : IClassFixture<TFixture>
    where TFixture : RelationalPizzeria
{
    private static readonly ReceiverOptions Robust = new() { Id = "robust", Mode = SendMode.SendRobust };

    protected TFixture Fixture => fixture;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_receiver_after_a_save_is_called_before_the_commit()
    {
        var pizzeria = await fixture.CreateAsync();
        var table = $"{Guid.CreateVersion7()}";
        var seen = new List<(bool Inside, bool Outside)>();
        pizzeria.Receivers.AfterSave<Bill>(async (bill, save, cancellation) =>
        {
            await using var other = pizzeria.NewContext();
            seen.Add((
                await ((PizzeriaContext)save.Using).Bills.AsNoTracking().AnyAsync(b => b.Table == table, cancellation),
                await other.Bills.AnyAsync(b => b.Table == table, cancellation)));
            Assert.NotNull(save.Database.CurrentTransaction);
        });
        await using var context = pizzeria.NewContext();

        context.Add(new Bill { Table = table });
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal([(true, false)], seen);
    }

    [Fact]
    public async Task A_failure_inside_of_a_save_fails_it_whatever_a_receiver_makes_of_it()
    {
        var pizzeria = await fixture.CreateAsync();
        pizzeria.Receivers.AfterSave<Note>((_, _, _) => throw new FormatException("refused inside"));
        pizzeria.Receivers.AfterSave<Bill>(
            async (_, save, cancellation) =>
            {
                save.Using.Add(new Note { Text = "refused" });
                await save.Using.SaveChangesAsync(cancellation);
            },
            Robust);
        await using var context = pizzeria.NewContext();
        context.Add(new Bill());

        var failure = await Assert.ThrowsAsync<FormatException>(() => context.SaveChangesAsync(Cancellation));

        Assert.Equal("refused inside", failure.Message);
        Assert.Empty(await pizzeria.TakeEventsAsync());
        Assert.False(await context.Notes.AnyAsync(n => n.Text == "refused", Cancellation));
    }

    [Fact]
    public async Task A_failed_statement_inside_of_a_save_does_not_fail_it_if_it_is_received_robustly()
    {
        var pizzeria = await fixture.CreateAsync();
        pizzeria.Receivers.AfterSave<Bill>(
            async (_, save, cancellation) =>
            {
                save.Using.Add(new LineNote { LineId = -5, Text = "of no line" });
                await save.Using.SaveChangesAsync(cancellation);
            },
            Robust);
        await using var context = pizzeria.NewContext();

        context.Add(new Bill());
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["bill__created"], await pizzeria.TakeNamesAsync());
        Assert.IsType<DbUpdateException>(Assert.Single(context.ReceiverFailures()).Exception);
    }

    [Fact]
    public async Task A_receiver_that_spoils_the_transaction_fails_the_save_and_is_named()
    {
        var pizzeria = await fixture.CreateAsync();
        pizzeria.Receivers.AfterSave<Bill>(
            (_, save, cancellation) => save.Database.ExecuteSqlRawAsync("SELECT 1/0", cancellation), Robust);
        await using var context = pizzeria.NewContext();
        context.Add(new Bill { Table = "spoilt" });

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => context.SaveChangesAsync(Cancellation));

        Assert.StartsWith(
            "The receiver 'robust' has failed and left the transaction of the save unusable",
            failure.Message,
            StringComparison.Ordinal);
        Assert.Empty(await pizzeria.TakeEventsAsync());
        Assert.False(await context.Bills.AnyAsync(b => b.Table == "spoilt", Cancellation));
    }

    [Fact]
    public async Task Own_events_of_receivers_go_with_the_save()
    {
        var pizzeria = await fixture.CreateAsync();
        var events = pizzeria.Services.CreateScope().ServiceProvider.GetRequiredService<IModelEvents>();
        pizzeria.Receivers.BeforeSave<Bill>((_, save, cancellation) =>
            events.OnContext(save.Using).TriggerAsync("bill.written", cancellationToken: cancellation));
        pizzeria.Receivers.AfterSave<Bill>((_, save, cancellation) =>
            events.OnContext(save.Using).TriggerAsync("bill.printed", cancellationToken: cancellation));
        await using var context = pizzeria.NewContext();
        context.Add(new Bill());

        using (pizzeria.Receivers.AfterSave<Bill>((_, _, _) => throw new FormatException("out of paper")))
            await Assert.ThrowsAsync<FormatException>(() => context.SaveChangesAsync(Cancellation));
        var afterFailure = await pizzeria.TakeEventsAsync();
        await context.SaveChangesAsync(Cancellation);

        Assert.Empty(afterFailure);
        Assert.Equal(
            ["bill.printed", "bill.written", "bill__created"],
            (await pizzeria.TakeNamesAsync()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Events_are_told_when_they_are_enqueued_with_the_keys_that_the_database_generates()
    {
        var onlooker = new Onlooker();
        var pizzeria = await fixture.CreateAsync(
            services => services.AddModelReceiver<Onlooker>().AddSingleton(onlooker));
        await using var context = pizzeria.NewContext();
        var pasta = new Pasta();
        context.Add(pasta);
        await context.SaveChangesAsync(Cancellation);
        await pizzeria.Services.CreateScope().ServiceProvider.GetRequiredService<IModelEvents>()
            .TriggerAsync("kitchen.closed", cancellationToken: Cancellation);

        Assert.Equal(["dish__created", "kitchen.closed"], onlooker.Enqueued.Select(e => e.Name));
        Assert.Equal($"{pasta.Id}", onlooker.Enqueued[0].Key);
        Assert.Equal((await pizzeria.TakeEventsAsync()).Select(e => e.Id), onlooker.Enqueued.Select(e => e.Id));
    }

    private sealed class Onlooker : IEventEnqueued
    {
        public List<ModelEvent> Enqueued { get; } = [];

        public void EventEnqueued(ModelEvent enqueued) => Enqueued.Add(enqueued);
    }
}

public sealed class PostgreSqlTransactionTests(PostgreSqlPizzeria fixture) : TransactionContract<PostgreSqlPizzeria>(fixture)
{
    [Fact]
    public async Task A_save_that_no_receiver_concerns_stays_a_single_statement()
    {
        var counter = new TransactionCounter();
        var pizzeria = await Fixture.CreateAsync(interceptors: [counter]);
        pizzeria.Receivers.AfterSave<Bill>((_, _, _) => Task.CompletedTask);
        pizzeria.Receivers.BeforeSave<Pasta>((_, _, _) => Task.CompletedTask);
        await using var context = pizzeria.NewContext();

        context.Add(new Pasta());
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        var ofPasta = counter.Count;
        context.Add(new Bill());
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);

        Assert.Equal((0, 1), (ofPasta, counter.Count));
        Assert.Equal(["dish__created", "bill__created"], await pizzeria.TakeNamesAsync());
    }
}

public sealed class WalTransactionTests(WalPizzeria fixture) : TransactionContract<WalPizzeria>(fixture);

public sealed class TableTransactionTests(TablePizzeria fixture) : TransactionContract<TablePizzeria>(fixture);

public sealed class DirectTransactionTests(DirectPizzeria fixture) : TransactionContract<DirectPizzeria>(fixture)
{
    /// <summary>What waits in memory is not told of a commit that another context makes.</summary>
    protected override string[] EventsOfTwoContexts => ["bill__created"];
}
