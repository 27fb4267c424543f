using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelEvents.Capture;
using ModelEvents.Catalog;
using ModelEvents.Configuration;
using ModelEvents.Diagnostics;
using ModelEvents.Models;
using ModelEvents.Serialization;

namespace ModelEvents.OwnEvents;

/// <summary>Makes own events: checks the name, writes the body. Next stop: <see cref="OwnEventAppend"/>.</summary>
internal sealed class OwnEventFactory(
    ModelListProvider lists,
    IOptions<ModelEventsOptions> options,
    TimeProvider time,
    IServiceProvider services,
    ILogger<OwnEventFactory> logger)
{
    // Names may be made of data: only so many are remembered and told.
    private const int MostUndeclared = 1000;

    private readonly ConcurrentDictionary<string, bool> _undeclared = [];
    private int _undeclaredCount;
    private readonly bool _isDevelopment = services.GetService<IHostEnvironment>()?.IsDevelopment() == true;
    private volatile Writing? _writing;

    /// <summary>The event, or <see langword="null"/> where a test has switched own events off.</summary>
    public ModelEvent? Create(string name, object? body, string? key)
    {
        EventNames.ThrowIfUnfit(name, nameof(name));
        ThrowIfUnfit(name, key);
        if (!_undeclared.ContainsKey(name) && !DeclaredNames.Contains(name))
            Undeclared(name);
        if (ChangeFilters.Any && ChangeFilters.ExcludesOwn(lists))
            return null;

        var id = new EventIds(time).Next();
        return new ModelEvent
        {
            Id = id,
            Name = name,
            Service = lists.Current.ServiceName,
            Model = "",
            Key = key ?? id.ToString(),
            Body = body is null ? "{}"u8.ToArray() : Write(name, body),
            Headers = Headers(),
            OccurredAt = time.GetUtcNow(),
        };
    }

    /// <summary>PostgreSQL has no U+0000 in texts, which would be found out when the event is set aside.</summary>
    private static void ThrowIfUnfit(string name, string? key)
    {
        if (key?.Contains('\0') == true)
        {
            throw new ArgumentException(
                $"The key of the event '{name}' has the character U+0000 in it, which databases cannot keep. Leave it out.",
                nameof(key));
        }
    }

    private void Undeclared(string name)
    {
        if (!_isDevelopment && (Volatile.Read(ref _undeclaredCount) >= MostUndeclared || !_undeclared.TryAdd(name, true)))
            return;

        var hint = Nearest.Suggestion(name, DeclaredNames.All.Select(declared => declared.Name));
        var advice = $"{hint}{(hint is null ? "" : " ")}Declare it as a static field: "
            + $"'EventName.Declare(\"{name}\", \"When it is triggered.\")'.";
        if (_isDevelopment)
            throw new InvalidOperationException($"The event '{name}' is not declared. {advice}");

        Interlocked.Increment(ref _undeclaredCount);
        Capture.Log.UndeclaredEvent(logger, name, advice);
    }

    private byte[] Write(string name, object body)
    {
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(body, Json);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new InvalidOperationException(
                $"The body of the event '{name}' cannot be written: {Sentence.Of(exception.Message)} Trigger it with another one.",
                exception);
        }
    }

    private JsonSerializerOptions Json
    {
        get
        {
            var list = lists.Current;
            var writing = _writing;
            if (writing is null || !ReferenceEquals(writing.List, list))
                _writing = writing = new Writing(list, BodySerializer.JsonFor(options.Value, list.PropertyNaming));
            return writing.Json;
        }
    }

    private static Dictionary<string, string> Headers() =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id }
            ? new() { [EventHeaders.TraceParent] = id }
            : [];

    private sealed record Writing(ModelList List, JsonSerializerOptions Json);
}
