using ModelEvents.Tests.Infrastructure;

namespace ModelEvents.Tests.Samples;

/// <summary>Starts a sample as its user does, on the services of the tests.</summary>
internal static class SampleProcess
{
    public static ChildProcess Start(string project, TestDatabase database, params string[] arguments) =>
        ChildProcess.Start(
            "dotnet",
            [
                Program(project),
                "--database", database.ConnectionString,
                "--rabbitmq", TestServices.RabbitMq.OriginalString,
                .. arguments,
            ]);

    // Built beside this project, in the same configuration.
    private static string Program(string project)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(folder.Parent!.Parent!.FullName, project, folder.Name, $"{project}.dll");
    }
}
