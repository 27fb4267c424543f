using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;

namespace ModelEvents.Outbox;

/// <summary>Lets <see cref="OutboxConvention"/> take part in building the models of relational contexts.</summary>
internal sealed class OutboxConventionPlugin(IDbContextOptions options) : IConventionSetPlugin
{
    public ConventionSet ModifyConventions(ConventionSet conventionSet)
    {
        var settings = options.FindExtension<OutboxModelExtension>();
        var relational = options.Extensions.OfType<RelationalOptionsExtension>().Any();

        // First of all, so that the conventions that complete a model (constructors, annotations) complete the row too.
        if (relational && settings?.Table is not null)
            conventionSet.ModelFinalizingConventions.Insert(0, new OutboxConvention(settings));

        return conventionSet;
    }
}
