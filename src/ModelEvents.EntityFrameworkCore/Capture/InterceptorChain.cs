using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace ModelEvents.Capture;

/// <summary>Knows the order in which EF Core calls a context's interceptors.</summary>
internal static class InterceptorChain
{
    /// <summary>Whether the last interceptor of kind <typeparamref name="T"/> is a <typeparamref name="TOurs"/>.</summary>
    public static bool EndsWith<T, TOurs>(DbContext context)
        where T : class, IInterceptor => Last<T>(context) is TOurs;

    /// <summary>Whether no other interceptor of kind <typeparamref name="T"/> is called after <paramref name="self"/>.</summary>
    public static bool EndsWith<T>(DbContext context, T self)
        where T : class, IInterceptor => ReferenceEquals(Last<T>(context), self);

    /// <summary>Whether all interceptors of kind <typeparamref name="T"/> are those of ModelEvents.</summary>
    public static bool IsOurs<T>(DbContext context)
        where T : class, IInterceptor =>
        All<T>(context).All(interceptor => interceptor.GetType().Assembly == typeof(InterceptorChain).Assembly);

    private static T? Last<T>(DbContext context)
        where T : class, IInterceptor => All<T>(context).LastOrDefault();

    private static IEnumerable<T> All<T>(DbContext context) =>
        context.GetService<IDbContextOptions>().FindExtension<CoreOptionsExtension>()?.Interceptors?.OfType<T>() ?? [];
}
