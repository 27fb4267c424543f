namespace ModelEvents.Consuming;

/// <summary>Which types the bodies of an endpoint's events are read as.</summary>
internal sealed class Subscriptions(string service)
{
    private readonly Dictionary<Subject, HashSet<Type>> _types = [];

    public IEnumerable<Subject> Subjects => _types.Keys;

    public void Add(Subject subject, Type message)
    {
        if (!_types.TryGetValue(subject, out var types))
            _types.Add(subject, types = []);

        types.Add(message);
    }

    public Subject SubjectOf(ReceivedMessage message) => Subject.Of(message, service);

    public bool Reads(ReceivedMessage message, Type type)
    {
        var subject = SubjectOf(message);
        return IsRead(subject, type) || IsRead(subject.OfAll, type);
    }

    private bool IsRead(Subject subject, Type type) => _types.TryGetValue(subject, out var types) && types.Contains(type);
}
