using ModelEvents.Publishing;

namespace ModelEvents.Testing;

/// <summary>
/// One call of a <see cref="FaultyPublisher"/>, in waves of at most one event of each key, so that what became of an event
/// is known before the next one of its key is tried.
/// </summary>
internal sealed class FaultyRun(
    IEventPublisher publisher, PublisherFaults faults, UnroutableEvents unroutable, IReadOnlyList<ModelEvent> events)
{
    private static readonly PublishOutcome Refused = new(PublishStatus.Refused, "The faulty publisher refused it.");
    private static readonly PublishOutcome Lost =
        new(PublishStatus.Unavailable, "The faulty publisher lost its acknowledgement.");

    private readonly PublishOutcome[] _outcomes = new PublishOutcome[events.Count];
    private readonly OrderedDictionary<(string Model, string Key), int> _wave = [];
    private readonly HashSet<(string Model, string Key)> _held = [];
    private PublishOutcome? _away;

    public int LostAcknowledgements { get; private set; }

    public int Duplicates { get; private set; }

    public int Refusals { get; private set; }

    public int Confirmed => _outcomes.Count(IsDone);

    public async Task<IReadOnlyList<PublishOutcome>> PublishAsync(CancellationToken cancellationToken)
    {
        for (var position = 0; position < events.Count; position++)
        {
            if (_wave.ContainsKey(EntityAt(position)))
                await PublishWaveAsync(cancellationToken).ConfigureAwait(false);
            Try(position);
        }

        await PublishWaveAsync(cancellationToken).ConfigureAwait(false);
        return _outcomes;
    }

    private void Try(int position)
    {
        var entity = EntityAt(position);
        if (_held.Contains(entity))
        {
            _outcomes[position] = PublishOutcome.Held;
        }
        else if (_away is { } away)
        {
            Report(position, away);
        }
        else if (faults.Refuses(events[position]))
        {
            Refusals++;
            Report(position, Refused);
        }
        else
        {
            _wave.Add(entity, position);
        }
    }

    private async Task PublishWaveAsync(CancellationToken cancellationToken)
    {
        if (_wave.Count == 0)
            return;

        int[] positions = [.. _wave.Values];
        _wave.Clear();
        var outcomes = await PublishAsync(positions, cancellationToken).ConfigureAwait(false);
        int[] done = [.. positions.Where((_, index) => IsDone(outcomes[index]))];
        int[] again = [.. done.Where(position => faults.Duplicates(events[position]))];
        if (again.Length > 0)
            await PublishAsync(again, cancellationToken).ConfigureAwait(false);

        Duplicates += again.Length;
        for (var index = 0; index < positions.Length; index++)
            Report(positions[index], outcomes[index]);
        foreach (var position in done.Where(position => faults.LosesAcknowledgement(events[position])))
        {
            LostAcknowledgements++;
            Report(position, Lost);
        }
    }

    private Task<IReadOnlyList<PublishOutcome>> PublishAsync(int[] positions, CancellationToken cancellationToken) =>
        publisher.PublishAsync([.. positions.Select(position => events[position])], cancellationToken);

    private void Report(int position, PublishOutcome outcome)
    {
        _outcomes[position] = outcome;
        if (!IsDone(outcome))
            _held.Add(EntityAt(position));
        if (outcome.Status == PublishStatus.Unavailable && outcome != Lost)
            _away = outcome;
    }

    private bool IsDone(PublishOutcome outcome) => outcome.Status.IsDone(unroutable);

    private (string Model, string Key) EntityAt(int position) => (events[position].Model, events[position].Key);
}
