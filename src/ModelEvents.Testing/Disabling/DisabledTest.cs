using ModelEvents.Capture;

namespace ModelEvents.Testing;

/// <summary>What the attributes of one test disable together. Made by the packages for test frameworks.</summary>
internal sealed class DisabledTest
{
    private readonly List<NamedModels> _named;

    public DisabledTest(IEnumerable<IChangeFilter> models)
    {
        var disabled = models.ToList();
        _named = [.. disabled.OfType<NamedModels>()];
        Scopes = [.. disabled.Select(filter => new DispatcherScope(filter))];
    }

    public IReadOnlyList<DispatcherScope> Scopes { get; }

    /// <summary>Tells at the test's end which names were wrong, once.</summary>
    /// <exception cref="InvalidOperationException">An attribute names what no host of this test lists.</exception>
    public void ThrowIfMistaken()
    {
        var mistakes = _named.SelectMany(models => models.FindMistakes()).Distinct().ToList();
        _named.Clear();
        if (mistakes.Count > 0)
            throw new InvalidOperationException($"[DisableDispatcher]: {string.Join(Environment.NewLine, mistakes)}");
    }
}
