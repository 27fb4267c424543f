namespace ModelEvents.Consuming;

/// <summary>Which types the bodies of an endpoint's events are read as.</summary>
internal sealed class Subscriptions(string service)
{
    private readonly Dictionary<Subject, HashSet<Type>> _types = [];
    private readonly HashSet<Subject> _ignored = [];

    public IEnumerable<Subject> Subjects => _types.Keys;

    public IEnumerable<Subject> Ignored => _ignored;

    public void Add(Subject subject, Type message)
    {
        if (!_types.TryGetValue(subject, out var types))
            _types.Add(subject, types = []);

        types.Add(message);
    }

    public void Ignore(Subject subject) => _ignored.Add(subject);

    /// <exception cref="InvalidOperationException">An event is both subscribed to and ignored.</exception>
    public void ThrowIfContradictory(string queue)
    {
        foreach (var (service, name) in _ignored.Where(Wants))
        {
            throw new InvalidOperationException(_types.ContainsKey(new Subject(service, name))
                ? $"'{name}' is both subscribed to and ignored on the queue '{queue}'. Remove one of the two."
                : $"'{name}' is ignored on the queue '{queue}', where '{Subject.Everything}' subscribes to all events of '{service}'. "
                    + "Remove one of the two.");
        }
    }

    /// <summary>
    /// The subject of a message that nobody has subscribed to and that says itself whose it is: what was sent to the queue itself,
    /// or moved back to it, may be for somebody else.
    /// </summary>
    public Subject? UnwantedOf(ReceivedMessage message) => Wants(SubjectOf(message)) ? null : Subject.Of(message);

    /// <summary>Whether it is to be dropped, unless somebody has subscribed to it.</summary>
    public bool Ignores(Subject subject) => _ignored.Contains(subject) || _ignored.Contains(subject.OfAll);

    public Subject SubjectOf(ReceivedMessage message) => Subject.Of(message, service);

    public bool Reads(ReceivedMessage message, Type type)
    {
        var subject = SubjectOf(message);
        return IsRead(subject, type) || IsRead(subject.OfAll, type);
    }

    private bool Wants(Subject subject) => _types.ContainsKey(subject) || _types.ContainsKey(subject.OfAll);

    private bool IsRead(Subject subject, Type type) => _types.TryGetValue(subject, out var types) && types.Contains(type);
}
