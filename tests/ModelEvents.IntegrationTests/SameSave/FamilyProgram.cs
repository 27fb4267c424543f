using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Tests.SameSave;

/// <summary>
/// Lets two families live through the same random program, one with ModelEvents and one without, and compares them after each
/// save. A seed makes the same program each time.
/// </summary>
internal sealed class FamilyProgram(FamilySide plain, FamilySide captured, Func<Task<(string Model, string Action)[]?>> takeEvents, int seed)
{
    private readonly Random _random = new(seed);
    private readonly StringBuilder _steps = new();
    private Rows? _rows;

    /// <summary>How its saves have ended, alike on both sides.</summary>
    public List<string> Ends { get; } = [];

    public int Events { get; private set; }

    public async Task RunAsync()
    {
        await StepAsync("begin", (side, random) => side.BeginAsync(random, null));
        for (var acts = _random.Next(2, 9); acts > 0; acts--)
            await ActAsync(Acts.Growing);
        await SaveAsync();
        for (var saves = _random.Next(1, 5); saves > 0; saves--)
        {
            if (_random.Next(3) > 0)
                await StepAsync("begin", (side, random) => side.BeginAsync(random, _rows));
            for (var acts = _random.Next(1, 7); acts > 0; acts--)
                await ActAsync(HarderActs.All);
            await SaveAsync();
        }
    }

    private Task<string> ActAsync(Action<FamilySide, Random>[] acts)
    {
        var number = _random.Next(acts.Length);
        return StepAsync($"act {number} {acts[number].Method.Name}", (side, random) =>
        {
            acts[number](side, random);
            return Task.CompletedTask;
        });
    }

    private async Task SaveAsync()
    {
        var save = FamilySave.Next(_random);
        var before = await plain.ReadAsync();
        plain.Account.Open();
        var end = await StepAsync($"save {save}", (side, random) => save.RunAsync(side, random));
        Ends.Add(end.Length == 0 ? "saved" : end.Split('\n').Last(line => line.Contains("Exception: ", StringComparison.Ordinal)));
        plain.Account.Close(Tracked.Entries(plain.Context));
        var after = _rows = await plain.ReadAsync();
        Compare("what was told", string.Join('\n', plain.Told), string.Join('\n', captured.Told));
        Compare("rows", after.Text, (await captured.ReadAsync()).Text);
        Compare("tracked", Tracked.TextOf(plain.Context, plain.Things), Tracked.TextOf(captured.Context, captured.Things));
        if (await takeEvents() is not { } events)
            return;

        Events += events.Length;
        if (save.IsPlain && plain.Account.Check(events, before, after).ToList() is { Count: > 0 } wrong)
            throw Different(string.Join('\n', wrong));
    }

    /// <summary>Does the same on both sides; returns what was thrown, the same on both, or nothing.</summary>
    private async Task<string> StepAsync(string name, Func<FamilySide, Random, Task> step)
    {
        var numbers = _random.Next();
        _steps.Append(CultureInfo.InvariantCulture, $"{name} ({numbers})\n");
        var (expected, actual) = (await OutcomeAsync(plain, step, numbers), await OutcomeAsync(captured, step, numbers));
        Compare($"outcome of {name}", expected, actual);
        if (expected.Length > 0)
            _steps.AppendLine(expected.Split('\n')[0]);
        return expected;
    }

    private static async Task<string> OutcomeAsync(FamilySide side, Func<FamilySide, Random, Task> step, int numbers)
    {
        try
        {
            await step(side, new Random(numbers));
            return "";
        }
#pragma warning disable CA1031 // Whatever it is, it must be the same on both sides.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return TextOf(exception);
        }
    }

    private static string TextOf(Exception exception)
    {
        var text = $"{exception.GetType().Name}: {exception.Message}";
        if (exception is DbUpdateException update)
            text += $"\n{string.Join('\n', update.Entries.Select(entry => $"{entry.Metadata.DisplayName()} {entry.State}"))}";
        return exception.InnerException is { } inner ? $"{text}\n{TextOf(inner)}" : text;
    }

    private void Compare(string what, string expected, string actual)
    {
        if (expected == actual)
            return;

        var (without, with) = (expected.Split('\n'), actual.Split('\n'));
        throw Different($"{what}\nonly without: {string.Join("\n              ", without.Except(with))}\n"
            + $"only with:    {string.Join("\n              ", with.Except(without))}");
    }

    private Xunit.Sdk.XunitException Different(string what) =>
        new Xunit.Sdk.XunitException($"Seed {seed}: {what}\nSteps:\n{_steps}");
}
