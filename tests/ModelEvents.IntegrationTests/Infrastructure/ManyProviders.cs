using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ModelEvents.Tests.Infrastructure;

internal static class ManyProviders
{
    /// <summary>
    /// Lets this process have more than twenty different configurations of EF Core, which it takes for a mistake elsewhere:
    /// the tests together have that many.
    /// </summary>
    public static DbContextOptionsBuilder AmongMany(this DbContextOptionsBuilder options) =>
        options.ConfigureWarnings(warnings => warnings.Ignore(CoreEventId.ManyServiceProvidersCreatedWarning));
}
