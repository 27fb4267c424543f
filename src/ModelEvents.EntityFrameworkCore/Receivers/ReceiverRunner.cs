using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Logging;
using ModelEvents.Capture;

namespace ModelEvents.Receivers;

/// <summary>Calls receivers, one after the other, and decides what becomes of their exceptions.</summary>
internal sealed class ReceiverRunner(ILogger<ReceiverRunner> log)
{
    public async Task CallAsync(ReceivedSave save, IEnumerable<PlannedCall> calls, CancellationToken cancellationToken)
    {
        save.IsCalling = true;
        try
        {
            foreach (var (receiver, call) in calls.SelectMany(call => call.Receivers, (call, receiver) => (receiver, call)))
            {
                if (receiver.IsConnected && call.IsDue())
                    await CallAsync(save, receiver, call, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            save.IsCalling = false;
        }
    }

    private async Task CallAsync(
        ReceivedSave save, Receiver receiver, PlannedCall call, CancellationToken cancellationToken)
    {
        var outer = ReceiverDepth.Enter(receiver);
        try
        {
            var service = receiver.Service is null ? null : save.Services.Get(receiver.Service);
            if (save.IsAsync)
                await receiver.Call(service, call.Model, call.Context, cancellationToken).ConfigureAwait(false);
            else
                CallNow(receiver, service, call);
        }
        catch (Exception exception)
            when (receiver.Mode == SendMode.SendRobust && !cancellationToken.IsCancellationRequested)
        {
            Capture.Log.ReceiverFailed(log, exception, receiver.Name, receiver.Kind);
            (save.Context.GetService<ContextState>().Failures ??= [])
                .Add(new ReceiverFailure(receiver.Name, call.Model, exception));
            if (save.IsCalled)
                await TransactionCheck.CheckAsync(save, receiver, exception).ConfigureAwait(false);
        }
        finally
        {
            ReceiverDepth.Leave(outer);
        }
    }

    /// <summary>Inside a synchronous save nothing may wait. What waits nevertheless is asked to end and not waited for.</summary>
    private static void CallNow(Receiver receiver, object? service, PlannedCall call)
    {
        using var abandon = new CancellationTokenSource();
        var called = receiver.Call(service, call.Model, call.Context, abandon.Token);
        if (called.IsCompleted)
        {
            called.ThrowIfFailed();
            return;
        }

        abandon.Cancel();
        throw new InvalidOperationException(
            $"The receiver '{receiver.Name}' waits inside a synchronous save, which would block its thread. Call "
            + "'SaveChangesAsync', or let it use synchronous calls where 'IsAsync' is false.");
    }
}
