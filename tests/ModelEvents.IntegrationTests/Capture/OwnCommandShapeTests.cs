using Microsoft.Extensions.DependencyInjection;

namespace ModelEvents.Tests.Capture;

public sealed class PostgreSqlOwnCommandShapeTests : OwnCommandShapeContract
{
    private protected override string Logged => "me_events=";

    private protected override void UseOutbox<TContext>(CaptureBuilder<TContext> capture) => capture.UsePostgreSql();
}

public sealed class WalOwnCommandShapeTests : OwnCommandShapeContract
{
    private protected override string Logged => "me_message=";

    private protected override void UseOutbox<TContext>(CaptureBuilder<TContext> capture) => capture.UsePostgreSqlWal();
}
