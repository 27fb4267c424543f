using ModelEvents.Faults.Checking;

namespace ModelEvents.Faults.Campaign;

internal static class Delay
{
    public static async Task UntilAsync(double moment, CancellationToken cancellationToken)
    {
        if (moment > Clock.Now)
            await Task.Delay(TimeSpan.FromSeconds(moment - Clock.Now), cancellationToken);
    }
}
