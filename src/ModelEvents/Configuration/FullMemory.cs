namespace ModelEvents;

/// <summary>What a save with events does while the memory that they would wait in is full.</summary>
public enum FullMemory
{
    /// <summary>It fails with an <see cref="InvalidOperationException"/> before anything is written.</summary>
    Fail,

    /// <summary>
    /// It waits before anything is written, as long as its cancellation token allows and the program does not stop. In a
    /// transaction that holds events already it does not wait, as what makes room may wait for that transaction's locks: it goes
    /// on while they are fewer than the memory may hold, and fails then with an <see cref="InvalidOperationException"/>.
    /// </summary>
    Wait,
}
