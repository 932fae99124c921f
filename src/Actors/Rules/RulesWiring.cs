using Akka.Actor;
using Akka.Hosting;
using LinqToDB;
using Orchestrator.Actors.Tasks;
using Orchestrator.Actors.Templates;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Rules;

namespace Orchestrator.Actors.Rules;

/// <summary>Wiring of the rules.</summary>
public static class RulesWiring
{
    /// <summary>Starts <see cref="RulesActor"/>; needs the tasks.</summary>
    public static AkkaConfigurationBuilder WithRules(
        this AkkaConfigurationBuilder akka, DataOptions journal, TemplateCatalog templates, TimeProvider clock) =>
        akka.WithActors((system, registry) =>
        {
            var facts = new TaskJournal(journal);
            var tasks = new TaskGateway(registry.Get<TaskActor>(), registry.Get<TaskGraphActor>());
            var scout = new RuleScout(facts, new RuleActions(templates, facts));
            registry.Register<RulesActor>(
                system.ActorOf(AfterFailedWrites.Again(Props.Create(() => new RulesActor(tasks, facts, scout, clock))), "rules"));
        });
}

/// <summary>The way to the rules for whoever is no actor.</summary>
public sealed class RulesGateway(IActorRef rules)
{
    /// <summary>Sends a command or a query and waits for its answer; silence becomes <see cref="RefusalCode.OutcomeUnknown"/>.</summary>
    public Task<IRuleReply> Send(IRuleMessage message, CancellationToken cancellation) => rules.Ask<IRuleReply>(
        message,
        silence => new RuleReplies.Refused(
            new Refusal(RefusalCode.OutcomeUnknown, $"The keeper of the rules {silence}", "Look at auto_append_list_rules, then ask again.")),
        cancellation);
}
