namespace ModelEvents.Benchmarks;

/// <summary>The same save with no rules, none yet, or many.</summary>
internal interface IRuleVariant : IAsyncDisposable
{
    Task CreateAsync(int rules);

    /// <summary>How long a save of one row takes, in milliseconds.</summary>
    Task<double> SaveAsync();
}
