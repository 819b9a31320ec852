// A control plane beside the attack: its database, its notary and its monitor are the product's. What is tried in a
// sandbox is told to it as a run's events, and how quickly it answers meanwhile is measured in a process of its own.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "#lib/clock.ts";
import { transaction } from "#lib/db.ts";
import { appendEvents } from "#lib/events/service.ts";
import { followLog } from "#lib/findings/follow-log.ts";
import { listFindingsOfRun } from "#lib/findings/service.ts";
import { newId } from "#lib/ids.ts";
import type { RunResult } from "#lib/jail/run.ts";
import { createLogger } from "#lib/logger.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import { makeScope } from "#lib/scope.ts";
import { createAlarms } from "#notary/alarms.ts";
import { realDisk } from "#notary/disk.ts";
import { connectNotary } from "#notary/lead.ts";
import { createNotary } from "#notary/tick.ts";
import { openPlane } from "../../place/plane.ts";
import { arrangeBench } from "../../place/work.ts";

/** `[when, milliseconds]` of one transaction. */
export type Asked = readonly [number, number];

export interface AttackedPlane {
  /** Told as the runner tells it: the command, its output as far as it is kept, its end. */
  record(argv: readonly string[], result: RunResult): Promise<void>;
  /** Rules that struck in what was recorded so far. */
  found(): Promise<ReadonlySet<string>>;
  /** Everything the watched process did so far. */
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

const TEXT = 16_000;
const KEPT = 4;

const scopeOf = (name: string) =>
  makeScope({ actor: { kind: "system", name }, grants: [], requestId: newId("request"), clock: systemClock });

function eventsOf(
  command: number,
  argv: readonly string[],
  { exit, stdout, stderr, dropped }: RunResult,
): NewEvent[] {
  const kept = { argv: argv.map((word) => word.slice(0, 2000)), tree: "base", purpose: "an attempt" };
  const output = (stream: "stdout" | "stderr", bytes: Buffer): NewEvent[] =>
    Array.from({ length: Math.min(KEPT, Math.ceil(bytes.length / TEXT)) }, (_, at) => ({
      kind: "command_output",
      body: { command, stream, text: String(bytes.subarray(at * TEXT, (at + 1) * TEXT)) },
    }));
  const { code, ended, milliseconds } = exit;
  return [
    { kind: "command_started", body: { command, ...kept } },
    ...output("stdout", stdout),
    ...output("stderr", stderr),
    {
      kind: "command_finished",
      body: {
        command,
        exit: code,
        ended,
        milliseconds: Math.round(milliseconds),
        dropped: dropped.stdout + dropped.stderr,
      },
    },
  ];
}

export async function openAttackedPlane(): Promise<AttackedPlane> {
  const plane = await openPlane();
  const work = await arrangeBench(plane);
  const { runId } = await work.launch("An attack");
  const other = await work.launch("What is asked meanwhile");
  const folders = { log: join(plane.folder, "log"), own: join(plane.folder, "notary") };
  for (const path of Object.values(folders)) await mkdir(path, { recursive: true, mode: 0o700 });
  const logger = createLogger("notary", { write: () => undefined });
  const client = await connectNotary(plane.urls.notary, "bench");
  const alarms = createAlarms(client, logger);
  const given = { folders, given: {}, disk: realDisk, clock: systemClock, logger, alarms };
  const notary = createNotary({ client, ...given, at: () => undefined });
  const probe = fork(new URL("./probe.ts", import.meta.url).pathname, [other.runId], {
    env: { ...process.env, DATABASE_URL: plane.urls.web },
  });
  const asked: Asked[] = [];
  probe.on("message", (message) => void asked.push(message as Asked));
  const ended = once(probe, "exit");
  let commands = 0;
  return {
    asked,
    async record(argv, result) {
      commands += 1;
      const at = new Date(systemClock.now()).toISOString();
      const events = eventsOf(commands, argv, result).map((event) => ({ at, event }));
      await transaction(scopeOf("bench"), (tx) =>
        appendEvents(tx, { runId, attempt: 1, observedBy: "runner", events }),
      );
    },
    async found() {
      while ((await notary.tick()).isBehind);
      await plane.asWorker(() => followLog(scopeOf("worker")));
      return new Set((await listFindingsOfRun(work.lead, runId)).map(({ rule }) => rule.id));
    },
    async close() {
      probe.kill("SIGTERM");
      await ended;
      await client.end();
      await plane.close();
    },
  };
}
