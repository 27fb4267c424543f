using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ModelEvents.Tests.Dispatching;

/// <summary>Keeps what is logged.</summary>
internal sealed class RecordedLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(int Id, string Text)> _lines = [];

    public string[] All => [.. _lines.Select(line => line.Text)];

    public string[] Lines(int eventId) => [.. _lines.Where(line => line.Id == eventId).Select(line => line.Text)];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((eventId.Id, formatter(state, exception)));

    public void Dispose()
    {
    }
}
