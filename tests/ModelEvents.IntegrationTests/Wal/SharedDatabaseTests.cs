using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelEvents.Tests.Dispatching;
using ModelEvents.Tests.Infrastructure;
using ModelEvents.Tests.Outbox;

namespace ModelEvents.Tests.Wal;

/// <summary>Two services in one database whose contexts have one name, each with a schema of its own.</summary>
public sealed class SharedDatabaseTests : IAsyncLifetime
{
    private readonly TestDatabase _database = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _database.InitializeAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory]
    [InlineData(CaptureSource.Tracker)]
    [InlineData(CaptureSource.Log)]
    public async Task The_second_is_refused_the_slot_of_the_first_until_it_has_its_own_and_all_events_arrive(
        CaptureSource capture)
    {
        await using var ofFirst = await RabbitQueue.BindAsync($"{_database.Name}.a.events");
        await using var ofSecond = await RabbitQueue.BindAsync($"{_database.Name}.b.events");
        using var first = await HostAsync("a", capture);
        using var shares = await HostAsync("b", capture);
        await first.StartAsync(Token);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => shares.Services.GetRequiredService<IModelEventLog>().SetUpAsync(Token));
        var stopped = await Assert.ThrowsAsync<InvalidOperationException>(() => shares.StartAsync(Token));
        Assert.Equal(refused.Message, stopped.Message);
        Assert.Contains("belong to another service of this database", refused.Message, StringComparison.Ordinal);
        Assert.Contains("outbox a.model_events_outbox", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'ModelEvents:Wal:Slot'", refused.Message, StringComparison.Ordinal);

        using var second = await HostAsync("b", capture, options => options.Wal.Slot = "second_events", isNew: false);
        await second.StartAsync(Token);
        foreach (var host in (IHost[])[first, second, first, second])
            await SaveAsync(host);

        Assert.Equal(["1", "2"], (await ofFirst.WaitForAsync(2)).Select(KeyOf).Order());
        Assert.Equal(["1", "2"], (await ofSecond.WaitForAsync(2)).Select(KeyOf).Order());
        foreach (var host in (IHost[])[first, second, shares])
            await host.StopAsync(CancellationToken.None);
        Assert.Equal(2, ofFirst.Deliveries.Count);
        Assert.Equal(2, ofSecond.Deliveries.Count);
    }

    [Theory]
    [InlineData(CaptureSource.Tracker)]
    [InlineData(CaptureSource.Log)]
    public async Task Two_contexts_of_one_program_that_list_the_same_table_are_refused(CaptureSource source)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services
            .AddModelEvents(options =>
            {
                options.ServiceName = _database.Name;
                options.Broker.Uri = TestServices.RabbitMq.ToString();
                options.Wal.SetUp = true;
                options.Model<TenantRow>(model => model.Capture(source));
            })
            .Capture<TenantContext>().UsePostgreSqlWal()
            .Capture<AdminContext>().UsePostgreSqlWal()
            .PublishToRabbitMq();
        builder.Services.AddScoped(_ => new Tenant(_database.ConnectionString));
        builder.Services.AddDbContext<TenantContext>(options => options.UseNpgsql(_database.ConnectionString).AmongMany());
        builder.Services.AddDbContext<AdminContext>(options => options.UseNpgsql(_database.ConnectionString).AmongMany());
        using var host = builder.Build();
        await using (var scope = host.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<TenantContext>().Database.EnsureCreatedAsync(Token);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(Token));

        Assert.Contains("'TenantContext' and 'AdminContext' both capture 'TenantRow'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'public.Rows'", refused.Message, StringComparison.Ordinal);
    }

    private static string? KeyOf(RabbitDelivery delivery) => delivery.Header(EventHeaders.Key);

    private async Task<IHost> HostAsync(
        string schema, CaptureSource capture, Action<ModelEventsOptions>? configure = null, bool isNew = true)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(new RecordedLog());
        builder.Services
            .AddModelEvents(options =>
            {
                options.ServiceName = $"{_database.Name}.{schema}";
                options.Broker.Uri = TestServices.RabbitMq.ToString();
                options.Wal.SetUp = true;
                options.Model<TenantRow>(model => model.Capture(capture));
                configure?.Invoke(options);
            })
            .Capture<TenantContext>()
            .UsePostgreSqlWal()
            .PublishToRabbitMq();
        builder.Services.AddScoped(_ => new Tenant(_database.ConnectionString) { Schema = schema });
        builder.Services.AddDbContext<TenantContext>(options => options
            .UseNpgsql(_database.ConnectionString).ReplaceService<IModelCacheKeyFactory, KeyWithSchema>().AmongMany());
        var host = builder.Build();
        if (isNew)
        {
            await using var scope = host.Services.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<TenantContext>().Database;
            await database.ExecuteSqlRawAsync(database.GenerateCreateScript(), Token);
        }

        return host;
    }

    private static async Task SaveAsync(IHost host)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<TenantContext>();
        context.Add(new TenantRow());
        await context.SaveChangesAsync(Token);
    }

    private sealed class AdminContext(DbContextOptions<AdminContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) =>
            modelBuilder.Entity<TenantRow>().ToTable("Rows", table => table.ExcludeFromMigrations());
    }
}
