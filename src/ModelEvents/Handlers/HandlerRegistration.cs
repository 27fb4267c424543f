using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using ModelEvents.Configuration;
using ModelEvents.Models;

namespace ModelEvents.Handlers;

/// <summary>Tells at start-up what is wrong with the names of handlers, registered or configured.</summary>
internal sealed class HandlerRegistration(
    IEnumerable<HandlerType> handlers, IOptionsFactory<ModelEventsOptions> options) : IRegistrationCheck
{
    /// <summary>A bit for each in <see cref="EventRouter"/>.</summary>
    private const int Most = 64;

    private readonly HandlerType[] _handlers = [.. handlers];

    public IEnumerable<string> FindMistakes() => _handlers.Length == 0 ? [] : [.. OfNames(), .. OfConfiguration()];

    private IEnumerable<string> OfNames()
    {
        if (_handlers.Length > Most)
            yield return $"'{_handlers.Length}' handlers are registered, where '{Most}' is the most. Join some of them.";

        foreach (var same in _handlers.GroupBy(handler => handler.Type).Where(same => same.Count() > 1))
            yield return $"The handler '{TypeNames.Of(same.Key)}' is registered as "
                + $"{Nearest.Quote(same.Select(one => one.Name), "and as")}. Keep one of the names.";

        foreach (var same in _handlers.GroupBy(handler => handler.Name, StringComparer.OrdinalIgnoreCase))
        {
            if (same.Key.Contains(ConfigurationPath.KeyDelimiter, StringComparison.Ordinal))
                yield return $"The handler's name '{same.Key}' has a colon in it, so that the configuration cannot name it. "
                    + "Give it another name.";
            if (same.Count() > 1)
                yield return $"Several handlers are named '{same.Key}': "
                    + $"{Nearest.Quote(same.Select(one => TypeNames.Of(one.Type)), "and")}. "
                    + "Give them names of their own: 'AddEventHandler<T>(\"name\")'.";
            if (SectionBinder.KeysOf(typeof(HandlersOptions)).ContainsKey(same.Key))
                yield return $"The handler's name '{same.Key}' is a key of 'ModelEvents:Handlers'. Give it another name.";
        }
    }

    private IEnumerable<string> OfConfiguration()
    {
        var names = _handlers.Select(handler => handler.Name).ToList();
        foreach (var name in options.Create(Options.DefaultName).Handlers.Names)
        {
            if (!names.Contains(name, StringComparer.OrdinalIgnoreCase))
                yield return $"'ModelEvents:Handlers:{name}' is not a registered handler. "
                    + Nearest.Hint(name, names, "Registered handlers are");
        }
    }
}
