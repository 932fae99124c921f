using System.Security.Cryptography;
using System.Text;
using Orchestrator.Protocol.Idempotency;
using Orchestrator.Protocol.Rules;

namespace Orchestrator.Protocol;

/// <summary>
/// Ids that a command creates are computed from its <see cref="CommandId"/>: a repeated command meets the same task, claim or artifact.
/// </summary>
public static class DerivedId
{
    // Crockford's base 32 in lower case: no i, l, o, u, so that a person can read an id aloud.
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <summary>The task that <paramref name="command"/> plans; each <paramref name="reference"/> within a plan is another task.</summary>
    public static TaskId Task(CommandId command, string reference = "") => new(Compute("task_", command, reference, 13));

    /// <summary>The session that <paramref name="command"/> opens.</summary>
    public static SessionId Session(CommandId command) => new(Compute("ses_", command, "", 13));

    /// <summary>The rule that <paramref name="command"/> makes.</summary>
    public static RuleId Rule(CommandId command) => new(Compute("rul_", command, "", 13));

    /// <summary>The artifact that <paramref name="command"/> stores.</summary>
    public static ArtifactId Artifact(CommandId command) => new(Compute("art_", command, "", 13));

    /// <summary>The decision that <paramref name="command"/> records.</summary>
    public static DecisionId Decision(CommandId command) => new(Compute("dec_", command, "", 13));

    /// <summary>The handle of the claim that <paramref name="command"/> takes; 100 bits, because a handle must not be guessed.</summary>
    public static ClaimToken Claim(CommandId command) => new(Compute("clm_", command, "", 20));

    /// <summary>What <paramref name="tool"/> knows the idempotency key as that a client calls <paramref name="words"/>.</summary>
    public static KeyId Key(string tool, string words) => new(Compute("key_", $"{tool}\n{words}", 26));

    private static string Compute(string prefix, CommandId command, string reference, int digits) =>
        Compute(prefix, $"{command}\n{reference}", digits);

    private static string Compute(string prefix, string source, int digits)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{prefix}\n{source}"), hash);
        var text = new StringBuilder(prefix, prefix.Length + digits);
        for (var i = 0; i < digits; i++)
        {
            text.Append(Alphabet[hash[i] & 31]);   // five bits of each byte; 13 digits are 65 bits
        }

        return text.ToString();
    }
}
