using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelEvents.Capture;
using ModelEvents.Catalog;

namespace ModelEvents.Bodies;

/// <summary>Asks the writers of a captured context's bodies what they write.</summary>
internal sealed class ContextBodySchemas<TContext>(IServiceScopeFactory scopes, CapturedModelsSource models)
    : IBodySchemaSource
    where TContext : DbContext
{
    /// <summary>A body as the listed type itself has it: a derived type's has more properties.</summary>
    public IReadOnlyDictionary<string, JsonObject> GetBodySchemas()
    {
        using var scope = scopes.CreateScope();
        var context = scope.ServiceProvider.GetRequiredService<TContext>();
        return models.For(context).All.Concat(models.FromLog(context).All)
            .Where(model => CapturedModelsSource.Find(context.Model, model.Value.Listed) == model.Key)
            .ToDictionary(model => model.Value.Listed.Name, model => model.Value.Body.Describe());
    }
}
