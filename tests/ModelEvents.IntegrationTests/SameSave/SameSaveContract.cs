using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace ModelEvents.Tests.SameSave;

/// <summary>
/// A save is the same with ModelEvents as without: the same random programs with both, for each combination of what EF Core
/// can be told about cascades. <c>MODELEVENTS_GRAPHS</c> is the number of programs for each combination and
/// <c>MODELEVENTS_SEED</c> the first one's seed, of all delete behaviours or of <c>MODELEVENTS_BEHAVIOR</c> alone.
/// </summary>
public abstract class SameSaveContract
{
    private const int MostDifferences = 10;

    internal static CascadeTiming[] Timings => [CascadeTiming.Immediate, CascadeTiming.OnSaveChanges, CascadeTiming.Never];

    /// <summary>The delete behaviours that are tried each time.</summary>
    protected abstract IReadOnlyList<DeleteBehavior> Behaviors { get; }

    [Fact]
    public async Task A_random_graph_is_saved_as_without_ModelEvents()
    {
        List<string> differences = [];
        foreach (var behavior in WantedBehaviors())
        {
            await using var pair = await CreateAsync(behavior);
            foreach (var (deletes, orphans) in Timings.SelectMany(_ => Timings, (deletes, orphans) => (deletes, orphans)))
                await RunAsync(pair, deletes, orphans, $"{behavior}, deletes {deletes}, orphans {orphans}", differences);
        }

        Assert.True(differences.Count == 0, string.Join("\n\n", differences.Take(MostDifferences)));
    }

    private protected abstract Task<FamilyPair> CreateAsync(DeleteBehavior behavior);

    private static async Task RunAsync(
        FamilyPair pair, CascadeTiming deletes, CascadeTiming orphans, string name, List<string> differences)
    {
        var (first, events) = (Number("MODELEVENTS_SEED", 1), 0);
        var last = first + Number("MODELEVENTS_GRAPHS", 1) - 1;
        Dictionary<string, int> ends = [];
        for (var seed = first; seed <= last && differences.Count < MostDifferences; seed++)
        {
            try
            {
                var run = await pair.RunAsync(deletes, orphans, seed);
                events += run.Events;
                foreach (var end in run.Ends.Select(end => end.Length > 100 ? end[..100] : end))
                    ends[end] = ends.GetValueOrDefault(end) + 1;
            }
            catch (Xunit.Sdk.XunitException difference)
            {
                differences.Add($"{name}: {difference.Message}");
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{name}: seeds {first} to {last}, {events} events; saves "
            + string.Join("; ", ends.OrderByDescending(end => end.Value).Take(6).Select(end => $"{end.Value} {end.Key}")));
    }

    private IReadOnlyList<DeleteBehavior> WantedBehaviors()
    {
        if (Enum.TryParse<DeleteBehavior>(Environment.GetEnvironmentVariable("MODELEVENTS_BEHAVIOR"), out var only))
            return [only];

        return Environment.GetEnvironmentVariable("MODELEVENTS_GRAPHS") is null
            ? Behaviors
            : [.. Enum.GetValues<DeleteBehavior>()];
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : otherwise;
}
