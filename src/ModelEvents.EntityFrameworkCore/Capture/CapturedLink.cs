using Microsoft.EntityFrameworkCore.Metadata;

namespace ModelEvents.Capture;

/// <summary>A skip navigation of a listed model.</summary>
/// <param name="Navigation">The navigation.</param>
/// <param name="Name">Its name in bodies and headers.</param>
/// <param name="OtherKey">Reads the other side's key from a row of the join table.</param>
internal sealed record CapturedLink(ISkipNavigation Navigation, string Name, EntityKey OtherKey);
