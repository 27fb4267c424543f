namespace ModelEvents.Dispatching;

/// <summary>
/// Lets the workers of this process publish side by side, but an event that was refused before on its own: what closes a
/// channel takes along everything that is on its way there, and must not be taken for what others are to blame for.
/// </summary>
internal sealed class PublishTurns : IDisposable
{
    // More than there can be workers: 16 for each outbox.
    private const int All = 256;

    private readonly SemaphoreSlim _turns = new(All);
    private readonly SemaphoreSlim _gate = new(1);

    /// <summary>Waits for a turn beside others; it ends with <see cref="EndShared"/>.</summary>
    public async Task BeginSharedAsync(CancellationToken cancellationToken)
    {
        // Through the gate, so that those who want to be alone get there.
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void EndShared() => _turns.Release();

    /// <summary>Waits until nobody else has a turn; it ends with <see cref="EndAlone"/>.</summary>
    public async Task BeginAloneAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        var taken = 0;
        try
        {
            for (; taken < All; taken++)
                await _turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            if (taken > 0)
                _turns.Release(taken);
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void EndAlone() => _turns.Release(All);

    public void Dispose()
    {
        _turns.Dispose();
        _gate.Dispose();
    }
}
