// The processes of the bench: each on a port of its own, ended by its handle.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { systemClock } from "#lib/clock.ts";
import { choosePort } from "#lib/postgres/port.ts";

export interface Served {
  readonly port: number;
  readonly pid: number;
  /** Megabytes in memory now. */
  memory(): number;
  /** Milliseconds it has had of the processors. */
  processorTime(): number;
  stop(): Promise<void>;
}

const MILLISECONDS_OF_A_TICK = 10;

/** proc_pid_stat(5): after the name, utime and stime are the 12th and 13th field. */
function ticksOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

function served(child: ChildProcess, port: number): Served {
  const pid = child.pid ?? 0;
  return {
    port,
    pid,
    memory: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024,
    processorTime: () => ticksOf(readFileSync(`/proc/${pid}/stat`, "utf8")) * MILLISECONDS_OF_A_TICK,
    async stop() {
      if (child.exitCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

const path = (name: string) => new URL(name, import.meta.url).pathname;

/** One that says on its output which port it has. */
export async function startServer(name: string, ...args: string[]): Promise<Served> {
  const child = spawn(process.execPath, [path(name), ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return served(child, Number(/port (\d+)/.exec(line.toString())?.[1]));
}

async function untilOpen(port: number): Promise<void> {
  for (let tried = 0; tried < 300; tried++) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
    if (answer) return;
    await systemClock.sleep(100);
  }
  throw new Error(`Nothing answers on port ${port}.`);
}

export async function startGateway(databaseUrl: string, folder: string): Promise<Served> {
  const port = await choosePort(44_710);
  const env = {
    ...{ NODE_ENV: "production" as const, PATH: process.env.PATH, DATABASE_URL: databaseUrl },
    ...{ PILOTHOUSE_GATEWAY: folder, PILOTHOUSE_GATEWAY_PORT: String(port), PILOTHOUSE_LOG_LEVEL: "warn" },
  };
  const child = spawn(process.execPath, [path("../../gateway/main.ts")], {
    env,
    stdio: ["ignore", "inherit", "inherit"],
  });
  await untilOpen(port);
  return served(child, port);
}

/** The peer and its version. Not a dependency: it is fetched into a folder that is removed, without its install scripts. */
const PORTKEY = "@portkey-ai/gateway@1.15.2";

export async function startPortkey(): Promise<Served> {
  const given = process.env.PILOTHOUSE_BENCH_PORTKEY;
  const folder = given ?? (await mkdtemp(join(tmpdir(), "pilothouse-portkey-")));
  if (!given) {
    const options = [
      "install",
      "--no-save",
      "--no-audit",
      "--no-fund",
      "--ignore-scripts",
      "--prefix",
      folder,
      PORTKEY,
    ];
    await promisify(execFile)("npm", options, { cwd: folder });
  }
  const port = await choosePort(44_810);
  const program = join(folder, "node_modules/@portkey-ai/gateway/build/start-server.js");
  const env = { PATH: process.env.PATH, NODE_ENV: "production" as const };
  const child = spawn(process.execPath, [program, `--port=${port}`, "--headless"], { env, stdio: "ignore" });
  await untilOpen(port);
  const own = served(child, port);
  return {
    ...own,
    async stop() {
      await own.stop();
      if (!given) await rm(folder, { recursive: true, force: true });
    },
  };
}
