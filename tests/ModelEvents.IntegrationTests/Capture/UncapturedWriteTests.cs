using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelEvents.Tests.Capture.Store;

namespace ModelEvents.Tests.Capture;

/// <summary>Writes that the change tracker does not see: told, refused or ignored.</summary>
public sealed class UncapturedWriteTests(PostgreSqlFixture fixture) : IClassFixture<PostgreSqlFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bulk_and_raw_writes_are_told_once_per_model_and_kind()
    {
        var log = new CollectedLog();
        var store = fixture.CreateStore(register: services =>
        {
            services.AddLogging(logging => logging.AddProvider(log));
            services.AddDbContext<StoreContext>(options => fixture.Configure(options));
        });
        await using var context = store.NewContext();

        for (var round = 0; round < 2; round++)
        {
            await context.Settings.Where(s => s.Key == "none").ExecuteUpdateAsync(
                set => set.SetProperty(s => s.Value, "x"), Cancellation);
            await context.Settings.Where(s => s.Key == "none").ExecuteDeleteAsync(Cancellation);
            await context.Database.ExecuteSqlRawAsync("DELETE FROM \"Boxes\" WHERE \"Id\" < 0", Cancellation);
            await context.Database.ExecuteSqlRawAsync("DELETE FROM \"Unlisted\" WHERE \"Id\" < 0", Cancellation);
            await context.Settings.CountAsync(Cancellation);
        }

        Assert.Equal(
            [("ExecuteUpdate or ExecuteDelete", typeof(Setting)), ("Raw SQL", typeof(Box))],
            log.Uncaptured);
    }

    [Fact]
    public async Task A_model_can_refuse_them_before_they_run()
    {
        var store = fixture.CreateStore(options => options.Models.Single(m => m.Model == typeof(Setting).FullName)
            .UncapturedWrites = UncapturedWrites.Throw);
        await using var context = store.NewContext();
        context.Add(new Setting { Key = "refused", Value = "a" });
        await context.SaveChangesAsync(Cancellation);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => context.Settings.ExecuteUpdateAsync(
            set => set.SetProperty(s => s.Value, "b"), Cancellation));

        Assert.Contains(typeof(Setting).FullName!, failure.Message, StringComparison.Ordinal);
        Assert.Equal(
            "a",
            await context.Settings.Where(s => s.Key == "refused").Select(s => s.Value).SingleAsync(Cancellation));
    }

    private sealed class CollectedLog : ILoggerProvider, ILogger
    {
        private readonly List<(string, Type)> _uncaptured = [];

        public IReadOnlyList<(string, Type)> Uncaptured => _uncaptured;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id != 2000 || state is not IReadOnlyList<KeyValuePair<string, object?>> values)
                return;

            var named = values.ToDictionary(v => v.Key, v => $"{v.Value}");
            _uncaptured.Add((named["Write"], typeof(Setting).Assembly.GetType(named["Model"])!));
        }

        public void Dispose()
        {
        }
    }
}
