using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ModelEvents.Rules.InForce;

/// <summary>Reads the rules of a captured context at start-up, if it has any.</summary>
internal sealed class RuleStart<TContext>(
    IServiceScopeFactory scopes, IServiceProvider services) : IHostedService
    where TContext : DbContext
{
    public Task StartAsync(CancellationToken cancellationToken) => IsMapped()
        ? services.GetRequiredKeyedService<RuleBook>(typeof(TContext)).StartAsync(cancellationToken)
        : Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private bool IsMapped()
    {
        using var scope = scopes.CreateScope();
        return RuleBook.IsMapped(scope.ServiceProvider.GetRequiredService<TContext>().Model);
    }
}
