using Orchestrator.Host.Commands;

return await RootCommands.Create().Parse(args).InvokeAsync();
