using ModelEvents.Models;

namespace ModelEvents.Catalog;

/// <summary>Tells at start-up what is wrong with the declarations of own events.</summary>
internal sealed class DeclaredNamesCheck : IRegistrationCheck
{
    public IEnumerable<string> FindMistakes() => DeclaredNames.Mistakes;
}
