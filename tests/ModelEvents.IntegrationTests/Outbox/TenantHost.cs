using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelEvents.Diagnostics;
using ModelEvents.Outbox;
using ModelEvents.Publishing;
using ModelEvents.Tests.Dispatching;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Outbox;

/// <summary>A program whose context is of one tenant in each scope: its dispatcher knows the first one alone.</summary>
internal sealed class TenantHost : IAsyncDisposable
{
    public const int Undispatched = 2050;
    public const int Dispatched = 2051;

    private readonly IHost _host;

    public TenantHost(
        string home,
        Func<CaptureBuilder<TenantContext>, ModelEventsBuilder> useOutbox,
        LookTimes times,
        Action<ModelEventsOptions>? configure = null,
        Action<DbContextOptionsBuilder, string>? useDatabase = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(Log);
        builder.Services.AddSingleton(times);
        builder.Services.AddSingleton<IEventPublisher>(new Confirming());
        builder.Services.AddScoped(_ => new Tenant(home));
        useOutbox(builder.Services
            .AddModelEvents(options =>
            {
                options.ServiceName = "tenants";
                options.Model<TenantRow>();
                configure?.Invoke(options);
            })
            .Capture<TenantContext>());
        builder.Services.AddDbContext<TenantContext>((services, options) =>
        {
            (useDatabase ?? UsePostgres)(options, services.GetRequiredService<Tenant>().ConnectionString);
            options.ReplaceService<IModelCacheKeyFactory, KeyWithSchema>().AmongMany();
        });
        builder.Services.AddHealthChecks().AddModelEvents();
        _host = builder.Build();
    }

    public RecordedLog Log { get; } = new();

    public SavedDatabases Databases => _host.Services.GetRequiredKeyedService<SavedDatabases>(typeof(TenantContext));

    /// <summary>What the health check is told.</summary>
    public string[] Conditions => [.. _host.Services.GetRequiredService<HealthConditions>().Current.Select(its => its.Text)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public Task StartAsync() => _host.StartAsync(Token);

    public Task CreateTablesAsync(string connectionString, string? schema = null) => UseAsync(
        connectionString,
        schema,
        async context =>
        {
            if (schema is null)
                return await context.Database.EnsureCreatedAsync(Token) ? 1 : 0;
            return await context.Database.ExecuteSqlRawAsync(context.Database.GenerateCreateScript(), Token);
        });

    public Task<int> SaveAsync(string connectionString, string? schema = null, int rows = 1) => UseAsync(
        connectionString,
        schema,
        context =>
        {
            context.AddRange(Enumerable.Range(0, rows).Select(_ => new TenantRow()));
            return context.SaveChangesAsync(Token);
        });

    public Task<int> CountAsync(string connectionString) => UseAsync(connectionString, null, context => context.Rows.CountAsync(Token));

    public Task ToldAsync(int eventId, string text) => Eventually.TrueAsync(
        () => Log.Lines(eventId).Any(line => line.Contains(text, StringComparison.Ordinal)),
        () => string.Join(Environment.NewLine, Log.All));

    /// <summary>Waits until its dispatcher has opened the database that it knows.</summary>
    public Task OpenedAsync() => Eventually.TrueAsync(() => Databases.HasOpened, () => string.Join(Environment.NewLine, Log.All));

    public async Task<HealthReportEntry> CheckHealthAsync() =>
        (await _host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token)).Entries["modelevents"];

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)_host).DisposeAsync();
    }

    private async Task<int> UseAsync(string connectionString, string? schema, Func<TenantContext, Task<int>> use)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        var tenant = scope.ServiceProvider.GetRequiredService<Tenant>();
        (tenant.ConnectionString, tenant.Schema) = (connectionString, schema);
        return await use(scope.ServiceProvider.GetRequiredService<TenantContext>());
    }

    private static void UsePostgres(DbContextOptionsBuilder options, string connectionString) => options.UseNpgsql(connectionString);

    private sealed class Confirming : IEventPublisher
    {
        public Task<IReadOnlyList<PublishOutcome>> PublishAsync(
            IReadOnlyList<ModelEvent> events, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<PublishOutcome>>(
                [.. events.Select(_ => new PublishOutcome(PublishStatus.Confirmed))]);
    }
}
