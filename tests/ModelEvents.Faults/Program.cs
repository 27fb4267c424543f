using System.CommandLine;
using ModelEvents.Faults.Campaign;
using ModelEvents.Faults.Faulting;
using ModelEvents.Faults.Lines;

string[] allModes = ["packs", "wal", "portable", "log"];
string[] allPublishers = ["rabbitmq", "masstransit"];

var minutes = new Option<double>("--minutes") { Description = "How long faults strike.", DefaultValueFactory = _ => 2 };
var seed = new Option<int>("--seed") { Description = "What is random follows from it.", DefaultValueFactory = _ => 1 };
var mode = Names("--mode", "How events are delivered", allModes);
var publisher = Names("--publisher", "What publishes them", allPublishers);
var faults = Names("--faults", "What strikes", [.. FaultList.All.Select(fault => fault.Name)]);
var state = new Option<string?>("--state") { Description = "A folder for servers and logs, made anew." };
var rate = new Option<double>("--rate") { Description = "Saves a second of all lines.", DefaultValueFactory = _ => 60 };
var list = new Option<bool>("--list") { Description = "Print the faults and end." };

var command = new RootCommand("Lets random faults strike services that publish, and checks every event that arrives.")
{
    minutes, seed, mode, publisher, faults, state, rate, list,
};
command.SetAction(async (result, cancellationToken) =>
{
    if (result.GetValue(list))
    {
        foreach (var fault in FaultList.All)
            Console.WriteLine($"{fault.Name,-22} {fault.Summary}");
        return 0;
    }

    var plan = new CampaignPlan(
        TimeSpan.FromMinutes(result.GetValue(minutes)),
        result.GetValue(seed),
        Chosen(result.GetValue(mode)!, allModes),
        Chosen(result.GetValue(publisher)!, allPublishers),
        [.. FaultList.All.Where(fault => Includes(result.GetValue(faults)!, fault.Name))],
        StateFolder.Make(result.GetValue(state)),
        result.GetValue(rate),
        await Python.FindAsync());
    return await new CampaignRun(plan, TextWriter.Synchronized(Console.Out)).RunAsync(cancellationToken);
});

var worker = new Command("worker", "A process that a campaign starts.") { Hidden = true };
worker.SetAction((_, _) => LineWorker.RunAsync());
command.Add(worker);

return await command.Parse(args).InvokeAsync(
    new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });

static Option<string> Names(string name, string description, IReadOnlyList<string> known)
{
    var option = new Option<string>(name)
    {
        Description = $"{description}: 'all', or some of {string.Join(", ", known)}, with commas.",
        DefaultValueFactory = _ => "all",
    };
    option.Validators.Add(result =>
    {
        foreach (var unknown in result.GetValueOrDefault<string>()!.Split(',').Except([.. known, "all", "none"]))
            result.AddError($"'{unknown}' is not known to {name}. Choose of {string.Join(", ", known)}, or 'all'.");
    });
    return option;
}

static string[] Chosen(string names, string[] all) => [.. all.Where(name => Includes(names, name))];

static bool Includes(string names, string name) => names == "all" || names.Split(',').Contains(name);
