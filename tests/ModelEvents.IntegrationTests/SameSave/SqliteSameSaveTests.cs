using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Tests.SameSave;

/// <summary>On SQLite in memory, with the portable outbox.</summary>
public class SqliteSameSaveTests : SameSaveContract, IDisposable
{
    private readonly SqliteFamilies _families = new();

    protected override IReadOnlyList<DeleteBehavior> Behaviors { get; } =
        [DeleteBehavior.Cascade, DeleteBehavior.SetNull, DeleteBehavior.ClientNoAction];

    /// <summary>Whether states change in the same order.</summary>
    private protected virtual bool TellsStates => true;

    /// <summary>Takes the events from where they are, if that is not the outbox's table.</summary>
    private protected virtual FamilyEvents? Events => null;

    public void Dispose()
    {
        _families.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected override Task<FamilyPair> CreateAsync(DeleteBehavior behavior) =>
        _families.CreateAsync(behavior, Complete, Events, TellsStates);

    private protected virtual void Complete(CaptureBuilder<FamilyContext> capture)
    {
    }
}
