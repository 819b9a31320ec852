// A program that runs to its end; what it printed is shown only when it fails.
import { spawn } from "node:child_process";
import { refused } from "#lib/errors.ts";
import type { Identity } from "#lib/postgres/initialise.ts";

export interface CommandOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly identity?: Identity | null;
  /** Ends it when it aborts. */
  readonly signal?: AbortSignal;
  /** One of our own programs, which ends with 1 and a sentence for the person: nothing is put before that. */
  readonly isOurs?: boolean;
}

const SHOWN_LINES = 20;

/** Its stdout. Throws `refused` with the end of its output where it does not exit with 0. */
export function runToEnd(
  what: string,
  argv: readonly [string, ...string[]],
  options: CommandOptions,
): Promise<string> {
  const [program, ...args] = argv;
  const child = spawn(program, args, {
    ...options.identity,
    signal: options.signal,
    cwd: options.cwd,
    env: { NODE_ENV: "production", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let all = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    all += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    all += text;
  });
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(refused(`${what} could not be started: ${error.message}`)));
    child.once("close", (code, signal) => {
      if (code === 0) return resolve(stdout);
      const end = all.trimEnd().split("\n").slice(-SHOWN_LINES).join("\n");
      if (options.isOurs && code === 1 && end !== "") return reject(refused(end));
      reject(refused(`${what} failed (${signal ?? `exit code ${code}`}). It ends with:\n${end}`));
    });
  });
}
