// One start of one child: in a group of its own (so Ctrl-C reaches only the launcher, which then stops all
// in order), as its own user, its output appended to a file it keeps even if the launcher is killed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import type { Identity } from "#lib/postgres/initialise.ts";

export interface ChildSpec {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly identity: Identity | null;
  readonly log: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Set where it could not be started at all. */
  readonly error?: Error;
}

export interface StartedChild {
  /** Null where it could not be started. */
  readonly pid: number | null;
  readonly exited: Promise<Exit>;
}

/** Files of a child are for it and its group; set around the spawn because the mask belongs to our process. */
const CHILD_MASK = 0o007;

export function startChild(spec: ChildSpec): StartedChild {
  const log = openSync(spec.log, "a", 0o640);
  const mask = process.umask(CHILD_MASK);
  try {
    const [program, ...args] = spec.command;
    const child = spawn(program, args, {
      ...spec.identity,
      cwd: spec.cwd,
      env: { NODE_ENV: "production", ...spec.env },
      detached: true,
      stdio: ["ignore", log, log],
    });
    const exited = once(child, "exit").then(
      ([code, signal]): Exit => ({ code, signal }),
      (error: Error): Exit => ({ code: null, signal: null, error }),
    );
    return { pid: child.pid ?? null, exited };
  } finally {
    process.umask(mask);
    closeSync(log);
  }
}

/** How it ended, as part of a sentence. */
export function describeExit({ code, signal, error }: Exit): string {
  if (error) return `could not be started (${error.message})`;
  return signal ? `was ended by ${signal}` : `ended with code ${code}`;
}

/** The last lines of a log, for showing beside a failure. */
export function lastLines(file: string, count: number): string[] {
  try {
    const text = readFileSync(file, "utf8").trimEnd();
    return text === "" ? [] : text.split("\n").slice(-count);
  } catch {
    return []; // it wrote nothing
  }
}
