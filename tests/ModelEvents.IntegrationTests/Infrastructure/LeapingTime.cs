namespace ModelEvents.Tests.Infrastructure;

/// <summary>The system's time, which can be made to leap for what measures intervals.</summary>
internal sealed class LeapingTime : TimeProvider
{
    private long _leapt;

    public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _leapt);

    public void Leap(TimeSpan by) => Interlocked.Add(ref _leapt, (long)(by.TotalSeconds * TimestampFrequency));
}
