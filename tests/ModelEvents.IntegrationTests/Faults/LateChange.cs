using Microsoft.EntityFrameworkCore.Storage;
using ModelEvents.TestWorker;

namespace ModelEvents.Tests.Faults;

/// <summary>A change that is saved early and committed late: others that are saved after it can be seen before.</summary>
internal sealed class LateChange : IAsyncDisposable
{
    private readonly ParcelScope _scope;
    private readonly IDbContextTransaction _transaction;

    private LateChange(ParcelScope scope, IDbContextTransaction transaction) =>
        (_scope, _transaction) = (scope, transaction);

    public event Action? Committed;

    public static async Task<LateChange> BeginAsync(ParcelScope scope, Parcel parcel)
    {
        var transaction = await scope.Context.Database.BeginTransactionAsync();
        scope.Context.Attach(parcel);
        parcel.Step++;
        await scope.Context.SaveChangesAsync();
        return new LateChange(scope, transaction);
    }

    public async Task CommitAsync()
    {
        await _transaction.CommitAsync();
        Committed?.Invoke();
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _scope.DisposeAsync();
    }
}
