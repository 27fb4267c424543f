using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using ModelEvents.Capture;

namespace ModelEvents.Tables;

/// <summary>Lets <see cref="AddedTablesConvention"/> take part in building the models of contexts that ask for tables.</summary>
internal sealed class AddedTablesPlugin(IDbContextOptions options, IDatabaseProvider provider) : IConventionSetPlugin
{
    private const string PostgreSql = "Npgsql.EntityFrameworkCore.PostgreSQL";

    public ConventionSet ModifyConventions(ConventionSet conventionSet)
    {
        var isRelational = options.Extensions.OfType<RelationalOptionsExtension>().Any();
        conventionSet.ModelInitializedConventions.Add(new AddedTablesConvention(
            conventionSet,
            isRelational ? AddedTables.Of(options) : [],
            provider.Name == PostgreSql,
            options.FindExtension<CaptureExtension>() is not null));
        return conventionSet;
    }
}
