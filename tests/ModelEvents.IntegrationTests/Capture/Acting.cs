using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ModelEvents.Tests.Capture;

/// <summary>Does something once, before or after the next save.</summary>
internal sealed class Acting : SaveChangesInterceptor
{
    public Action<DbContext>? Saving { get; set; }

    public Func<DbContext, Task>? Saved { get; set; }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        var act = Saving;
        Saving = null;
        act?.Invoke(eventData.Context!);
        return new(result);
    }

    public override async ValueTask<int> SavedChangesAsync(
        SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        var act = Saved;
        Saved = null;
        if (act is not null)
            await act(eventData.Context!);
        return result;
    }
}
