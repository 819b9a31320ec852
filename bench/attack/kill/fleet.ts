// The processes of one deployment, each started again when it ends, as the supervisor does after a first death. Whoever
// kills here kills what was started here.
import pg from "pg";
import { type ChildSpec, startChild } from "#cli/supervisor/child.ts";
import { systemClock } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { ensureServer, type PostgresServer } from "#lib/postgres/server.ts";
import type { LogPlace } from "../../log/place.ts";
import type { Random } from "../random.ts";
import type { Target } from "./points.ts";

const RESTART_PAUSE = 250;

export interface Kept {
  /** Null while it is down. */
  pid(): number | null;
  starts(): number;
  stop(): Promise<void>;
}

export function keep(spec: ChildSpec): Kept {
  let pid: number | null = null;
  let starts = 0;
  const stopping = new AbortController();
  const kept = (async () => {
    while (!stopping.signal.aborted) {
      const child = startChild(spec);
      starts += 1;
      pid = child.pid;
      await child.exited;
      if (pid !== null) endGroup(pid); // what it started does not outlive it
      pid = null;
      await systemClock.sleep(RESTART_PAUSE, stopping.signal).catch(() => undefined); // asked to stop
    }
  })();
  return {
    pid: () => pid,
    starts: () => starts,
    async stop() {
      stopping.abort();
      if (pid !== null) signal(pid, "SIGTERM");
      const patience = new AbortController();
      const late = systemClock.sleep(8000, patience.signal).then(
        () => pid !== null && signal(pid, "SIGKILL"),
        () => undefined, // it ended in time
      );
      await kept;
      patience.abort();
      await late;
    },
  };
}

/** A process that is gone already is what was wanted. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

const endGroup = (pid: number): void => signal(-pid, "SIGKILL");

export interface KeptServer extends Kept {
  /** Processes of its connections from our own processes. */
  backends(): Promise<number[]>;
}

/** The server goes on on the port it has: everybody knows it by that. */
export function keepServer({ deployment, layout, server, urls }: LogPlace): KeptServer {
  let running: PostgresServer | null = server;
  let starts = 1;
  const stopping = new AbortController();
  const settings = { port: String(server.port) };
  const kept = (async () => {
    while (!stopping.signal.aborted) {
      if (running && isAlive(running.pid)) {
        await systemClock.sleep(50, stopping.signal).catch(() => undefined); // asked to stop
        continue;
      }
      running = null;
      try {
        running = await ensureServer({
          ...{ folder: layout.postgres, identity: deployment.who.postgres, settings },
        });
        starts += 1;
      } catch (error) {
        process.stderr.write(`the database is not up yet: ${messageOf(error)}\n`);
      }
    }
  })();
  return {
    pid: () => running?.pid ?? null,
    starts: () => starts,
    async backends() {
      const client = new pg.Client({ connectionString: urls.owner });
      client.on("error", () => undefined); // the query that was waiting rejects with it too
      await client.connect();
      try {
        const { rows } = await client.query<{ pid: number }>(
          `select pid from pg_stat_activity where usename in ('ph_web', 'ph_worker', 'ph_notary') order by pid`,
        );
        return rows.map(({ pid }) => pid);
      } finally {
        await client.end().catch(() => undefined); // the answer is known
      }
    },
    async stop() {
      stopping.abort();
      await kept;
      await running?.stop();
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

export interface Fleet {
  readonly targets: readonly Target[];
  /** Kills at once, without a chance to end well. False where there was nothing to kill. */
  kill(target: Target, random: Random): Promise<boolean>;
  stop(): Promise<void>;
}

export function launchFleet(place: LogPlace, specs: readonly ChildSpec[]): Fleet {
  const server = keepServer(place);
  const children = new Map(specs.map((spec) => [spec.name, keep(spec)]));
  async function pidOf(target: Target, random: Random): Promise<number | null> {
    if (target === "postgres") return server.pid();
    if (target !== "backend") return children.get(target)?.pid() ?? null;
    const backends = await server.backends().catch(() => []); // the server is down already
    return backends.length === 0 ? null : random.pick(backends);
  }
  return {
    targets: [
      ...specs.map(({ name }) => name).filter((name): name is Target => TARGETS.has(name)),
      "postgres",
      "backend",
    ],
    async kill(target, random) {
      const pid = await pidOf(target, random);
      if (pid !== null) signal(pid, "SIGKILL");
      return pid !== null;
    },
    async stop() {
      await Promise.all([...children.values()].map((child) => child.stop()));
      await server.stop();
    },
  };
}

const TARGETS: ReadonlySet<string> = new Set<Target>(["notary", "worker", "web"]);
