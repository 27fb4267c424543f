using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Capture.Store;
using ModelEvents.Tests.Infrastructure;
using Npgsql;

namespace ModelEvents.Tests.Capture;

/// <summary>Statements that write events, and the others of their saves, prepared where they can be used again.</summary>
public abstract class PreparationContract<TFixture>(TFixture fixture) : IClassFixture<TFixture>
    where TFixture : CaptureFixture
{
    private const string InsertOfSetting = "INSERT INTO \"Settings\"";

    /// <summary>What is in the text of a statement that writes an event, as it is where rows are written.</summary>
    protected abstract string Mark { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rows_statement_is_prepared_once_it_came_again_and_again()
    {
        var store = CreateStore("often");
        await using var context = store.NewContext();

        var truck = new Truck { Plate = "P" };
        context.Add(truck);
        await context.SaveChangesAsync(Cancellation);

        await ChangeAsync(times: 4);
        Assert.DoesNotContain(await PreparedAsync(context), IsUpdate);

        await ChangeAsync(times: 4);
        Assert.Single(await PreparedAsync(context), IsUpdate);
        Assert.Equal(9, (await store.TakeEventsAsync()).Count);

        // A statement that no other test has.
        async Task ChangeAsync(int times)
        {
            for (var time = 0; time < times; time++)
            {
                (truck.Plate, truck.Axles) = ($"{truck.Plate}P", truck.Axles + 1);
                await context.SaveChangesAsync(Cancellation);
            }
        }

        static bool IsUpdate(string statement) => statement.Contains("UPDATE", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_synchronous_save_prepares_too()
    {
        var store = CreateStore("sync");
        await using var context = store.NewContext();

        for (var number = 0; number < 8; number++)
        {
            context.Add(new Setting { Key = $"{Guid.CreateVersion7()}" });
            Assert.Equal(1, context.SaveChanges());
        }

        context.AddRange(TwoSettings());
        Assert.Equal(2, context.SaveChanges());

        Assert.Equal(2, (await PreparedAsync(context)).Count);
        Assert.Equal(10, (await store.TakeEventsAsync()).Count);
    }

    [Fact]
    public async Task The_statement_before_the_commit_is_prepared_at_once()
    {
        var store = CreateStore("commit");
        await using var context = store.NewContext();

        context.AddRange(TwoSettings());
        await context.SaveChangesAsync(Cancellation);

        Assert.Single(await PreparedAsync(context));
        Assert.Equal(2, (await store.TakeEventsAsync()).Count);
    }

    [Fact]
    public async Task The_statements_of_several_rows_are_prepared_once_they_came_again_and_again()
    {
        var store = CreateStore("several");
        await using var context = store.NewContext();

        await SaveTogetherAsync(context, counts: [2, 3, 4, 5]);
        Assert.DoesNotContain(await PreparedAsync(context, InsertOfSetting), IsOfRowAlone);

        await SaveTogetherAsync(context, counts: [6, 7, 30]);
        Assert.Single(await PreparedAsync(context, InsertOfSetting), IsOfRowAlone);
        Assert.Equal(57, (await store.TakeEventsAsync()).Count);
    }

    [Fact]
    public async Task A_row_in_the_users_transaction_is_prepared_too()
    {
        var store = CreateStore("transaction");
        await using var context = store.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);

        await SaveOneByOneAsync(context, 8);

        Assert.Single(await PreparedAsync(context, InsertOfSetting), IsOfRowAlone);
        await transaction.CommitAsync(Cancellation);
        Assert.Equal(8, (await store.TakeEventsAsync()).Count);
    }

    [Fact]
    public async Task A_save_with_a_statement_that_is_new_is_not_prepared()
    {
        var store = CreateStore("new");
        await using var context = store.NewContext();
        await SaveTogetherAsync(context, counts: [2, 2, 2]);

        context.AddRange(TwoSettings());
        context.Add(new Truck { Plate = $"{Guid.CreateVersion7()}" });
        await context.SaveChangesAsync(Cancellation);

        Assert.DoesNotContain(await PreparedAsync(context, InsertOfSetting), IsOfRowAlone);
        Assert.Equal(9, (await store.TakeEventsAsync()).Count);
    }

    [Fact]
    public async Task Behind_a_pooler_whose_sessions_are_not_the_servers_nothing_is_prepared()
    {
        await using var pooler = new PoolerProxy(fixture.ConnectionString);
        var store = CreateStore("pooler", pooler.ConnectionString);
        await using var context = store.NewContext();

        await SaveOneByOneAsync(context, 8);
        await SaveTogetherAsync(context, counts: [2, 2, 2, 2, 2, 2, 2, 2]);

        Assert.Empty(await PreparedAsync(context, ""));
        Assert.Equal(24, (await fixture.CreateStore().TakeEventsAsync()).Count);
    }

    [Fact]
    public async Task Without_the_drivers_pool_nothing_is_prepared()
    {
        var unpooled = new NpgsqlConnectionStringBuilder(fixture.ConnectionString) { Pooling = false };
        var store = CreateStore("unpooled", unpooled.ConnectionString);
        await using var context = store.NewContext();
        await context.Database.OpenConnectionAsync(Cancellation);

        await SaveOneByOneAsync(context, 8);

        Assert.Empty(await PreparedAsync(context));
        Assert.Equal(8, (await store.TakeEventsAsync()).Count);
    }

    [Fact]
    public async Task Nothing_is_prepared_where_that_is_switched_off()
    {
        var store = CreateStore("off", configure: options => options.Outbox.Prepare = false);
        await using var context = store.NewContext();

        await SaveOneByOneAsync(context, 8);
        await SaveTogetherAsync(context, counts: [2, 2, 2, 2, 2, 2, 2, 2]);

        Assert.Empty(await PreparedAsync(context, ""));
        Assert.Equal(24, (await store.TakeEventsAsync()).Count);
    }

    [Fact]
    public async Task What_another_interceptor_makes_new_each_time_is_not_prepared()
    {
        var store = CreateStore("comments", before: [new Commenting()]);
        await using var context = store.NewContext();

        await SaveOneByOneAsync(context, 8);
        await SaveTogetherAsync(context, counts: [2, 2, 2, 2, 2, 2, 2, 2]);

        Assert.DoesNotContain(await PreparedAsync(context, InsertOfSetting), IsOfRowAlone);
        Assert.DoesNotContain(await PreparedAsync(context), text => text.Contains("--", StringComparison.Ordinal));
        Assert.Equal(24, (await store.TakeEventsAsync()).Count);
    }

    [Fact]
    public async Task A_table_may_change_between_saves_that_are_prepared()
    {
        var store = CreateStore("altered");
        await using var context = store.NewContext();
        await SaveOneByOneAsync(context, 8);
        await SaveTogetherAsync(context, counts: [2, 2, 2, 2, 2, 2, 2, 2]);

        await context.Database.ExecuteSqlAsync(
            $"""ALTER TABLE "Settings" ADD COLUMN extra text; ALTER TABLE "Settings" ALTER "Value" TYPE varchar(900)""",
            Cancellation);
        await SaveOneByOneAsync(context, 2);
        await SaveTogetherAsync(context, counts: [2]);

        Assert.Equal(28, (await store.TakeEventsAsync()).Count);
    }

    [Theory]
    [InlineData("DISCARD ALL", true)]
    [InlineData("DEALLOCATE ALL", false)]
    public async Task Where_prepared_statements_were_discarded_one_save_fails_and_none_after(string sql, bool isAsync)
    {
        var store = CreateStore(sql);
        await using var context = store.NewContext();
        await context.Database.OpenConnectionAsync(Cancellation);
        await SaveOneByOneAsync(context, 8);
        await SaveTogetherAsync(context, [2, 2, 2, 2, 2, 2, 2, 2]);
        await context.Database.ExecuteSqlRawAsync(sql, Cancellation);

        context.AddRange(TwoSettings());
        var failure = await Assert.ThrowsAnyAsync<Exception>(async () =>
            _ = isAsync ? await context.SaveChangesAsync(Cancellation) : context.SaveChanges());
        Assert.Equal("26000", Assert.IsType<PostgresException>(failure.GetBaseException()).SqlState);
        Assert.Equal(2, await context.SaveChangesAsync(Cancellation));

        await SaveAgainAsync(store, context);
        Assert.Equal(24 + 2 + 28, (await store.TakeEventsAsync()).Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_a_columns_type_changes_one_save_fails_and_none_after(bool isInTransaction)
    {
        var store = CreateStore($"type {isInTransaction}");
        await using var context = store.NewContext();
        await context.Database.OpenConnectionAsync(Cancellation);
        for (var number = 0; number < 8; number++)
            Assert.Null(await SaveTruckAsync());

        await context.Database.ExecuteSqlAsync($"""ALTER TABLE "Vehicles" ALTER COLUMN "Id" TYPE bigint""", Cancellation);
        try
        {
            Assert.Equal("0A000", (await SaveTruckAsync())?.SqlState);
            context.ChangeTracker.Clear();
            Assert.Null(await SaveTruckAsync());
            await SaveAgainAsync(store, context);
            Assert.Equal(9 + 28, (await store.TakeEventsAsync()).Count);
        }
        finally
        {
            await context.Database.ExecuteSqlAsync($"""ALTER TABLE "Vehicles" ALTER COLUMN "Id" TYPE int""", Cancellation);
        }

        async Task<PostgresException?> SaveTruckAsync()
        {
            await using var transaction = isInTransaction ? await context.Database.BeginTransactionAsync(Cancellation) : null;
            context.Add(new Truck { Plate = $"{Guid.CreateVersion7()}" });
            var failure = await Record.ExceptionAsync(() => context.SaveChangesAsync(Cancellation));
            if (failure is null && transaction is not null)
                await transaction.CommitAsync(Cancellation);
            return (PostgresException?)failure?.GetBaseException();
        }
    }

    /// <summary>Saves 28 settings, on two connections, where nothing is prepared.</summary>
    private static async Task SaveAgainAsync(CapturedStore store, StoreContext context)
    {
        await using var other = store.NewContext();
        foreach (var one in new[] { context, other })
        {
            await SaveOneByOneAsync(one, 6);
            await SaveTogetherAsync(one, [2, 2, 2, 2]);
        }

        Assert.Empty(await PreparedAsync(other, ""));
    }

    /// <summary>A store on a single connection of its own, where prepared statements can be looked at.</summary>
    private CapturedStore CreateStore(
        string name,
        string? connectionString = null,
        Action<ModelEventsOptions>? configure = null,
        IInterceptor[]? before = null)
    {
        var own = new NpgsqlConnectionStringBuilder(connectionString ?? fixture.ConnectionString)
        {
            ApplicationName = $"{name} {GetType().Name}",
        };
        return fixture.CreateStore(
            configure,
            register: services => services.AddDbContext<StoreContext>(options =>
                options.UseNpgsql(own.ConnectionString).AmongMany()),
            before: before);
    }

    private static async Task SaveOneByOneAsync(StoreContext context, int count)
    {
        for (var number = 0; number < count; number++)
        {
            context.Add(new Setting { Key = $"{Guid.CreateVersion7()}" });
            Assert.Equal(1, await context.SaveChangesAsync(Cancellation));
        }
    }

    private static async Task SaveTogetherAsync(StoreContext context, int[] counts)
    {
        foreach (var count in counts)
        {
            context.AddRange(Enumerable.Range(0, count).Select(_ => new Setting { Key = $"{Guid.CreateVersion7()}" }));
            Assert.Equal(count, await context.SaveChangesAsync(Cancellation));
        }
    }

    private static Setting[] TwoSettings() =>
        [new Setting { Key = $"{Guid.CreateVersion7()}" }, new Setting { Key = $"{Guid.CreateVersion7()}" }];

    private bool IsOfRowAlone(string statement) => !statement.Contains(Mark, StringComparison.Ordinal);

    private Task<List<string>> PreparedAsync(StoreContext context) => PreparedAsync(context, Mark);

    private static async Task<List<string>> PreparedAsync(StoreContext context, string mark) => await context.Database
        .SqlQuery<string>($"SELECT statement AS \"Value\" FROM pg_prepared_statements WHERE strpos(statement, {mark}) > 0")
        .ToListAsync(Cancellation);

    private sealed class Commenting : DbCommandInterceptor
    {
        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command,
            CommandEventData eventData,
            InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default)
        {
            if (eventData.CommandSource == CommandSource.SaveChanges)
                command.CommandText += $"-- {Guid.CreateVersion7()}";
            return new(result);
        }
    }
}
