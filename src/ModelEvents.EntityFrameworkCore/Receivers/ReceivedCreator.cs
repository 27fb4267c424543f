using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace ModelEvents.Receivers;

/// <summary>The database provider's creator, with receivers before and after <c>EnsureCreated</c>.</summary>
internal class ReceivedCreator(IDatabaseCreator creator, DbContext context, MigrateReceivers receivers) : IDatabaseCreator
{
    public bool EnsureCreated() =>
        receivers.Around(context, isMigration: false, target: null, creator.EnsureCreated);

    public Task<bool> EnsureCreatedAsync(CancellationToken cancellationToken = default) => receivers.AroundAsync(
        context,
        isMigration: false,
        target: null,
        () => creator.EnsureCreatedAsync(cancellationToken),
        cancellationToken);

    public bool EnsureDeleted() => creator.EnsureDeleted();

    public Task<bool> EnsureDeletedAsync(CancellationToken cancellationToken = default) =>
        creator.EnsureDeletedAsync(cancellationToken);

    public bool CanConnect() => creator.CanConnect();

    public Task<bool> CanConnectAsync(CancellationToken cancellationToken = default) =>
        creator.CanConnectAsync(cancellationToken);
}
