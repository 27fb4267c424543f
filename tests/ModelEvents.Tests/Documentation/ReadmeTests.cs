using System.Text.RegularExpressions;
using ModelEvents.Configuration;

namespace ModelEvents.Tests.Documentation;

public sealed partial class ReadmeTests
{
    [Theory]
    [MemberData(nameof(Readme.Snippets), MemberType = typeof(Readme))]
    public void A_code_block_is_what_its_source_says(string file, string region, string code) =>
        Assert.Equal(Readme.Source(file, region), code);

    [Fact]
    public void The_options_table_has_every_option_with_its_default()
    {
        var options = new ModelEventsOptions();
        var expected = Options("", options)
            .Concat(Options("Models[].", new ModelOptions()))
            .Concat(Options("Broker:", options.Broker))
            .Concat(Options("Outbox:", options.Outbox))
            .Concat(Options("Wal:", options.Wal))
            .Concat(Options("Direct:", options.Direct))
            .Concat(Options("Dispatcher:", options.Dispatcher))
            .Concat(Options("Handlers:", options.Handlers))
            .Concat(Options("Handlers:<name>:", options.Handlers.Handler("name")))
            .OrderBy(option => option.Key, StringComparer.Ordinal);

        var table = Readme.Table("| option | default | meaning |");

        Assert.Equal(expected, table.OrderBy(option => option.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void The_files_to_read_are_there()
    {
        var files = CodeFile().Matches(Readme.Text).Select(match => match.Value).ToArray();

        Assert.Equal(6, files.Length);
        Assert.All(files, file => Assert.NotNull(Type.GetType(TypeIn(file))));
    }

    private static string TypeIn(string file)
    {
        var parts = file.Split('/', '.');
        return $"ModelEvents.{parts[^3]}.{parts[^2]}, {string.Join('.', parts[1..^3])}";
    }

    private static IEnumerable<KeyValuePair<string, string>> Options(string path, object options) =>
        from key in SectionBinder.KeysOf(options.GetType())
        where !IsSection(key.Value.PropertyType)
        select KeyValuePair.Create(path + key.Key, Text(key.Value.GetValue(options)));

    private static bool IsSection(Type type) =>
        type == typeof(HandlersOptions) || type == typeof(BrokerOptions) || type == typeof(OutboxTableOptions) || type == typeof(WalOptions)
        || type == typeof(DirectOptions) || type == typeof(DispatcherOptions) || type == typeof(IList<ModelOptions>);

    private static string Text(object? value) => value switch
    {
        bool isTrue => isTrue ? "true" : "false",
        IList<string> or null => "",
        _ => value.ToString()!,
    };

    [GeneratedRegex(@"(?<=^\d\. `)src/[\w./]+(?=`)", RegexOptions.Multiline)]
    private static partial Regex CodeFile();
}
