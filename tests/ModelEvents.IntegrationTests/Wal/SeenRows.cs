using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using ModelEvents.TestWorker;

namespace ModelEvents.Tests.Wal;

/// <summary>A handler that looks for the row of each event.</summary>
internal sealed class SeenRows(ParcelContext context, SeenRows.Found found) : IEventHandler
{
    public bool Wants(string eventName) => true;

    public async Task HandleAsync(ModelEvent e, CancellationToken ct)
    {
        var id = long.Parse(e.Key, System.Globalization.CultureInfo.InvariantCulture);
        found.Rows[e.Key] = await context.Parcels.AsNoTracking().AnyAsync(parcel => parcel.Id == id, ct);
    }

    /// <summary>Which rows were found.</summary>
    public sealed class Found
    {
        public ConcurrentDictionary<string, bool> Rows { get; } = [];
    }
}
