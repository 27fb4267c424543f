using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelEvents.Tests.Capture.Store;
using ModelEvents.Tests.Dispatching;
using ModelEvents.Tests.Infrastructure;
using Npgsql;

namespace ModelEvents.Tests.Capture;

/// <summary>A save that locks no row by itself needs no more rights than without events.</summary>
public abstract class LockRightsContract<TFixture>(TFixture fixture) : IClassFixture<TFixture>
    where TFixture : CaptureFixture
{
    private const int MayNotLock = 2006;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_right_that_is_granted_or_revoked_while_the_program_runs_is_noticed()
    {
        var login = new NpgsqlConnectionStringBuilder(fixture.ConnectionString)
        {
            Password = "secret",
            Pooling = false,
            Options = "-c lock_timeout=200",
        };
        login.Username = $"regranted_{login.Database}".ToLowerInvariant();
        await using var server = NpgsqlDataSource.Create(fixture.ConnectionString);
        await ExecuteAsync(
            $"""
            CREATE ROLE {login.Username} LOGIN PASSWORD 'secret';
            GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO {login.Username};
            GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {login.Username};
            """);
        var time = new LeapingTime();
        var store = fixture.CreateStore(register: services => services.AddSingleton<TimeProvider>(time)
            .AddDbContext<StoreContext>(options => options.UseNpgsql(login.ConnectionString).AmongMany()));

        try
        {
            Assert.Null(await LinkLockedAsync());
            await ExecuteAsync($"""GRANT UPDATE ON "Products" TO {login.Username}""");
            time.Leap(TimeSpan.FromMinutes(1));
            Assert.Equal(PostgresErrorCodes.LockNotAvailable, await LinkLockedAsync());
            await ExecuteAsync($"""REVOKE UPDATE ON "Products" FROM {login.Username}""");
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await LinkLockedAsync());
            Assert.Null(await LinkLockedAsync());
        }
        finally
        {
            await ExecuteAsync($"DROP OWNED BY {login.Username}; DROP ROLE {login.Username}");
            await fixture.CreateStore().TakeEventsAsync();
        }

        async Task ExecuteAsync(string sql)
        {
            await using var command = server.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }

        // Links a product whose row somebody else has locked, and returns why that fails.
        async Task<string?> LinkLockedAsync()
        {
            await using var context = store.NewContext();
            var product = new Product { Name = "Chair" };
            context.Add(product);
            await context.SaveChangesAsync(Cancellation);
            product.Tags.Add(new Tag { Word = "red" });
            await using var connection = await server.OpenConnectionAsync(Cancellation);
            await using var transaction = await connection.BeginTransactionAsync(Cancellation);
            await using var command = new NpgsqlCommand(
                $"""SELECT FROM "Products" WHERE "Id" = {product.Id} FOR NO KEY UPDATE""", connection);
            await command.ExecuteNonQueryAsync(Cancellation);
            var failure = await Record.ExceptionAsync(() => context.SaveChangesAsync(Cancellation));
            return failure is null ? null : Assert.IsType<PostgresException>(failure.GetBaseException()).SqlState;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_role_that_may_add_links_and_not_update_their_owner_saves_and_is_told_once(bool isAsync)
    {
        var all = fixture.CreateStore();
        await using var setUp = all.NewContext();
        Tag[] tags = [new Tag { Word = "red" }, new Tag { Word = "blue" }];
        var product = new Product { Name = "Chair" };
        setUp.Add(product);
        setUp.AddRange(tags.AsEnumerable());
        await setUp.SaveChangesAsync(Cancellation);
        await all.TakeEventsAsync();
        var login = new NpgsqlConnectionStringBuilder(fixture.ConnectionString) { Password = "secret", Pooling = false };
        login.Username = $"linker_{login.Database}_{isAsync}".ToLowerInvariant();
        await using var server = NpgsqlDataSource.Create(fixture.ConnectionString);
        await using var create = server.CreateCommand(
            $"""
            CREATE ROLE {login.Username} LOGIN PASSWORD 'secret';
            GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO {login.Username};
            GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {login.Username};
            """);
        await create.ExecuteNonQueryAsync(Cancellation);
        var log = new RecordedLog();

        try
        {
            var store = fixture.CreateStore(register: services => services.AddLogging(logging => logging.AddProvider(log))
                .AddDbContext<StoreContext>(options => options.UseNpgsql(login.ConnectionString).AmongMany()));
            foreach (var tag in tags)
            {
                await using var context = store.NewContext();
                var its = await context.Tags.SingleAsync(one => one.Id == tag.Id, Cancellation);
                (await context.Products.SingleAsync(one => one.Id == product.Id, Cancellation)).Tags.Add(its);
                if (isAsync)
                    await context.SaveChangesAsync(Cancellation);
                else
                    context.SaveChanges();
            }
        }
        finally
        {
            await using var drop = server.CreateCommand($"DROP OWNED BY {login.Username}; DROP ROLE {login.Username}");
            await drop.ExecuteNonQueryAsync(CancellationToken.None);
        }

        Assert.Equal(["product__updated", "product__updated"], await all.TakeNamesAsync());
        Assert.Contains("Products", Assert.Single(log.Lines(MayNotLock)), StringComparison.Ordinal);
    }
}

public sealed class PostgreSqlLockRightsTests(PostgreSqlFixture fixture) : LockRightsContract<PostgreSqlFixture>(fixture);

public sealed class WalLockRightsTests(WalFixture fixture) : LockRightsContract<WalFixture>(fixture);

public sealed class TableLockRightsTests(TableFixture fixture) : LockRightsContract<TableFixture>(fixture);
