// Kills and pauses are timed: two such tests at once on two cores would measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
// Processes are found by /proc, modes are those of Unix.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
