import { systemClock } from "#lib/clock.ts";
import { checkAgents } from "./checks/agents.ts";
import { checkHost, type Host } from "./checks/host.ts";
import { checkLog } from "./checks/log.ts";
import { layoutAt } from "./layout.ts";

/** Checks everything, starts nothing. The exit code: 1 where something fails. */
export async function doctor(host: Host, write: (line: string) => void): Promise<number> {
  const layout = layoutAt(host.data);
  const log = await checkLog(layout, systemClock.now());
  const findings = [...(await checkHost(host)), log, ...(await checkAgents(layout.agents))];
  const width = Math.max(...findings.map((finding) => finding.name.length));
  for (const { ok, name, sentence } of findings)
    write(`  ${ok ? "ok    " : "failed"}  ${name.padEnd(width)}  ${sentence}`);
  const wrong = findings.filter((finding) => !finding.ok).length;
  write(wrong === 0 ? "\nThis host is ready: npm run up" : `\n${wrong} of ${findings.length} checks failed.`);
  return wrong === 0 ? 0 : 1;
}
