using System.Globalization;

namespace ModelEvents.Faults.Lines;

/// <summary>
/// The time of day of a worker, off the true one by the seconds that a file says. ModelEvents takes its time from nowhere else;
/// intervals stay true, as they do when a system's clock is set.
/// </summary>
internal sealed class WorkerClock : TimeProvider, IDisposable
{
    private readonly string _file;
    private readonly Timer _reading;
    private long _ticks;

    public WorkerClock(string file)
    {
        _file = file;
        _reading = new Timer(_ => Read(), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(200));
    }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _ticks));

    public void Dispose() => _reading.Dispose();

    private void Read()
    {
        var seconds = double.Parse(File.ReadAllText(_file), CultureInfo.InvariantCulture);
        Interlocked.Exchange(ref _ticks, TimeSpan.FromSeconds(seconds).Ticks);
    }
}
