namespace Orchestrator.Host.Tests.Parity;

/// <summary>
/// The test of a row of what the product of the same kind promised before. The table in docs/reference-parity.md is made of these.
/// </summary>
/// <param name="row">Its number there.</param>
/// <param name="promise">What was promised, in a few words.</param>
/// <param name="tools">The tools that keep it, without their prefix.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ParityRowAttribute(int row, string promise, params string[] tools) : Attribute
{
    public int Row => row;

    public string Promise => promise;

    public IReadOnlyList<string> Tools => tools;
}
