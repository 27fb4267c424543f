using ModelEvents.Models;

namespace ModelEvents.Configuration;

/// <summary>
/// Checks the options that do not need the models. No <c>IValidateOptions</c>: that would throw wherever the options
/// are first used, before the mistakes in the model list are known too.
/// </summary>
internal static class OptionsMistakes
{
    private static readonly string[] Schemes = ["amqp", "amqps"];

    /// <summary>What is wrong with <paramref name="options"/>, the mistakes of binding them included.</summary>
    public static IEnumerable<string> Of(ModelEventsOptions options) =>
        [
            .. options.Mistakes,
            .. OfSection(options) ?? OfService(options.ServiceName, "'ModelEvents:ServiceName'"),
            .. OfBroker(options.Broker),
            .. OfOutbox(options.Outbox),
            .. OfWal(options.Wal),
            .. OfCapture(options),
            .. OfRange("Direct:MaxEvents", options.Direct.MaxEvents, 1, 100_000_000),
            .. OfRange("Direct:MaxMegabytes", options.Direct.MaxMegabytes, 1, 1_000_000),
            .. OfDispatcher(options.Dispatcher),
            .. OfRange("Handlers:Workers", options.Handlers.Workers, 1, 16),
        ];

    /// <summary>Whether the options are in a section of another name, so that none of them is here.</summary>
    public static bool IsElsewhere(ModelEventsOptions options) =>
        options is { ServiceName.Length: 0, MisnamedSection: not null };

    /// <summary>What to do where the list may be in a section of another name.</summary>
    public static string HintOfSection(ModelEventsOptions options) => options.MisnamedSection is { } other
        ? $" The section '{other}' is not read: rename it to '{ModelEventsOptions.SectionName}' if the list is there."
        : "";

    private static string[]? OfSection(ModelEventsOptions options) => IsElsewhere(options)
        ?
        [
            $"The configuration has no section '{ModelEventsOptions.SectionName}', which is the one that is read, but "
            + $"'{options.MisnamedSection}'. Rename it to '{ModelEventsOptions.SectionName}'.",
        ]
        : null;

    /// <summary>What is wrong with a service's name.</summary>
    public static IEnumerable<string> OfService(string name, string what)
    {
        if (string.IsNullOrWhiteSpace(name))
            yield return $"{what} is empty. Set it to the name of this service, such as 'shop'.";
        else if (EventNames.IsTooLong(EventNames.ExchangeOf(name)))
            yield return $"{what} is '{name}', too long for an exchange: '<name>.events' has at most "
                + $"{EventNames.MaxBytes} bytes. Shorten it.";
        else if (name.FirstOrDefault(letter => !MayBeInService(letter)) is var wrong and not '\0')
            yield return $"{what} is '{name}', where '{wrong}' cannot be in the name of its exchange. "
                + "Write it with the letters A to Z, digits, '-', '_', '.' and ':' only.";
    }

    /// <summary>What is wrong with the broker's address.</summary>
    public static IEnumerable<string> OfBroker(BrokerOptions broker)
    {
        // The value is not repeated: it may hold a password.
        if (!Uri.TryCreate(broker.Uri, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            yield return "'ModelEvents:Broker:Uri' is not an address with a host. "
                + "Write it like 'amqp://user:password@host:5672/'.";
        else if (!Schemes.Contains(uri.Scheme))
            yield return $"'ModelEvents:Broker:Uri' begins with '{uri.Scheme}'. Begin it with 'amqp' or 'amqps'.";
        else if (BrokerAddress.FindUnescaped(uri) is var (sign, code))
            yield return $"'ModelEvents:Broker:Uri' has a '{sign}' in its user, password or virtual host, where it ends them. "
                + $"Write it as '{code}' there.";
    }

    // What MassTransit accepts in an exchange's address.
    private static bool MayBeInService(char letter) => char.IsAsciiLetterOrDigit(letter) || "-_.:".Contains(letter);

    private static IEnumerable<string> OfOutbox(OutboxTableOptions outbox)
    {
        if (string.IsNullOrWhiteSpace(outbox.Table))
            yield return "'ModelEvents:Outbox:Table' is empty. Name the table, such as 'model_events_outbox'.";
    }

    private static IEnumerable<string> OfWal(WalOptions wal)
    {
        // PostgreSQL's rule for slots; what follows must find room in their 63 letters.
        if (wal.Slot.Length is 0 or > 20 || !wal.Slot.All(letter => MayBeInSlot(letter)))
            yield return $"'ModelEvents:Wal:Slot' is '{wal.Slot}', which the name of a slot cannot begin with. "
                + "Write it with lower-case letters A to Z, digits and '_', at most 20 of them.";

        if (wal.MaxRetainedMegabytes < 1)
            yield return $"'ModelEvents:Wal:MaxRetainedMegabytes' is '{wal.MaxRetainedMegabytes}', out of its range. "
                + "Set it to '1' or more.";
    }

    private static IEnumerable<string> OfCapture(ModelEventsOptions options)
    {
        if (options.Delivery == DeliveryMode.Wal)
            yield break;

        var all = options.Capture == CaptureSource.Log ? ["'ModelEvents:Capture' is 'Log'"] : Array.Empty<string>();
        var some = options.Models.Where(model => model.Capture == CaptureSource.Log)
            .Select(model => $"The 'Capture' of model '{model.Model}' is 'Log'");
        foreach (var what in all.Concat(some))
        {
            yield return $"{what}, which needs the log as delivery too, where 'Delivery' is '{options.Delivery}'. "
                + "Add '.UsePostgreSqlWal()' to 'Capture', or set 'Capture' to 'Tracker'.";
        }
    }

    private static bool MayBeInSlot(char letter) =>
        char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_';

    private static IEnumerable<string> OfDispatcher(DispatcherOptions its) =>
        [
            .. OfRange(Dispatcher(nameof(its.Workers)), its.Workers, 1, 16),
            .. OfRange(Dispatcher(nameof(its.BatchSize)), its.BatchSize, 1, 10_000),
            .. OfRange(Dispatcher(nameof(its.MaxAttempts)), its.MaxAttempts, 1, 1000),
            .. OfRange(Dispatcher(nameof(its.PollInterval)), its.PollInterval, Seconds(0.1), TimeSpan.FromMinutes(5)),
            .. OfRange(Dispatcher(nameof(its.RetryDelay)), its.RetryDelay, Seconds(0.01), TimeSpan.FromHours(1)),
            .. OfRange(Dispatcher(nameof(its.MaxRetryDelay)), its.MaxRetryDelay, its.RetryDelay, TimeSpan.MaxValue),
            .. OfRange(Dispatcher(nameof(its.MaxOutageDelay)), its.MaxOutageDelay, Seconds(0.01), TimeSpan.FromHours(1)),
            .. OfRange(Dispatcher(nameof(its.DrainTimeout)), its.DrainTimeout, TimeSpan.Zero, TimeSpan.FromHours(1)),
        ];

    private static string Dispatcher(string name) => $"Dispatcher:{name}";

    private static IEnumerable<string> OfRange<T>(string name, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            yield return $"'ModelEvents:{name}' is '{value}', out of its range. Set it to '{least}' or more"
                + (most.Equals(TimeSpan.MaxValue) ? "." : $", and at most '{most}'.");
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
