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

    /// <summary>Whether somebody has subscribed to it.</summary>
    public bool Wants(Subject subject) => _types.ContainsKey(subject) || _types.ContainsKey(subject.OfAll);

    /// <summary>Whether it is to be dropped, unless somebody has subscribed to it.</summary>
    public bool Ignores(Subject subject) => _ignored.Contains(subject) || _ignored.Contains(subject.OfAll);

    public Subject SubjectOf(ReceivedMessage message) => Subject.Of(message, service);

    public bool Reads(ReceivedMessage message, Type type)
    {
        var subject = SubjectOf(message);
        return IsRead(subject, type) || IsRead(subject.OfAll, type);
    }

    private bool IsRead(Subject subject, Type type) => _types.TryGetValue(subject, out var types) && types.Contains(type);
}
