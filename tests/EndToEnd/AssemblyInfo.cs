// Processes are found by /proc, modes are those of Unix.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
