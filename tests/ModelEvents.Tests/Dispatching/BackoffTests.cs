using ModelEvents.Dispatching;

namespace ModelEvents.Tests.Dispatching;

public class BackoffTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(3, 8)]
    [InlineData(6, 60)]
    [InlineData(5000, 60)]
    [InlineData(int.MaxValue, 60)]
    public void A_rest_doubles_up_to_the_longest_and_is_never_less_than_half_of_that(int failure, double seconds)
    {
        var rest = Backoff.Delay(failure, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

        Assert.InRange(rest.TotalSeconds, seconds / 2, seconds);
    }
}
