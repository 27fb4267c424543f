using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ModelEvents.Benchmarks;

/// <summary>Counts the statements that Npgsql reports to its log, each of a batch for itself.</summary>
internal sealed class StatementCounter : ILoggerProvider, ILogger
{
    private const int CommandExecutionCompleted = 2001;

    private readonly ConcurrentQueue<long> _executed = new();

    /// <summary>How many ran since a timestamp.</summary>
    public int Since(long timestamp) => _executed.Count(executed => executed >= timestamp);

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel is LogLevel.Information;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id != CommandExecutionCompleted || state is not IEnumerable<KeyValuePair<string, object?>> values)
            return;

        var batch = values.FirstOrDefault(value => value.Key == "BatchCommands").Value as Array;
        for (var statement = 0; statement < (batch?.Length ?? 1); statement++)
            _executed.Enqueue(Stopwatch.GetTimestamp());
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}
