using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using ModelEvents.Capture;
using ModelEvents.Tests.Receivers.Pizzeria;

namespace ModelEvents.Tests.Receivers;

/// <summary>Concurrency conflicts, which EF Core does not report to interceptors as failed saves.</summary>
public abstract class ConflictContract<TFixture>(TFixture fixture) : IClassFixture<TFixture>
    where TFixture : PizzeriaFixture
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_save_that_fails_by_a_conflict_has_ended(bool isAsync)
    {
        var pizzeria = await fixture.CreateAsync();
        pizzeria.Receivers.AfterSave<Note>((_, _, _) => Task.CompletedTask);
        await using var context = pizzeria.NewContext();
        context.Update(new Note { Id = 4711, Text = "nobody has it" });

        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(
            () => isAsync ? context.SaveChangesAsync(Cancellation) : Task.FromResult(context.SaveChanges()));

        Assert.Null(context.GetService<ContextState>().Save);
        Assert.Equal(AutoTransactionBehavior.WhenNeeded, context.Database.AutoTransactionBehavior);
    }

    [Fact]
    public async Task A_conflict_inside_of_a_save_that_a_receiver_resolves_ends_there()
    {
        var pizzeria = await fixture.CreateAsync();
        var told = new List<string>();
        pizzeria.Receivers.AfterSave<Bill>(async (bill, save, cancellation) =>
        {
            told.Add(save.Created ? "created" : "updated");
            if (!save.Created)
                return;

            bill.Total = 5;
            var gone = save.Using.Update(new Note { Id = 4712, Text = "nobody has it" });
            await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => save.Using.SaveChangesAsync(cancellation));
            gone.State = EntityState.Detached;
            await save.Using.SaveChangesAsync(cancellation);
        });
        await using var context = pizzeria.NewContext();
        var created = new Bill { Table = "conflict inside" };

        context.Add(created);
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["created", "updated"], told);
        Assert.Equal(["bill__created", "bill__updated"], await pizzeria.TakeNamesAsync());
        Assert.Equal(5, (await context.Bills.AsNoTracking().SingleAsync(b => b.Id == created.Id, Cancellation)).Total);
        Assert.False(context.ChangeTracker.HasChanges());
    }
}

public sealed class PostgreSqlConflictTests(PostgreSqlPizzeria fixture) : ConflictContract<PostgreSqlPizzeria>(fixture);

public sealed class WalConflictTests(WalPizzeria fixture) : ConflictContract<WalPizzeria>(fixture);

public sealed class TableConflictTests(TablePizzeria fixture) : ConflictContract<TablePizzeria>(fixture);

public sealed class InMemoryConflictTests(InMemoryPizzeria fixture) : ConflictContract<InMemoryPizzeria>(fixture);
