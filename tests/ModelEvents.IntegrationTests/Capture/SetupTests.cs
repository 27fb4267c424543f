using System.ComponentModel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelEvents.Outbox;
using ModelEvents.Tests.Infrastructure;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata.Conventions;

namespace ModelEvents.Tests.Capture;

/// <summary>Contexts whose model, or whose services of EF Core, are made apart from them.</summary>
public sealed class SetupTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_model_that_is_built_apart_and_has_the_tables_is_captured(bool hasPacks)
    {
        var schema = hasPacks ? "given_packs" : "given_rows";
        var model = Built(builder => _ = hasPacks
            ? builder.HasDefaultSchema(schema).AddModelEventsPostgreSqlOutbox("events")
            : builder.HasDefaultSchema(schema).AddModelEventsOutbox("events"));

        await SaveAndTakeAsync(options => options.UseModel(model), hasPacks, schema);
    }

    [Theory]
    [InlineData(true, "AddModelEventsPostgreSqlOutbox")]
    [InlineData(false, "AddModelEventsOutbox")]
    public async Task A_model_that_is_built_apart_and_lacks_the_tables_stops_the_start(bool hasPacks, string call)
    {
        var model = Built(_ => { });
        await using var services = Build(options => options.UseModel(model), hasPacks);

        var failure = Assert.Throws<OptionsValidationException>(
            () => services.GetRequiredService<Models.ModelListProvider>().Current);

        Assert.Contains(
            $"The model of 'SetupContext' is built apart from it and lacks the outbox tables. Call 'modelBuilder.{call}()' where",
            failure.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_is_built_apart_and_keeps_no_original_values_stops_the_start()
    {
        var model = Built(builder => builder.AddModelEventsOutbox()
            .Entity<Memo>().HasChangeTrackingStrategy(ChangeTrackingStrategy.ChangingAndChangedNotifications));
        await using var services = Build(options => options.UseModel(model), hasPacks: false);

        var failure = Assert.Throws<OptionsValidationException>(
            () => services.GetRequiredService<Models.ModelListProvider>().Current);

        Assert.Contains("'Memo' has the strategy 'ChangingAndChangedNotifications'", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Services_of_EF_Core_that_the_user_makes_are_used(bool hasPacks, bool isFirst)
    {
        var services = new ServiceCollection();
        if (isFirst)
            services.AddEntityFrameworkModelEvents();
        services.AddEntityFrameworkNpgsql();
        services.AddEntityFrameworkModelEvents();
        await using var provider = services.BuildServiceProvider(validateScopes: true);

        await SaveAndTakeAsync(options => options.UseInternalServiceProvider(provider), hasPacks, "public");
    }

    [Fact]
    public async Task Services_of_EF_Core_that_lack_those_of_ModelEvents_are_told()
    {
        await using var provider = new ServiceCollection().AddEntityFrameworkNpgsql().BuildServiceProvider();
        await using var services = Build(options => options.UseInternalServiceProvider(provider), hasPacks: true);
        await using var scope = services.CreateAsyncScope();

        var failure = Assert.Throws<InvalidOperationException>(
            () => scope.ServiceProvider.GetRequiredService<SetupContext>().Model);

        Assert.Contains("AddEntityFrameworkModelEvents()", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_context_without_anything_of_ModelEvents_shares_the_users_services_of_EF_Core()
    {
        await using var provider = new ServiceCollection().AddEntityFrameworkNpgsql().AddEntityFrameworkModelEvents()
            .BuildServiceProvider(validateScopes: true);
        await using var context = new SetupContext(new DbContextOptionsBuilder<SetupContext>()
            .UseNpgsql(database.ConnectionString).UseInternalServiceProvider(provider).Options);

        Assert.Equal([typeof(Memo)], context.Model.GetEntityTypes().Select(type => type.ClrType));
        Assert.True(await context.Database.CanConnectAsync(Cancellation));
        Assert.Empty(await context.Database.GetAppliedMigrationsAsync(Cancellation));
    }

    private static IModel Built(Action<ModelBuilder> addTables)
    {
        var builder = NpgsqlConventionSetBuilder.CreateModelBuilder();
        builder.Entity<Memo>();
        addTables(builder);
        return builder.FinalizeModel();
    }

    private async Task SaveAndTakeAsync(Action<DbContextOptionsBuilder> configure, bool hasPacks, string schema)
    {
        await database.ExecuteAsync($"DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
        await using var services = Build(configure, hasPacks);
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<SetupContext>();
        await context.Database.ExecuteSqlRawAsync(context.Database.GenerateCreateScript(), Cancellation);
        context.Add(new Memo { Text = "hello" });
        await context.SaveChangesAsync(Cancellation);

        await using var session = await services.GetRequiredService<IOutboxReader>().OpenAsync(Cancellation);
        var claimed = await session.ClaimAsync(LaneSlice.All, 10, Cancellation);

        Assert.Equal(["memo__created"], claimed.Select(entry => entry.Event.Name));
    }

    private ServiceProvider Build(Action<DbContextOptionsBuilder> configure, bool hasPacks)
    {
        var services = new ServiceCollection();
        services.AddDbContext<SetupContext>(options =>
            configure(options.UseNpgsql(database.ConnectionString).AmongMany()));
        var capture = services.AddModelEvents(options =>
        {
            options.ServiceName = "setup";
            options.Dispatcher.Enabled = false;
            options.Model<Memo>();
        }).Capture<SetupContext>();
        if (hasPacks)
            capture.UsePostgreSql();
        return services.BuildServiceProvider(validateScopes: true);
    }

    internal sealed class Memo : INotifyPropertyChanging, INotifyPropertyChanged
    {
        public event PropertyChangingEventHandler? PropertyChanging
        {
            add { }
            remove { }
        }

        public event PropertyChangedEventHandler? PropertyChanged
        {
            add { }
            remove { }
        }

        public int Id { get; set; }

        public string Text { get; set; } = "";
    }

    internal sealed class SetupContext(DbContextOptions<SetupContext> options) : DbContext(options)
    {
        public DbSet<Memo> Memos => Set<Memo>();
    }
}
