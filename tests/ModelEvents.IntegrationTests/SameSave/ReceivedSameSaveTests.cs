using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Tests.SameSave;

/// <summary>The same where each change has receivers that do nothing.</summary>
public sealed class ReceivedSameSaveTests : SqliteSameSaveTests
{
    protected override IReadOnlyList<DeleteBehavior> Behaviors { get; } = [DeleteBehavior.Cascade, DeleteBehavior.ClientSetNull];

    /// <summary>Cascades are made before receivers are called, which find changes accepted before the commit.</summary>
    private protected override bool TellsStates => false;

    /// <summary>Such as an owned instance of a parent that alone was changed. These programs save so without accepting changes.</summary>
    [Theory]
    [InlineData(42)]
    [InlineData(122)]
    public async Task What_EF_Core_marks_as_modified_since_it_shares_a_row_stays_so(int seed)
    {
        await using var pair = await CreateAsync(DeleteBehavior.ClientSetNull);

        var run = await pair.RunAsync(CascadeTiming.Immediate, CascadeTiming.Immediate, seed);

        Assert.NotEqual(0, run.Events);
    }

    private protected override void Complete(CaptureBuilder<FamilyContext> capture) =>
        capture.Services.AddModelReceiver<Onlooker>();

    private sealed class Onlooker
        : IBeforeSave<object>, IAfterSave<object>, IBeforeDelete<object>, IAfterDelete<object>, ILinksChanged<object>
    {
        public Task BeforeSaveAsync(object model, SaveContext save, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task AfterSaveAsync(object model, SaveContext save, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task BeforeDeleteAsync(object model, DeleteContext deletion, CancellationToken cancellationToken) =>
            Task.CompletedTask;

        public Task AfterDeleteAsync(object model, DeleteContext deletion, CancellationToken cancellationToken) =>
            Task.CompletedTask;

        public Task LinksChangedAsync(object model, LinksContext links, CancellationToken cancellationToken) =>
            Task.CompletedTask;
    }
}
