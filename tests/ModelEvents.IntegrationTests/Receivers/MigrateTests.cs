using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Receivers;

/// <summary>Receivers around migrations, and of connections.</summary>
public sealed class MigrateTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task A_migration_is_told_before_and_after_wherever_the_provider_is_registered(bool isAsync, bool isFirst)
    {
        var onlooker = new Onlooker();
        await using var services = Build(onlooker, isFirst);
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<ShelfContext>();
        var history = context.GetService<IHistoryRepository>();

        if (isAsync)
            await context.Database.MigrateAsync("20260101000000_First", Cancellation);
        else
            context.Database.Migrate("20260101000000_First");

        Assert.Equal(
            [
                ("before", context, true, "20260101000000_First"),
                ("after", context, true, "20260101000000_First"),
            ],
            onlooker.Told);
        Assert.Equal(1, onlooker.Rows);
        Assert.Single(await history.GetAppliedMigrationsAsync(Cancellation));
        Assert.Contains("\"Shelf\"", context.Database.GenerateCreateScript(), StringComparison.Ordinal);
        await context.Database.MigrateAsync("0", Cancellation);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Making_a_database_is_told_before_and_after(bool isAsync)
    {
        var own = await TestDatabase.CreateAsync();
        await using var disposed = own;
        var onlooker = new Onlooker();
        await using var services = Build(onlooker, isFirst: true, own);
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<ShelfContext>();

        var isCreated = isAsync
            ? await context.Database.EnsureCreatedAsync(Cancellation)
            : context.Database.EnsureCreated();

        Assert.True(isCreated);
        Assert.True(await context.Database.CanConnectAsync(Cancellation));
        Assert.Equal([("before", context, false, null), ("after", context, false, null)], onlooker.Told);
        Assert.IsAssignableFrom<IRelationalDatabaseCreator>(context.GetService<IDatabaseCreator>());
    }

    [Fact]
    public async Task A_database_in_memory_is_told_too_and_has_no_migrations()
    {
        var onlooker = new Onlooker();
        await using var services = Build(onlooker, options => options.UseInMemoryDatabase("shelves").AmongMany());
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<ShelfContext>();

        await context.Database.EnsureCreatedAsync(Cancellation);
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => context.Database.MigrateAsync(Cancellation));

        Assert.Equal(["before", "after"], onlooker.Told.Select(call => call.When));
        Assert.Contains("Relational-specific methods", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_throws_before_a_migration_stops_it()
    {
        var onlooker = new Onlooker { Failure = new FormatException("not today") };
        await using var services = Build(onlooker, isFirst: false);
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<ShelfContext>();

        await Assert.ThrowsAsync<FormatException>(() => context.Database.MigrateAsync(Cancellation));

        Assert.Empty(await context.Database.GetAppliedMigrationsAsync(Cancellation));
    }

    [Fact]
    public async Task Without_receivers_the_providers_own_services_are_in_place()
    {
        await using var services = Build(onlooker: null, isFirst: true);
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<ShelfContext>();

        Assert.IsAssignableFrom<RelationalDatabaseCreator>(context.GetService<IDatabaseCreator>());
        Assert.DoesNotContain("ModelEvents", context.GetService<IMigrator>().GetType().FullName!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_is_told_whenever_it_is_opened_and_what_is_set_on_it_holds()
    {
        var onlooker = new ConnectionOnlooker();
        await using var services = Build(
            options => options.UseNpgsql(database.ConnectionString).AmongMany(),
            register => register.AddModelReceiver<ConnectionOnlooker>().AddSingleton(onlooker));
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<ShelfContext>();
        var names = context.Database.SqlQueryRaw<string>("SHOW application_name");

        var first = await names.ToListAsync(Cancellation);
        var second = names.ToList();
        await context.Database.OpenConnectionAsync(Cancellation);
        var third = await names.ToListAsync(Cancellation);
        var fourth = await names.ToListAsync(Cancellation);

        Assert.All([first, second, third, fourth], name => Assert.Equal(["told"], name));
        Assert.Equal(3, onlooker.Told.Count);
        Assert.All(onlooker.Told, told => Assert.Equal((context.Database.GetDbConnection(), context), told));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_whose_receiver_has_failed_is_told_again_when_it_is_opened_again(bool isAsync)
    {
        var onlooker = new ConnectionOnlooker { Failure = new FormatException("no settings") };
        await using var services = Build(
            options => options.UseNpgsql(database.ConnectionString).AmongMany(),
            register => register.AddModelReceiver<ConnectionOnlooker>().AddSingleton(onlooker));
        await using var scope = services.CreateAsyncScope();
        var names = scope.ServiceProvider.GetRequiredService<ShelfContext>().Database
            .SqlQueryRaw<string>("SHOW application_name");

        await Assert.ThrowsAsync<FormatException>(() => ReadAsync());
        onlooker.Failure = null;
        var name = await ReadAsync();

        Assert.Equal(["told"], name);
        Assert.Equal(2, onlooker.Told.Count);

        async Task<List<string>> ReadAsync() => isAsync ? await names.ToListAsync(Cancellation) : names.ToList();
    }

    private ServiceProvider Build(Onlooker? onlooker, bool isFirst, TestDatabase? own = null) => Build(
        onlooker, options => options.UseNpgsql((own ?? database).ConnectionString).AmongMany(), isFirst);

    private static ServiceProvider Build(
        Onlooker? onlooker, Action<DbContextOptionsBuilder> configure, bool isFirst = false) => Build(
        configure,
        services =>
        {
            if (onlooker is not null)
                services.AddModelReceiver<Onlooker>().AddSingleton(onlooker);
        },
        isFirst);

    private static ServiceProvider Build(
        Action<DbContextOptionsBuilder> configure, Action<IServiceCollection> register, bool isFirst = false)
    {
        var services = new ServiceCollection();
        if (isFirst)
            services.AddDbContext<ShelfContext>(configure);
        services.AddModelEvents(options =>
        {
            options.ServiceName = "shelves";
            options.AllowEmpty = true;
            options.Dispatcher.Enabled = false;
            options.Delivery = DeliveryMode.Direct;
        }).Capture<ShelfContext>();
        if (!isFirst)
            services.AddDbContext<ShelfContext>(configure);
        register(services);
        return services.BuildServiceProvider(validateScopes: true);
    }

    private sealed class Onlooker : IBeforeMigrate, IAfterMigrate
    {
        public List<(string When, DbContext Using, bool IsMigration, string? Target)> Told { get; } = [];

        public Exception? Failure { get; init; }

        public int? Rows { get; private set; }

        public Task BeforeMigrateAsync(MigrateContext migration, CancellationToken cancellationToken)
        {
            Told.Add(("before", migration.Using, migration.IsMigration, migration.TargetMigration));
            return Failure is null ? Task.CompletedTask : Task.FromException(Failure);
        }

        public Task AfterMigrateAsync(MigrateContext migration, CancellationToken cancellationToken)
        {
            Told.Add(("after", migration.Using, migration.IsMigration, migration.TargetMigration));
            if (migration is { IsMigration: true, TargetMigration: not "0" })
                Rows = migration.Database.ExecuteSqlRaw("INSERT INTO shelves (\"Id\") VALUES (1)");
            return Task.CompletedTask;
        }
    }

    private sealed class ConnectionOnlooker : IConnectionCreated
    {
        public List<(DbConnection Connection, DbContext Context)> Told { get; } = [];

        public Exception? Failure { get; set; }

        public Task ConnectionCreatedAsync(DbConnection connection, DbContext context, CancellationToken cancellationToken)
        {
            Told.Add((connection, context));
            if (Failure is not null)
                throw Failure;

            using var command = connection.CreateCommand();
            command.CommandText = "SET application_name = 'told'";
            command.ExecuteNonQuery();
            return Task.CompletedTask;
        }
    }
}

internal sealed class Shelf
{
    public int Id { get; set; }
}

internal sealed class ShelfContext(DbContextOptions<ShelfContext> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.Entity<Shelf>(shelf => shelf.Property(s => s.Id).ValueGeneratedNever());
}

[DbContext(typeof(ShelfContext))]
[Migration("20260101000000_First")]
internal sealed class First : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.CreateTable(
        "shelves",
        table => new { Id = table.Column<int>() },
        constraints: table => table.PrimaryKey("PK_shelves", shelf => shelf.Id));

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("shelves");
}
