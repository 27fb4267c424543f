namespace ModelEvents.Faults.Checking;

/// <summary>Compares what one queue delivered, in its order, with what is true.</summary>
internal sealed class QueueCheck(string queue, IReadOnlyDictionary<string, Truth> truths)
{
    private readonly List<Violation> _violations = [];
    private readonly Dictionary<string, string> _ids = [];
    private readonly Dictionary<string, string> _idOfTruth = [];
    private readonly Dictionary<string, (Truth Truth, long? Sequence)> _last = [];

    public IReadOnlyList<Violation> Violations => _violations;

    /// <summary>Events, each counted once.</summary>
    public int Events => _ids.Count;

    /// <summary>Deliveries of events that had been delivered before, with the same message id.</summary>
    public int Repeats { get; private set; }

    /// <summary>Events of which nobody can say whether they came early, as the database did not answer then.</summary>
    public int LookedLate { get; private set; }

    public QueueCheck Run(IEnumerable<Delivery> deliveries)
    {
        foreach (var delivery in deliveries)
            See(delivery);
        foreach (var truth in truths.Values)
        {
            if (!_idOfTruth.ContainsKey(truth.Key))
            {
                _violations.Add(new Violation(
                    ViolationKind.Lost, queue, truth.Entity, truth.At, truth.At, $"never delivered: {Told(truth)}"));
            }
        }

        return this;
    }

    private void See(Delivery delivery)
    {
        if (!_ids.TryAdd(delivery.Id, delivery.Key))
        {
            Repeats++;
            if (_ids[delivery.Id] != delivery.Key)
                Add(ViolationKind.Phantom, delivery, null, $"its message id told '{_ids[delivery.Id]}' before");
            return;
        }

        if (delivery.LookedLate)
            LookedLate++;
        if (!truths.TryGetValue(delivery.Key, out var truth))
        {
            Add(ViolationKind.Phantom, delivery, null, $"nothing in the database is '{delivery.Key}'");
            return;
        }

        if (!_idOfTruth.TryAdd(truth.Key, delivery.Id))
        {
            Add(ViolationKind.ForeignDuplicate, delivery, truth, $"told before with message id {_idOfTruth[truth.Key]}");
            return;
        }

        if (delivery.VisibleTruth == 0)
            Add(ViolationKind.Early, delivery, truth, "delivered before the database showed it");
        foreach (var difference in BodyCheck.Differences(delivery, truth))
            Add(ViolationKind.WrongBody, delivery, truth, difference);
        Compare(delivery, truth);
    }

    private void Compare(Delivery delivery, Truth truth)
    {
        var sequence = delivery.Sequence;
        if (_last.TryGetValue(truth.Entity, out var last))
        {
            if (truth.No < last.Truth.No)
                Add(ViolationKind.Disorder, delivery, truth, $"delivered after {Told(last.Truth)}");
            if (sequence <= last.Sequence || sequence is null)
            {
                Add(
                    ViolationKind.SequenceBack,
                    delivery,
                    truth,
                    $"sequence {sequence} after {last.Sequence}, which told {Told(last.Truth)}");
            }

            if (truth.No < last.Truth.No)
                return;
        }

        _last[truth.Entity] = (truth, sequence);
    }

    private void Add(ViolationKind kind, Delivery delivery, Truth? truth, string text)
    {
        var told = truth is null ? "" : $"\n    {Told(truth)}";
        _violations.Add(new Violation(
            kind,
            queue,
            delivery.Entity,
            delivery.At,
            truth?.At ?? 0,
            $"{text}{told}\n    event delivered at {Clock.Text(delivery.At)}: {delivery.Text}"));
    }

    private static string Told(Truth truth) =>
        $"truth {truth.No} of transaction {truth.Xid} at {Clock.Text(truth.At)} '{truth.Key}' {truth.Body}";
}
