using Microsoft.EntityFrameworkCore.Metadata.Conventions;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace ModelEvents.Rules;

/// <summary>Lets <see cref="RuleTablesConvention"/> take part in building the models of captured contexts.</summary>
internal sealed class RuleTablesPlugin(IDatabaseProvider provider) : IConventionSetPlugin
{
    public ConventionSet ModifyConventions(ConventionSet conventionSet)
    {
        conventionSet.ModelFinalizingConventions.Insert(0, new RuleTablesConvention(provider.Name));
        return conventionSet;
    }
}
