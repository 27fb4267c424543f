using System.Runtime.ExceptionServices;

namespace ModelEvents.Receivers;

/// <summary>
/// Lets synchronous saves share the asynchronous code: nothing in it waits there, so that its tasks are complete when they are
/// returned.
/// </summary>
internal static class CompletedTask
{
    public static void ThrowIfFailed(this Task completed)
    {
        if (completed.IsFaulted)
            ExceptionDispatchInfo.Throw(completed.Exception.InnerException!);
        if (completed.IsCanceled)
            throw new TaskCanceledException(completed);
    }
}
