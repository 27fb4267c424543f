using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace ModelEvents.Receivers;

/// <summary>
/// Lets synchronous calls share the asynchronous code: nothing in it waits there, so that its tasks are complete when they are
/// returned.
/// </summary>
internal static class CompletedTask
{
    public static void ThrowIfFailed(this Task completed)
    {
        Debug.Assert(completed.IsCompleted, "Something waits in a synchronous call.");
        if (completed.IsFaulted)
            ExceptionDispatchInfo.Throw(completed.Exception.InnerException!);
        if (completed.IsCanceled)
            throw new TaskCanceledException(completed);
    }

    /// <summary>Refuses a task that is not complete.</summary>
    /// <param name="called">What a receiver returned.</param>
    /// <param name="receiver">What names it.</param>
    /// <exception cref="InvalidOperationException">It waits.</exception>
    public static Task Require(Task called, object receiver) => called.IsCompleted
        ? called
        : throw new InvalidOperationException(
            $"The receiver '{receiver}' waits inside a synchronous call, which would block its thread. Use the asynchronous "
            + "call, or let the receiver use synchronous ones.");
}
