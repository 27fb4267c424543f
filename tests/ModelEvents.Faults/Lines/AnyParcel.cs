using Microsoft.EntityFrameworkCore;

namespace ModelEvents.Faults.Lines;

/// <summary>Chooses parcels, some of them often, and how they are saved.</summary>
internal static class AnyParcel
{
    private const int Hot = 3;

    public static async Task<long> AnyParcelIdAsync(
        this ParcelContext context, Random random, IReadOnlyList<long> except)
    {
        var ids = context.Parcels.Where(parcel => !except.Contains(parcel.Id)).Select(parcel => parcel.Id);
        var count = await ids.CountAsync();
        var offset = random.Next(3) == 0 ? random.Next(Hot) : random.Next(Math.Max(count, 1));
        return await ids.OrderBy(id => id).Skip(Math.Min(offset, Math.Max(count - 1, 0))).FirstOrDefaultAsync();
    }

    public static async Task<Parcel?> AnyParcelAsync(
        this ParcelContext context, Random random, IReadOnlyList<long> except)
    {
        var id = await context.AnyParcelIdAsync(random, except);
        return await context.Parcels.SingleOrDefaultAsync(parcel => parcel.Id == id);
    }

    public static async Task SaveInAnyWayAsync(this ParcelContext context, Random random)
    {
        if (random.Next(3) == 0)
            context.SaveChanges();
        else
            await context.SaveChangesAsync();
    }
}
