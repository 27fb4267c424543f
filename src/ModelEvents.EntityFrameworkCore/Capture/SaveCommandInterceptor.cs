using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ModelEvents.Capture;

/// <summary>Sees the commands of a save, and writes that bypass the change tracker.</summary>
internal sealed class SaveCommandInterceptor(ContextCapture capture, UncapturedWriteGuard guard) : IDbCommandInterceptor
{
    /// <summary>Before other interceptors may put something around the text that EF Core made.</summary>
    public DbCommand CommandInitialized(CommandEndEventData eventData, DbCommand result)
    {
        if (eventData is { Context: { } context, CommandSource: CommandSource.SaveChanges })
            capture.BeforeCommand(context, result);
        return result;
    }

    public InterceptionResult<DbDataReader> ReaderExecuting(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
    {
        if (eventData is { Context: { } context, CommandSource: CommandSource.SaveChanges })
            capture.Prepare(context, command);
        else
            Look(command, eventData);
        return result;
    }

    public async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<DbDataReader> result,
        CancellationToken cancellationToken = default)
    {
        if (eventData is { Context: { } context, CommandSource: CommandSource.SaveChanges })
            await capture.PrepareAsync(context, command, cancellationToken).ConfigureAwait(false);
        else
            Look(command, eventData);
        return result;
    }

    public DbDataReader ReaderExecuted(DbCommand command, CommandExecutedEventData eventData, DbDataReader result)
    {
        if (eventData.CommandSource == CommandSource.SaveChanges && OwnCommand.SkipsResult(result))
            result.NextResult();
        return result;
    }

    public async ValueTask<DbDataReader> ReaderExecutedAsync(
        DbCommand command,
        CommandExecutedEventData eventData,
        DbDataReader result,
        CancellationToken cancellationToken = default)
    {
        if (eventData.CommandSource == CommandSource.SaveChanges && OwnCommand.SkipsResult(result))
            await result.NextResultAsync(cancellationToken).ConfigureAwait(false);
        return result;
    }

    public InterceptionResult<int> NonQueryExecuting(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
    {
        Look(command, eventData);
        return result;
    }

    public ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<int> result,
        CancellationToken cancellationToken = default)
    {
        Look(command, eventData);
        return new(result);
    }

    public void CommandFailed(DbCommand command, CommandErrorEventData eventData) => CommitWatch.Failed(eventData.Context);

    public Task CommandFailedAsync(
        DbCommand command, CommandErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        CommitWatch.Failed(eventData.Context);
        return Task.CompletedTask;
    }

    private void Look(DbCommand command, CommandEventData eventData)
    {
        if (eventData is
            {
                Context: { } context,
                CommandSource: CommandSource.ExecuteUpdate or CommandSource.ExecuteDelete or CommandSource.ExecuteSqlRaw
            })
            guard.Check(context, command.CommandText, eventData.CommandSource);
    }
}
