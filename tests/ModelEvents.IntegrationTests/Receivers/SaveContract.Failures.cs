using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using ModelEvents.Tests.Receivers.Pizzeria;

namespace ModelEvents.Tests.Receivers;

public abstract partial class SaveContract<TFixture>
{
    [Fact]
    public async Task A_receiver_that_throws_before_a_save_stops_it_and_it_can_be_made_again()
    {
        var pizzeria = await fixture.CreateAsync();
        await using var context = pizzeria.NewContext();
        var name = $"stopped {Guid.CreateVersion7()}";
        context.Add(new Guest { Name = name });

        using (pizzeria.Receivers.BeforeSave<Guest>((_, _, _) => throw new FormatException("no such guest")))
            await Assert.ThrowsAsync<FormatException>(() => context.SaveChangesAsync(Cancellation));
        var afterRefusal = await context.Guests.CountAsync(g => g.Name == name, Cancellation);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(0, afterRefusal);
        Assert.Equal(["guest__created"], await pizzeria.TakeNamesAsync());
    }

    [Fact]
    public async Task A_receiver_that_waits_in_a_synchronous_save_is_told_how_to()
    {
        var pizzeria = await fixture.CreateAsync();
        var isCancelled = new TaskCompletionSource();
        pizzeria.Receivers.BeforeSave<Bill>(
            async (_, _, cancellation) =>
            {
                cancellation.Register(isCancelled.SetResult);
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            },
            new ReceiverOptions { Id = "the waiting one" });
        await using var context = pizzeria.NewContext();
        context.Add(new Bill());

        var failure = Assert.Throws<InvalidOperationException>(() => context.SaveChanges());

        Assert.Equal(
            "The receiver 'the waiting one' waits inside a synchronous save, which would block its thread. Call "
            + "'SaveChangesAsync', or let it use synchronous calls where 'IsAsync' is false.",
            failure.Message);
        await isCancelled.Task;
        Assert.Empty(await pizzeria.TakeEventsAsync());
    }

    [Fact]
    public async Task A_receiver_that_saves_what_it_is_called_for_ends_with_an_error_that_names_it()
    {
        var pizzeria = await fixture.CreateAsync();
        pizzeria.Receivers.AfterSave<Bill>(
            async (bill, save, cancellation) =>
            {
                bill.Total++;
                await save.Using.SaveChangesAsync(cancellation);
            },
            new ReceiverOptions { Id = "adder" });
        await using var context = pizzeria.NewContext();
        context.Add(new Bill { Table = "endless" });

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => context.SaveChangesAsync(Cancellation));

        Assert.Equal(
            $"Receivers have saved more than 10 times inside of each other: "
            + $"{string.Join(" > ", Enumerable.Repeat("'adder'", 11))}. Let a receiver save only what is not yet as it "
            + "should be: ask 'Created', 'HasChanged' or the values themselves before.",
            failure.Message);
    }

    [Fact]
    public async Task A_receiver_that_saves_what_it_is_called_for_with_contexts_of_its_own_ends_with_an_error_too()
    {
        var pizzeria = await fixture.CreateAsync();
        var calls = 0;
        pizzeria.Receivers.BeforeSave<Note>(async (_, _, cancellation) =>
        {
            calls++;
            await using var other = pizzeria.NewContext();
            other.Add(new Note { Text = "endless" });
            await other.SaveChangesAsync(cancellation);
        });
        await using var context = pizzeria.NewContext();
        context.Add(new Note { Text = "endless" });

        await Assert.ThrowsAsync<InvalidOperationException>(() => context.SaveChangesAsync(Cancellation));

        Assert.Equal(10, calls);
        Assert.False(await context.Notes.AnyAsync(n => n.Text == "endless", Cancellation));
    }

    [Fact]
    public async Task A_receiver_that_adds_to_every_save_what_it_is_called_for_ends_with_an_error_that_names_it()
    {
        var pizzeria = await fixture.CreateAsync();
        pizzeria.Receivers.BeforeSave<Note>(
            (_, save, _) =>
            {
                save.Using.Add(new Note());
                return Task.CompletedTask;
            },
            new ReceiverOptions { Id = "multiplier" });
        await using var context = pizzeria.NewContext();
        context.Add(new Note());

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => context.SaveChangesAsync(Cancellation));

        Assert.StartsWith(
            "Receivers have saved more than 10 times before a save, at last 'multiplier'.",
            failure.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_fails_robustly_is_collected_and_the_others_and_the_save_go_on()
    {
        var pizzeria = await fixture.CreateAsync();
        var told = new List<string>();
        var robust = new ReceiverOptions { Id = "robust", Mode = SendMode.SendRobust };
        pizzeria.Receivers.BeforeSave<Bill>((_, _, _) => throw new FormatException("before"), robust);
        pizzeria.Receivers.AfterSave<Bill>((_, _, _) => throw new FormatException("after"), robust);
        pizzeria.Receivers.AfterSave<Bill>((_, _, _) => Told(told, "the next one"));
        await using var context = pizzeria.NewContext();
        var bill = new Bill { Table = "robust" };

        context.Add(bill);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["the next one"], told);
        Assert.Equal(["bill__created"], await pizzeria.TakeNamesAsync());
        Assert.Equal(
            [("robust", bill, "before"), ("robust", bill, "after")],
            context.ReceiverFailures().Select(f => (f.Receiver, (Bill)f.Model, f.Exception.Message)));
    }

    [Fact]
    public async Task What_failed_robustly_is_that_of_the_last_save_also_after_one_that_another_interceptor_refused()
    {
        var refusal = new Refusal();
        var pizzeria = await fixture.CreateAsync(interceptors: [refusal]);
        pizzeria.Receivers.BeforeSave<Bill>(
            (_, _, _) => throw new FormatException("before"), new ReceiverOptions { Mode = SendMode.SendRobust });
        await using var context = pizzeria.NewContext();
        var bill = new Bill { Table = "refused once" };

        context.Add(bill);
        await Assert.ThrowsAsync<NotSupportedException>(() => context.SaveChangesAsync(Cancellation));
        refusal.IsOver = true;
        await context.SaveChangesAsync(Cancellation);

        Assert.Same(bill, Assert.Single(context.ReceiverFailures()).Model);
    }

    private sealed class Refusal : SaveChangesInterceptor
    {
        public bool IsOver { get; set; }

        public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
            DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
            IsOver ? new(result) : throw new NotSupportedException();
    }
}
