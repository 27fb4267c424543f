namespace ModelEvents.Faults.Servers;

/// <summary>One RabbitMQ server.</summary>
internal sealed class RabbitNode(string name, int port)
{
    public string Name => name;

    /// <summary>Past every proxy.</summary>
    public Uri DirectUri => new($"amqp://guest:guest@127.0.0.1:{port}");

    public Task<string> RunCtlAsync(params string[] arguments) =>
        throw new NotSupportedException($"Node '{name}' is not started yet: {string.Join(' ', arguments)}.");
}
