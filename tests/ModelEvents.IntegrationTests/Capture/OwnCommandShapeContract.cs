using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Outbox;
using ModelEvents.Tests.Capture.Shapes;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Capture;

/// <summary>Tables and mappings that shape the command which writes a row and its event.</summary>
public abstract class OwnCommandShapeContract : IAsyncLifetime
{
    private readonly TestDatabase _database = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        await using var provider = NewProvider();
        await using var context = provider.GetRequiredService<ShapesContext>();
        await context.Database.EnsureCreatedAsync(Cancellation);

        // Delivery from the log sets up its slot at a first start.
        Assert.Empty(await EventsAsync(provider));
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>What a log of the command of a created tag has, its parameters included.</summary>
    private protected abstract string Logged { get; }

    private protected abstract void UseOutbox<TContext>(CaptureBuilder<TContext> capture)
        where TContext : DbContext;

    [Fact]
    public async Task A_status_that_the_database_generates_names_the_event()
    {
        await using var provider = NewProvider();

        await SaveAsync(provider, new Ticket { Title = "a" });
        await SaveAsync(provider, new Letter { Title = "a" });

        Assert.Equal(["letter__sealed", "ticket__7"], (await EventsAsync(provider)).Select(e => e.Name).Order());
    }

    [Fact]
    public async Task A_status_that_the_database_computes_anew_names_the_event()
    {
        await using var provider = NewProvider();
        await using var context = provider.GetRequiredService<ShapesContext>();
        var meter = context.Add(new Meter { Level = 1 }).Entity;
        await context.SaveChangesAsync(Cancellation);

        meter.Level = 2;
        await context.SaveChangesAsync(Cancellation);
        meter.Level = 20;
        await context.SaveChangesAsync(Cancellation);

        Assert.Equal(["meter__low", "meter__updated", "meter__high"], (await EventsAsync(provider)).Select(e => e.Name));
    }

    [Fact]
    public async Task The_statement_can_be_logged_with_its_parameters()
    {
        var log = new List<string>();
        await using var provider = NewProvider(options => options
            .EnableSensitiveDataLogging().LogTo(log.Add, [RelationalEventId.CommandExecuting]));

        await SaveAsync(provider, new Tag { Id = 1, Title = "a" });

        Assert.Contains(Logged, Assert.Single(log), StringComparison.Ordinal);
        Assert.Single(await EventsAsync(provider));
    }

    [Fact]
    public async Task Batches_of_one_row_are_one_transaction()
    {
        await using var provider = NewProvider(
            options => options.UseNpgsql(_database.ConnectionString, npgsql => npgsql.MaxBatchSize(1)).AmongMany());

        await SaveAsync(provider, new Tag { Id = 1, Title = "a" }, new Tag { Id = 2, Title = "b" });

        Assert.Equal(["1", "2"], (await EventsAsync(provider)).Select(e => e.Key).Order());
    }

    [Fact]
    public async Task A_key_is_read_from_the_column_that_its_table_gives_it()
    {
        await using var provider = NewProvider();
        var odd = new Odd { Title = "a" };
        var other = new Other { Title = "b" };
        await SaveAsync(provider, odd);
        await SaveAsync(provider, other);

        Assert.Equal([$"{odd.Id}", $"{other.Id}"], (await EventsAsync(provider)).OrderBy(e => e.Name).Select(e => e.Key));
    }

    [Fact]
    public async Task Values_that_only_the_database_knows_are_in_the_event()
    {
        await using var provider = NewProvider();
        var parcel = new Parcel { Title = "abc" };
        await SaveAsync(provider, parcel);

        var e = Assert.Single(await EventsAsync(provider));
        Assert.Equal($"{parcel.Id}", e.Key);
        var body = CapturedStore.Body(e);
        Assert.Equal((3, "ABC", parcel.Made), ((int)body["length"]!, (string?)body["shout"], (DateTime)body["made"]!));
    }

    [Fact]
    public async Task A_statement_that_another_interceptor_puts_in_front_is_left_in_place()
    {
        await using var provider = NewProvider(new Prefix());

        await SaveAsync(provider, new Ticket { Title = "a" });

        Assert.Single(await EventsAsync(provider));
    }

    [Fact]
    public async Task Rows_of_which_a_trigger_keeps_one_out_are_not_saved()
    {
        await using var provider = NewProvider();
        await _database.ExecuteAsync(
            """
            CREATE FUNCTION keep_out() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN IF NEW."Title" = 'out' THEN RETURN NULL; END IF; RETURN NEW; END $$;
            CREATE TRIGGER keep_out BEFORE INSERT ON "Guarded" FOR EACH ROW EXECUTE FUNCTION keep_out();
            """);

        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(
            () => SaveAsync(provider, new Guarded { Id = 1, Title = "in" }, new Guarded { Id = 2, Title = "out" }));

        Assert.Empty(await EventsAsync(provider));
        Assert.Equal(0, await _database.ScalarAsync<long>("""SELECT count(*) FROM "Guarded" """));
    }

    [Fact]
    public async Task Another_interceptor_can_still_refuse_the_commit()
    {
        await using var provider = NewProvider(new Veto());

        await Assert.ThrowsAsync<NotSupportedException>(
            () => SaveAsync(provider, new Tag { Id = 1, Title = "a" }, new Tag { Id = 2, Title = "b" }));

        Assert.Empty(await EventsAsync(provider));
        Assert.Equal(0, await _database.ScalarAsync<long>("""SELECT count(*) FROM "Tags" """));
    }

    [Fact]
    public async Task Another_interceptor_can_commit_a_transaction_of_its_own_after_the_save()
    {
        await using var provider = NewProvider(new Audit());

        await SaveAsync(provider, new Tag { Id = 1, Title = "a" });

        Assert.Equal("audited", await _database.ScalarAsync<string>("""SELECT "Title" FROM "Tags" """));
        Assert.Single(await EventsAsync(provider));
    }

    [Fact]
    public async Task Rows_behind_a_view_or_in_partitions_are_written_with_their_events()
    {
        await using var provider = NewProvider();
        await _database.ExecuteAsync(
            """
            ALTER TABLE "Tags" RENAME TO tags;
            CREATE VIEW "Tags" AS SELECT * FROM tags;
            CREATE FUNCTION add_tag() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN INSERT INTO tags VALUES (NEW.*); RETURN NEW; END $$;
            CREATE TRIGGER add_tag INSTEAD OF INSERT ON "Tags" FOR EACH ROW EXECUTE FUNCTION add_tag();
            DROP TABLE "Tickets";
            CREATE TABLE "Tickets" (
                "Id" int GENERATED BY DEFAULT AS IDENTITY, "Title" text NOT NULL, "Status" int NOT NULL DEFAULT 7)
                PARTITION BY RANGE ("Id");
            CREATE TABLE first_tickets PARTITION OF "Tickets" DEFAULT;
            """);

        await SaveAsync(provider, new Tag { Id = 1, Title = "a" });
        await SaveAsync(provider, new Ticket { Title = "b", Status = 8 });

        Assert.Equal(["tag__created", "ticket__8"], (await EventsAsync(provider)).Select(e => e.Name).Order());
        Assert.Equal(1, await _database.ScalarAsync<long>("SELECT count(*) FROM tags"));
    }

    private ServiceProvider NewProvider(params IInterceptor[] before) =>
        NewProvider(options => options.AddInterceptors(before));

    private ServiceProvider NewProvider(Action<DbContextOptionsBuilder> configure)
    {
        var services = new ServiceCollection();
        services.AddDbContext<ShapesContext>(
            options => configure(options.UseNpgsql(_database.ConnectionString).AmongMany()), ServiceLifetime.Transient);
        UseOutbox(services.AddModelEvents(options =>
        {
            options.ServiceName = "shapes";
            options.Dispatcher.Enabled = false;
            options.Model<Ticket>(m => m.StatusField(t => t.Status))
                .Model<Letter>(m => m.StatusField(l => l.Status).Exclude(l => l.Status))
                .Model<Meter>(m => m.StatusField(l => l.Status).StatusEvents(StatusEvents.OnChange))
                .Model<Odd>().Model<Other>().Model<Parcel>().Model<Tag>().Model<Guarded>();
        }).Capture<ShapesContext>());
        return services.BuildServiceProvider();
    }

    private static async Task SaveAsync(ServiceProvider provider, params object[] entities)
    {
        await using var context = provider.GetRequiredService<ShapesContext>();
        context.AddRange(entities);
        await context.SaveChangesAsync(Cancellation);
    }

    private static async Task<IReadOnlyList<ModelEvent>> EventsAsync(ServiceProvider provider)
    {
        await using var session = await provider.GetRequiredService<IOutboxReader>().OpenAsync(Cancellation);
        return [.. (await session.ClaimAsync(LaneSlice.All, 100, Cancellation)).Select(entry => entry.Event)];
    }

    /// <summary>Sets a variable of the session, as row level security often wants it.</summary>
    private sealed class Prefix : DbCommandInterceptor
    {
        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command,
            CommandEventData eventData,
            InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default)
        {
            command.CommandText = $"SET app.tenant = '5'; {command.CommandText}";
            return new(result);
        }
    }

    private sealed class Veto : DbTransactionInterceptor
    {
        public override ValueTask<InterceptionResult> TransactionCommittingAsync(
            DbTransaction transaction,
            TransactionEventData eventData,
            InterceptionResult result,
            CancellationToken cancellationToken = default) => throw new NotSupportedException("No.");
    }

    private sealed class Audit : SaveChangesInterceptor
    {
        public override async ValueTask<int> SavedChangesAsync(
            SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
        {
            var database = eventData.Context!.Database;
            await using var transaction = await database.BeginTransactionAsync(cancellationToken);
            await database.ExecuteSqlAsync($"""UPDATE "Tags" SET "Title" = 'audited'""", cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return result;
        }
    }
}
