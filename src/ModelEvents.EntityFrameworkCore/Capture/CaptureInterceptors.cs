using Microsoft.EntityFrameworkCore.Diagnostics;
using ModelEvents.Receivers;

namespace ModelEvents.Capture;

/// <summary>The interceptors of one captured context type, shared by all its instances.</summary>
internal sealed class CaptureInterceptors(
    ContextCapture capture, CommitWatch commits, UncapturedWriteGuard guard, SaveReceivers receivers)
{
    public IReadOnlyList<IInterceptor> All { get; } =
    [
        new TransactionInterceptor(commits),
        new SaveCommandInterceptor(capture, guard),
        new ModelEventsInterceptor(capture, receivers),
    ];
}
