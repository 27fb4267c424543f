using System.Data.Common;
using ModelEvents.Diagnostics;

namespace ModelEvents.Outbox;

/// <summary>Says why an outbox cannot be reached, and what to do where that can be known.</summary>
internal static class OutboxFailure
{
    /// <summary>The reason in sentences.</summary>
    public static string Reason(Exception exception)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is DbException failure && IsMissingTable(failure))
            {
                return $"A table of the outbox is missing ({WithoutEnd(inner.Message)}). Add a migration with 'dotnet ef "
                    + "migrations add' and apply it to this database: the outbox's tables come with the context's model.";
            }
        }

        return Sentence.Of(Message(exception));
    }

    /// <summary>What the database's driver says where it is to blame: EF Core wraps that in what names nothing.</summary>
    private static string Message(Exception exception)
    {
        var failure = exception;
        while (failure is not (null or DbException))
            failure = failure.InnerException;
        if (failure is null)
            return exception.Message;

        var cause = failure.GetBaseException();
        return ReferenceEquals(cause, failure) ? failure.Message : $"{WithoutEnd(failure.Message)}: {cause.Message}";
    }

    /// <summary>
    /// By the SQL state of PostgreSQL (https://www.postgresql.org/docs/current/errcodes-appendix.html) and MySQL
    /// (https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html), or by the text where there is none: of
    /// SQLite and SQL Server.
    /// </summary>
    private static bool IsMissingTable(DbException exception) => exception.SqlState switch
    {
        "42P01" or "42S02" => true,
        null => exception.Message.Contains("no such table", StringComparison.Ordinal)
            || exception.Message.StartsWith("Invalid object name", StringComparison.Ordinal),
        _ => false,
    };

    private static string WithoutEnd(string text) => text.Split('\n')[0].TrimEnd('.', '\r', ' ');
}
