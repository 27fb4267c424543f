using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;

namespace ModelEvents.Tables;

/// <summary>Lets <see cref="AddedTablesConvention"/> take part in building the models of relational contexts.</summary>
internal sealed class AddedTablesPlugin(IDbContextOptions options) : IConventionSetPlugin
{
    public ConventionSet ModifyConventions(ConventionSet conventionSet)
    {
        var relational = options.Extensions.OfType<RelationalOptionsExtension>().Any();

        // First of all, so that the conventions that complete a model (constructors, annotations) complete the rows too.
        if (relational)
            conventionSet.ModelFinalizingConventions.Insert(
                0, new AddedTablesConvention(AddedTables.Of(options)));

        return conventionSet;
    }
}
