namespace ModelEvents.Configuration;

/// <summary>
/// Finds signs of a user, a password or a virtual host in a broker's URI that must be escaped there
/// (https://www.rabbitmq.com/docs/uri-spec): clients read another password, or tell it in what they throw.
/// </summary>
internal static class BrokerAddress
{
    /// <summary>The first of such signs, and how it is written.</summary>
    public static (char Sign, string Code)? FindUnescaped(Uri uri)
    {
        if (uri.UserInfo.Count(letter => letter == ':') > 1)
            return (':', "%3A");

        // After a password with such a sign, what follows on it stands where path, query and fragment do.
        var rest = uri.PathAndQuery + uri.Fragment;
        if (uri.Fragment.Length > 0)
            return ('#', "%23");
        if (rest.Contains('@', StringComparison.Ordinal))
            return uri.Query.Contains('@', StringComparison.Ordinal) ? ('?', "%3F") : ('@', "%40");

        return uri.AbsolutePath.LastIndexOf('/') > 0 ? ('/', "%2F") : null;
    }
}
