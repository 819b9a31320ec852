// What people wait for goes before what the worker does: of a contested processor its own work, and every git that it starts on
// the host, gets half of what another process gets, which is what a sandbox gets (lib/jail/cgroups). With less than a sandbox the
// worker would wait for agents. Where nobody else wants the processor, nothing changes.
import { getPriority, setPriority } from "node:os";

/** Each step is a quarter more or less; three of them are a half. */
const NICENESS = 3;

export function standBack(): void {
  if (getPriority() < NICENESS) setPriority(NICENESS);
}
