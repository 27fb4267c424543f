using Microsoft.EntityFrameworkCore;
using ModelEvents.Tests.Receivers.Pizzeria;

namespace ModelEvents.Tests.Receivers;

/// <summary>Delegates that come and go while something is saved.</summary>
public abstract partial class SaveContract<TFixture>
{
    [Fact]
    public async Task A_delegate_that_disconnects_itself_is_not_called_for_the_rest_of_the_save()
    {
        var pizzeria = await fixture.CreateAsync();
        var told = new List<Bill>();
        IDisposable? connection = null;
        connection = pizzeria.Receivers.AfterSave<Bill>((bill, _, _) =>
        {
            connection!.Dispose();
            return Told(told, bill);
        });
        await using var context = pizzeria.NewContext();

        context.AddRange(new Bill(), new Bill());
        await context.SaveChangesAsync(Cancellation);

        Assert.Single(told);
    }

    [Fact]
    public async Task A_delegate_that_a_receiver_connects_is_called_from_the_next_save_on()
    {
        var pizzeria = await fixture.CreateAsync();
        var told = new List<string>();
        pizzeria.Receivers.BeforeSave<Bill>(
            (bill, _, _) =>
            {
                pizzeria.Receivers.AfterSave<Bill>(
                    (saved, _, _) => Told(told, saved.Table), new ReceiverOptions { Id = "connected meanwhile" });
                return Task.CompletedTask;
            });
        await using var context = pizzeria.NewContext();

        context.Add(new Bill { Table = "first" });
        await context.SaveChangesAsync(Cancellation);
        context.Add(new Bill { Table = "second" });
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["second"], told);
    }

    [Fact]
    public async Task Delegates_come_and_go_while_other_threads_save()
    {
        var pizzeria = await fixture.CreateAsync();
        var (told, saving) = (0, 4);
        pizzeria.Receivers.AfterSave<Note>((_, _, _) => Task.FromResult(Interlocked.Increment(ref told)));

        var savers = Enumerable.Range(0, saving).Select(_ => Task.Run(SaveAsync, Cancellation)).ToList();
        while (Volatile.Read(ref saving) > 0)
            pizzeria.Receivers.BeforeSave<Note>((_, _, _) => Task.CompletedTask).Dispose();
        await Task.WhenAll(savers);

        Assert.Equal(100, told);

        async Task SaveAsync()
        {
            try
            {
                await using var context = pizzeria.NewContext();
                for (var save = 0; save < 25; save++)
                {
                    context.Add(new Note());
                    await context.SaveChangesAsync(Cancellation);
                }
            }
            finally
            {
                Interlocked.Decrement(ref saving);
            }
        }
    }

    [Fact]
    public async Task A_delegate_that_was_disconnected_is_held_by_nobody()
    {
        var pizzeria = await fixture.CreateAsync();

        var target = await ReceiveOnceAsync(pizzeria);

        await Infrastructure.Eventually.TrueAsync(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return !target.IsAlive;
            },
            () => "the delegate's target is alive");
    }

    private static async Task<WeakReference> ReceiveOnceAsync(TestPizzeria pizzeria)
    {
        var told = new List<Note>();
        using (pizzeria.Receivers.AfterSave<Note>((note, _, _) => Told(told, note)))
        {
            await using var context = pizzeria.NewContext();
            context.Add(new Note());
            await context.SaveChangesAsync(Cancellation);
        }

        Assert.Single(told);
        return new WeakReference(told);
    }
}
