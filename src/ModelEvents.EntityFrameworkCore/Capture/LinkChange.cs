using Microsoft.EntityFrameworkCore.Update;

namespace ModelEvents.Capture;

/// <summary>A row of a join table that was added or removed: a many-to-many link of a listed model.</summary>
/// <param name="Link">The skip navigation, as seen from the listed model.</param>
/// <param name="JoinEntry">The row; its foreign key names the other side.</param>
/// <param name="Added">Whether the link was added; removed otherwise.</param>
internal sealed record LinkChange(CapturedLink Link, IUpdateEntry JoinEntry, bool Added);
