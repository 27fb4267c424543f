using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Tests.SameSave;

/// <summary>The same where events wait in memory.</summary>
public sealed class DirectSameSaveTests : SqliteSameSaveTests
{
    protected override IReadOnlyList<DeleteBehavior> Behaviors { get; } = [DeleteBehavior.Restrict];

    private protected override FamilyEvents Events => _ => Task.FromResult<(string, string)[]?>(null);

    private protected override void Complete(CaptureBuilder<FamilyContext> capture) =>
        capture.Services.Configure<ModelEventsOptions>(options => options.Delivery = DeliveryMode.Direct);
}
