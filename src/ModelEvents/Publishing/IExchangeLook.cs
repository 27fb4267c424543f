namespace ModelEvents.Publishing;

/// <summary>A publisher that can see whether an exchange is there without making it.</summary>
internal interface IExchangeLook
{
    /// <summary>Notes that the exchange of a service is there, if it is.</summary>
    /// <exception cref="Exception">It is missing, or the broker cannot be reached.</exception>
    Task LookAsync(string service, CancellationToken cancellationToken);
}
