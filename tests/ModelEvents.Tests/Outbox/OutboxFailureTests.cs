using System.Net.Sockets;
using ModelEvents.Dispatching;
using ModelEvents.Outbox;
using Npgsql;

namespace ModelEvents.Tests.Outbox;

public sealed class OutboxFailureTests
{
    [Fact]
    public void What_the_driver_says_is_the_reason_and_not_what_is_wrapped_around_it()
    {
        var refused = new SocketException((int)SocketError.ConnectionRefused);
        var failure = new InvalidOperationException(
            "An exception has been raised that is likely due to a transient failure.",
            new NpgsqlException("Failed to connect to 127.0.0.1:1", refused));

        Assert.Equal($"Failed to connect to 127.0.0.1:1: {refused.Message}.", OutboxFailure.Reason(failure));
    }

    [Fact]
    public void What_is_no_failure_of_the_database_says_why_by_itself() => Assert.Equal(
        "The slot is gone.", OutboxFailure.Reason(new InvalidOperationException("The slot is gone.", new IOException("closed"))));

    [Theory]
    [InlineData("3D000: database \"shop\" does not exist", "3D000: database \"shop\" does not exist.")]
    [InlineData("The slot is gone.", "The slot is gone.")]
    [InlineData("Why? ", "Why?")]
    public void A_reason_ends_where_the_next_sentence_begins(string reason, string told)
    {
        var lines = new List<string>();
        var outage = new Outage((text, _) => lines.Add(text), () => { });

        outage.Begin(reason, exception: null);

        Assert.Equal([told], lines);
    }
}
