// pilothouse: one command line for people who run it. scripts/bootstrap.sh starts it on the pinned Node.
import { systemClock } from "#lib/clock.ts";
import { AppError, messageOf } from "#lib/errors.ts";
import { runAgentsAct } from "./agents/run-act.ts";
import { type Arguments, HELP, parseArguments } from "./arguments.ts";
import { doctor } from "./doctor.ts";
import { EXIT, reproduceCommand } from "./evidence/reproduce.ts";
import { identitiesFor, isRoot } from "./identities.ts";
import { runRecompute } from "./kpis/run-recompute.ts";
import { dataFolder, layoutAt } from "./layout.ts";
import { runLogAct } from "./log/run-act.ts";
import { createProgress } from "./progress.ts";
import type { Deployment } from "./settings.ts";
import { isSameProcess } from "./supervisor/processes.ts";
import { readRunning } from "./supervisor/records.ts";
import { up } from "./up.ts";

const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

function deploymentFrom({ command, port, gatewayPort, demo }: Arguments): Deployment {
  const url = process.env.PILOTHOUSE_URL ?? `http://localhost:${port}`;
  const mode = command === "dev" ? "dev" : "up";
  return {
    root,
    layout: layoutAt(dataFolder(process.env, isRoot())),
    who: identitiesFor(isRoot()),
    port,
    gatewayPort,
    url,
    mode,
    demo,
  };
}

/** The first signal asks everything to stop in order; a second one ends the launcher where it is. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) {
      console.error("Ended at once; the next start ends what is left running.");
      process.exit(130);
    }
    stop.abort();
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, onSignal);
  return stop.signal;
}

async function runDoctor(deployment: Deployment, databaseUrl: string | undefined): Promise<number> {
  const { layout, who, port, gatewayPort } = deployment;
  const running = await readRunning(layout.state);
  const portIsOwn = running?.port === port && running.children.some(isSameProcess);
  const gateway = { folder: layout.gateway, port: gatewayPort };
  const host = { root, data: layout.data, who, port, gateway, portIsOwn, databaseUrl };
  return doctor(host, (line) => console.log(line));
}

async function main(): Promise<number> {
  const args = parseArguments(process.argv.slice(2), process.env);
  if (args.command === "help") {
    console.log(HELP);
    return 0;
  }
  const deployment = deploymentFrom(args);
  const databaseUrl = process.env.DATABASE_URL || undefined;
  if (args.command === "doctor") return runDoctor(deployment, databaseUrl);
  if (args.logAct) {
    console.log(await runLogAct(deployment, databaseUrl, args.logAct));
    return 0;
  }
  if (args.kpisAct) {
    console.log(await runRecompute(deployment, databaseUrl, args.kpisAct));
    return 0;
  }
  process.stdout.on("error", () => undefined); // a terminal that was closed is told nothing more
  const write = (text: string) => void process.stdout.write(text);
  const progress = createProgress(systemClock, write, process.stdout.isTTY);
  if (args.evidence) return reproduceCommand(deployment, databaseUrl, args.evidence, progress);
  if (args.agentsAct) await runAgentsAct(deployment, args.agentsAct, progress);
  else await up({ deployment, databaseUrl, progress, stop: stopSignal() });
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`\n${messageOf(error)}`);
  if (!(error instanceof AppError)) console.error(error);
  process.exitCode = process.argv[2] === "evidence" ? EXIT.not_tried : 1;
}
