using System.Diagnostics;
using System.Globalization;
using ModelEvents.Faults.Faulting;

namespace ModelEvents.Faults.Lines;

/// <summary>One worker of a line, started again when it ended otherwise than by a fault.</summary>
internal sealed class WorkerProcess(string name, LineSettings settings, string folder, TextWriter log)
    : IWorkerProcess, IAsyncDisposable
{
    private readonly string _clock = Path.Combine(folder, $"{name}.clock");
    private LoggedProcess? _process;
    private bool _wanted;

    public string Name => name;

    public string Line => settings.Line;

    public int Id => _process?.Id ?? 0;

    public bool Runs => _process?.Runs == true;

    /// <summary>Ends that nobody asked for.</summary>
    public int OwnEnds { get; private set; }

    /// <summary>Stops that took more than a minute.</summary>
    public int HungStops { get; private set; }

    public async Task StartAsync()
    {
        if (Runs)
            return;

        await EndAsync();
        await LeapClockAsync(TimeSpan.Zero);
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["worker"]);
        var (variable, value) = (settings with { ClockFile = _clock }).ToEnvironment();
        start.Environment[variable] = value;
        await log.WriteLineAsync("== started");
        _process = LoggedProcess.Start(start, log);
        _wanted = true;
    }

    public async Task KillAsync()
    {
        _wanted = false;
        if (_process is not null)
            await _process.KillAsync();
    }

    public async Task StopAsync()
    {
        _wanted = false;
        if (_process is not null && !await _process.StopAsync())
            HungStops++;
    }

    public Task SuspendAsync() => _process?.SignalAsync("STOP") ?? Task.CompletedTask;

    public Task ResumeAsync() => _process?.SignalAsync("CONT") ?? Task.CompletedTask;

    public async Task LeapClockAsync(TimeSpan offset)
    {
        var text = offset.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(_clock + ".new", text);
        File.Move(_clock + ".new", _clock, overwrite: true);
    }

    /// <summary>Starts it again where it ended by itself.</summary>
    public async Task LookAfterAsync()
    {
        if (!_wanted || Runs)
            return;

        OwnEnds++;
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _wanted = false;
        await EndAsync();
        await log.FlushAsync();
    }

    private async Task EndAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _process = null;
    }
}
