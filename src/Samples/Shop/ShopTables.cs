using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Shop;

/// <summary>Makes the tables where they are absent. A service of yours uses migrations instead.</summary>
internal static class ShopTables
{
    public static async Task CreateAsync(ShopContext shop, CancellationToken cancellationToken)
    {
        var isDone = await shop.Database.EnsureCreatedAsync(cancellationToken) || !shop.Database.IsRelational();

        // EnsureCreated leaves a database alone that has tables of somebody else.
        if (!isDone && !await ExistAsync(shop, cancellationToken))
            await shop.GetService<IRelationalDatabaseCreator>().CreateTablesAsync(cancellationToken);
    }

    private static Task<bool> ExistAsync(ShopContext shop, CancellationToken cancellationToken) =>
        shop.Database
            .SqlQuery<bool>($"""SELECT to_regclass('"Orders"') IS NOT NULL AS "Value" """)
            .SingleAsync(cancellationToken);
}
