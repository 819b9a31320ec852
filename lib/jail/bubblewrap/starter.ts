// A shell that waits to become bubblewrap. It is there before it is needed: putting a process into its control groups
// takes longer than starting it, and it has to be in them before it runs a line of anybody's command.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { AppError, unavailable } from "#lib/errors.ts";
import type { Group } from "../cgroups/group.ts";
import { FD, LAUNCH_ENVIRONMENT } from "./box.ts";
import { withoutLeaks } from "./leaks.ts";

export interface Starter {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly group: Group | null;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly result: Readable;
  /** What bubblewrap says about itself, as JSON lines. */
  readonly status: Readable;
  /** The shell becomes what `plan` says; `options` are read by it from their own pipe. */
  launch(plan: string, options: readonly string[]): void;
}

export interface StarterHost {
  /** uid and gid to run as; null for our own. */
  readonly uid: number | null;
  readonly filter: Buffer | null;
}

// The plan is read line by line to its end, so that a quoted argument may span lines. Were we killed half-way, the
// command would still be missing.
const WAIT = `plan=; while IFS= read -r line; do plan="$plan$line
"; done <&${FD.plan}; exec ${FD.plan}<&-; eval "$plan"`;

export const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const PIPES = Object.keys(FD).length + 3;

/** A write to a process that reads nothing any more: its end is told by `exited`. */
const ignoreClosedPipe = (stream: Writable): void => {
  stream.on("error", () => undefined);
};

function socketsOf({ stdio }: ChildProcess): Socket[] {
  return stdio.slice(0, PIPES).map((stream) => {
    if (stream instanceof Socket) return stream;
    throw new AppError("unexpected", "A pipe of a new process is missing.");
  });
}

export async function spawnStarter({ uid, filter }: StarterHost, group: Group | null): Promise<Starter> {
  const stdio: ("pipe" | "ignore" | number)[] = Array.from({ length: PIPES }, () => "pipe");
  const child = withoutLeaks(stdio, () =>
    spawn("/bin/sh", ["-c", WAIT], {
      cwd: "/",
      env: LAUNCH_ENVIRONMENT,
      // A terminal's Ctrl-C reaches us, and we end what runs; it does not reach what runs.
      detached: true,
      stdio,
      ...(uid === null ? {} : { uid, gid: uid }),
    }),
  );
  await once(child, "spawn").catch((error: unknown) => {
    throw unavailable("The sandbox's first process could not be started.", error);
  });
  child.on("error", () => undefined); // a signal that comes too late; its end is told by "exit"
  const sockets = socketsOf(child);
  const [stdin, stdout, stderr, result, plan, options, seccomp, status] = sockets as [
    ...[Socket, Socket, Socket, Socket],
    ...[Socket, Socket, Socket, Socket],
  ];
  for (const stream of [stdin, plan, options, seccomp]) ignoreClosedPipe(stream);
  seccomp.end(filter ?? Buffer.alloc(0));
  const pid = child.pid ?? 0;
  await group?.attach(pid);
  // Waiting is no reason for us to stay alive; when we end, it reads the end of the plan and ends too.
  child.unref();
  for (const socket of sockets) socket.unref();

  return {
    child,
    pid,
    group,
    stdin,
    stdout,
    stderr,
    result,
    status,
    launch(text, list) {
      child.ref();
      for (const socket of sockets) socket.ref();
      options.end(list.map((option) => `${option}\0`).join(""));
      plan.end(`${text}\n`);
    },
  };
}
