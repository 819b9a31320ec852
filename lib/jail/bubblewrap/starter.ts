// A shell that waits to become bubblewrap. It is there before it is needed: putting a process into its control groups
// takes longer than starting it, and it has to be in them before it runs a line of anybody's command.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync } from "node:fs";
import { Socket } from "node:net";
import type { Writable } from "node:stream";
import { AppError, unavailable } from "#lib/errors.ts";
import type { Group } from "../cgroups/group.ts";
import { FD, LAUNCH_ENVIRONMENT } from "./box.ts";
import { withoutLeaks } from "./leaks.ts";
import type { Pipes } from "./pipes.ts";

export interface Starter {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly group: Group | null;
  readonly pipes: Pipes;
  readonly stdin: Writable;
  /** What bubblewrap says about itself, as JSON lines. */
  readonly status: Socket;
  /** The shell becomes what `plan` says; `options` are read by it from their own pipe. */
  launch(plan: string, options: readonly string[]): void;
  /** Ends a starter that was not launched. */
  discard(): Promise<void>;
}

export interface StarterParts {
  /** uid and gid to run as; null for our own. */
  readonly uid: number | null;
  readonly filter: Buffer | null;
  readonly pipes: Pipes;
  readonly group: Group | null;
  /** With a channel through which a listener can be handed out. */
  readonly hasChannel: boolean;
}

// The plan is read line by line to its end, so that a quoted argument may span lines. Should we die half-way through
// writing it, what arrived is an open quote or limits without a command: the shell ends.
const WAIT = `plan=; while IFS= read -r line; do plan="$plan$line
"; done <&${FD.plan}; exec ${FD.plan}<&-; eval "$plan"`;

export const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A write to a process that reads nothing any more is no failure: how it went is told by its exit. */
const ignoreClosedPipe = (stream: Writable): void => {
  stream.on("error", () => undefined);
};

async function spawnShell({ uid, pipes, hasChannel }: StarterParts): Promise<ChildProcess> {
  const { commandEnds } = pipes;
  const stdio: ("pipe" | "ignore" | "ipc" | number)[] = [
    "pipe",
    ...commandEnds,
    "pipe",
    "pipe",
    "pipe",
    "pipe",
  ];
  if (hasChannel) stdio.push("ipc");
  try {
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
    await once(child, "spawn");
    return child;
  } finally {
    for (const fd of commandEnds) closeSync(fd);
  }
}

function socketAt({ stdio }: ChildProcess, fd: number): Socket {
  const stream = (stdio as readonly unknown[])[fd];
  if (stream instanceof Socket) return stream;
  throw new AppError("unexpected", "A pipe of a new process is missing.");
}

export async function spawnStarter(parts: StarterParts): Promise<Starter> {
  const { filter, pipes, group } = parts;
  const outputs = [pipes.stdout, pipes.stderr, pipes.result];
  const failed = (cause: unknown): never => {
    for (const stream of outputs) stream.destroy();
    throw unavailable("The sandbox's first process could not be started.", cause);
  };
  const child = await spawnShell(parts).catch(failed);
  child.on("error", () => undefined); // a signal that comes too late; its end is told by "exit"
  const [stdin, plan, options, seccomp, status] = [0, FD.plan, FD.options, FD.filter, FD.status].map((fd) =>
    socketAt(child, fd),
  ) as [Socket, Socket, Socket, Socket, Socket];
  for (const stream of [stdin, plan, options, seccomp]) ignoreClosedPipe(stream);
  const everything = [child, ...outputs, stdin, plan, options, seccomp, status];
  // Waiting is no reason for us to stay alive; when we end, it reads the end of the plan and ends too.
  for (const part of everything) part.unref();
  child.channel?.unref();
  seccomp.end(filter ?? Buffer.alloc(0));

  async function discard(): Promise<void> {
    const isOver = child.exitCode !== null || child.signalCode !== null;
    const exit = isOver ? null : once(child, "exit");
    child.ref();
    child.kill("SIGKILL");
    for (const stream of [...outputs, stdin]) stream.destroy();
    await exit;
    await group?.kill();
    await group?.remove();
  }

  const pid = child.pid ?? 0;
  try {
    await group?.attach(pid);
  } catch (error) {
    await discard();
    throw error;
  }

  return {
    child,
    pid,
    group,
    pipes,
    stdin,
    status,
    launch(text, list) {
      for (const part of everything) part.ref();
      options.end(list.map((option) => `${option}\0`).join(""));
      plan.end(`${text}\n`);
    },
    discard,
  };
}
