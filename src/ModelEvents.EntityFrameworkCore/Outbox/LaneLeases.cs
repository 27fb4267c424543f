using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace ModelEvents.Outbox;

/// <summary>
/// One session's view of the lease table. A session that lives raises the beat of its slots; one whose beat has not been
/// seen to move for a while is taken over. Only one's own clock counts, so clocks need not agree.
/// </summary>
internal sealed class LaneLeases(Guid owner, TimeProvider time)
{
    public const short MemberSlots = 64;

    /// <summary>How often a session raises its beat.</summary>
    public static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(1.5);

    // Together with two beats this stays under the 10 seconds within which a killed process is replaced.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    private readonly Dictionary<short, (Guid? Owner, long Beat, long Since)> _seen = [];

    /// <summary>The query for a number that rises while somebody holds a slot and is alive.</summary>
    public static string SignQuery(DbContext context)
    {
        var lease = context.Model.FindEntityType(typeof(LaneLease))!;
        var sql = context.GetService<ISqlGenerationHelper>();
        return $"SELECT SUM({Column(nameof(LaneLease.Beat))}) FROM {sql.DelimitIdentifier(lease.GetTableName()!, lease.GetSchema())} "
            + $"WHERE {Column(nameof(LaneLease.Owner))} IS NOT NULL";

        string Column(string property) => sql.DelimitIdentifier(lease.FindProperty(property)!.GetColumnName());
    }

    /// <summary>Puts the slots into an empty table.</summary>
    public static async Task SeedAsync(OutboxContext context, CancellationToken cancellationToken)
    {
        const int Slots = Lane.Count + MemberSlots;

        if (await context.Leases.CountAsync(cancellationToken).ConfigureAwait(false) == Slots)
            return;

        try
        {
            context.AddRange(Enumerable.Range(0, Slots).Select(slot => new LaneLease { Slot = (short)slot }));
            await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DbUpdateException)
        {
            // Another process was first, unless the table is still not full.
            if (await context.Leases.CountAsync(cancellationToken).ConfigureAwait(false) != Slots)
                throw;
        }
    }

    /// <summary>Raises the beat of this session's slots.</summary>
    public Task BeatAsync(OutboxContext context, CancellationToken cancellationToken) =>
        context.Leases.Where(lease => lease.Owner == owner).ExecuteUpdateAsync(
            lease => lease.SetProperty(one => one.Beat, one => one.Beat + 1), cancellationToken);

    /// <summary>Reads who holds what.</summary>
    public async Task<IReadOnlyList<LaneLease>> LookAsync(OutboxContext context, CancellationToken cancellationToken)
    {
        var leases = await context.Leases.AsNoTracking().ToListAsync(cancellationToken).ConfigureAwait(false);

        foreach (var lease in leases)
        {
            if (!_seen.TryGetValue(lease.Slot, out var seen) || (seen.Owner, seen.Beat) != (lease.Owner, lease.Beat))
                _seen[lease.Slot] = (lease.Owner, lease.Beat, time.GetTimestamp());
        }

        return leases;
    }

    public bool IsMine(LaneLease lease) => lease.Owner == owner;

    /// <summary>Whether nobody holds the slot, or somebody who has not been seen alive for a while.</summary>
    public bool IsFree(LaneLease lease) =>
        lease.Owner is null
        || (!IsMine(lease) && time.GetElapsedTime(_seen[lease.Slot].Since) > Patience);

    /// <summary>Takes those of <paramref name="leases"/> that are still as they were seen; returns them.</summary>
    public async Task<List<short>> TakeAsync(
        OutboxContext context, IEnumerable<LaneLease> leases, CancellationToken cancellationToken)
    {
        var taken = new List<short>();

        foreach (var (slot, holder, beat) in leases.Select(lease => (lease.Slot, lease.Owner, lease.Beat)))
        {
            var changed = await context.Leases
                .Where(lease => lease.Slot == slot && lease.Owner == holder && lease.Beat == beat)
                .ExecuteUpdateAsync(
                    lease => lease
                        .SetProperty(one => one.Owner, owner)
                        .SetProperty(one => one.Beat, one => one.Beat + 1),
                    cancellationToken)
                .ConfigureAwait(false);

            if (changed == 1)
                taken.Add(slot);
        }

        return taken;
    }

    /// <summary>Gives slots up that this session holds.</summary>
    public Task GiveAsync(OutboxContext context, short[] slots, CancellationToken cancellationToken) =>
        context.Leases.Where(lease => lease.Owner == owner && slots.Contains(lease.Slot)).ExecuteUpdateAsync(
            lease => lease.SetProperty(one => one.Owner, (Guid?)null), cancellationToken);

    /// <summary>Gives all slots of sessions up that have ended.</summary>
    public static Task<int> LeaveAsync(OutboxContext context, Guid[] ended, CancellationToken cancellationToken) =>
        context.Leases.Where(lease => lease.Owner != null && ended.Contains(lease.Owner.Value)).ExecuteUpdateAsync(
            lease => lease.SetProperty(one => one.Owner, (Guid?)null), cancellationToken);
}
