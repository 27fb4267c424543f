using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using ModelEvents.Capture;

namespace ModelEvents.Receivers;

/// <summary>
/// Tells receivers of instances that queries have made. One for all contexts, as EF Core compiles queries for each instance of
/// such an interceptor.
/// </summary>
internal sealed class MaterializationInterceptor : IMaterializationInterceptor
{
    private MaterializationInterceptor()
    {
    }

    public static MaterializationInterceptor Instance { get; } = new();

    public object InitializedInstance(MaterializationInterceptionData materializationData, object entity)
    {
        var context = materializationData.Context;
        if (context.GetService<ContextState>().ReadsLog)
            return entity;

        var receivers = context.GetService<IDbContextOptions>().FindExtension<CaptureExtension>()!.Receivers;
        receivers.Materialized(context, materializationData.EntityType, entity);
        return entity;
    }
}
