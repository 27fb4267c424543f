using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace ModelEvents.Capture;

/// <summary>Knows the order in which EF Core calls a context's interceptors.</summary>
internal static class InterceptorChain
{
    /// <summary>Whether no other interceptor of kind <typeparamref name="T"/> is called after <paramref name="self"/>.</summary>
    public static bool EndsWith<T>(DbContext context, T self)
        where T : class, IInterceptor =>
        ReferenceEquals(Of<T>(context).LastOrDefault(), self);

    /// <summary>The context's interceptors of kind <typeparamref name="T"/>, in order.</summary>
    public static IEnumerable<T> Of<T>(DbContext context)
        where T : class, IInterceptor =>
        context.GetService<IDbContextOptions>().FindExtension<CoreOptionsExtension>()?.Interceptors?.OfType<T>() ?? [];
}
