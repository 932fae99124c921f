using Orchestrator.Host.Commands;

return await RootCommands.Run(args);
