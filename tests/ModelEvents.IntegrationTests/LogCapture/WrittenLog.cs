using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.LogCapture;
using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.LogCapture;

/// <summary>
/// A capture of rows whose log is written by hand, of a context that never meets its database: what it asks of that must
/// not be needed, or is not there.
/// </summary>
internal sealed class WrittenLog<TContext> : IDisposable
    where TContext : DbContext
{
    public static readonly DateTimeOffset CommittedAt = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private readonly ServiceProvider _services;
    private long _position = 1000;

    public WrittenLog(Action<ModelEventsOptions> configure, string connectionString = "Host=nowhere.invalid")
    {
        var services = new ServiceCollection();
        services
            .AddModelEvents(options =>
            {
                options.ServiceName = "log";
                options.Dispatcher.Enabled = false;
                options.Capture = CaptureSource.Log;
                configure(options);
            })
            .Capture<TContext>().UsePostgreSqlWal();
        services.AddDbContext<TContext>(options => options.UseNpgsql(connectionString).AmongMany());
        _services = services.BuildServiceProvider();
        Capture = _services.GetRequiredKeyedService<IRowCapture>(typeof(TContext));
    }

    public IRowCapture Capture { get; }

    public LogTransaction Transaction { get; init; } = new(77, CommittedAt, null);

    /// <summary>A table as the log would describe it.</summary>
    public static LogTable Table(string name, params string[] columns) =>
        new("public", name, [.. columns.Select(column => new LogColumn(column, false, 0))]);

    public LogRow Inserted(LogTable table, params object?[] after) =>
        new(Plan(table), ChangeAction.Created, null, after, false, _position += 8);

    public LogRow Updated(LogTable table, object?[]? before, object?[] after, bool isWhole = true) =>
        new(Plan(table), ChangeAction.Updated, before, after, isWhole && before is not null, _position += 8);

    public LogRow Deleted(LogTable table, object?[] before, bool isWhole = true) =>
        new(Plan(table), ChangeAction.Deleted, before, null, isWhole, _position += 8);

    public async Task<IReadOnlyList<ModelEvent>> CaptureAsync(params LogRow[] rows) =>
        (await CaptureAllAsync(rows)).Events;

    public async Task<LogEvents> CaptureAllAsync(params LogRow[] rows) =>
        await Capture.CaptureAsync(rows, Transaction, TestContext.Current.CancellationToken);

    public async Task<ModelEvent> CaptureOneAsync(LogRow row) => Assert.Single(await CaptureAsync(row));

    public static string TextOf(ModelEvent e) => System.Text.Encoding.UTF8.GetString(e.Body.Span);

    public static JsonNode BodyOf(ModelEvent e) => JsonNode.Parse(e.Body.Span)!;

    public void Dispose() => _services.Dispose();

    private RowPlan Plan(LogTable table) =>
        Capture.Plan(table) ?? throw new InvalidOperationException($"No rows of '{table.Name}' are wanted.");
}
