// One attempt to get out of a sandbox or to take more than it gives, and how its end is read.
import type { SandboxSpec } from "#lib/jail/port.ts";
import type { RunResult } from "#lib/jail/run.ts";
import type { Limits } from "#lib/jail/schema.ts";

/** What lies on the host for attempts to reach for. */
export interface Bait {
  /** A file that every user of the host may read. */
  readonly secretFile: string;
  readonly secret: string;
  /** A folder that every user of the host may write. */
  readonly openFolder: string;
  /** Writable inside at /w, in the attempts that ask for it. */
  readonly writable: string;
  /** A TCP port on the host's loopback that answers with the secret. */
  readonly port: number;
  /** An abstract unix socket of the host that answers with the secret. */
  readonly abstractSocket: string;
  /** A process of the host, this one. */
  readonly pid: number;
  /** Number that no other process has in its arguments; `sleep` takes it. */
  readonly marker: string;
}

export type Stopped = (result: RunResult) => string | null;

export interface Attempt {
  readonly group: string;
  readonly name: string;
  readonly spec: SandboxSpec;
  /** The wall's answer in a few words; null, for any other end, is an escape until somebody has looked at it. */
  readonly stopped: Stopped;
  /** What is looked at on the host afterwards; a sentence for what got through, or null. */
  readonly after?: () => Promise<string | null> | string | null;
}

const MiB = 1024 * 1024;
const LIMITS: Limits = {
  memoryBytes: 256 * MiB,
  processes: 32,
  cpus: 1,
  diskBytes: 16 * MiB,
  seconds: 20,
  outputBytes: 64 * 1024,
};

export const shell = (line: string, limits: Partial<Limits> = {}): SandboxSpec => ({
  command: ["sh", "-c", line],
  limits: { ...LIMITS, ...limits },
});

export const node = (script: string): SandboxSpec => ({
  command: ["node", "-e", script],
  limits: { ...LIMITS, memoryBytes: 512 * MiB },
});

export const textOf = ({ stdout, stderr }: RunResult): string => `${stdout}${stderr}`.trim();

const shortened = (line: string): string => (line.length > 90 ? `${line.slice(0, 89)}…` : line);

const linesOf = (result: RunResult): string[] =>
  textOf(result)
    .split("\n")
    .map((line) => line.trim());

/** The wall answers in a line of the attempt's own output. */
export const says =
  (pattern: RegExp): Stopped =>
  (result) => {
    const line = linesOf(result).find((each) => pattern.test(each));
    return line === undefined ? null : shortened(line);
  };

/** The sandbox ended it. */
export const endedBy =
  (...reasons: RunResult["exit"]["ended"][]): Stopped =>
  ({ exit }) =>
    reasons.includes(exit.ended) ? `ended by the sandbox: ${exit.ended}` : null;

export const either =
  (...answers: Stopped[]): Stopped =>
  (result) =>
    answers.map((answer) => answer(result)).find((words) => words !== null) ?? null;

export type Verdict =
  | { readonly stopped: true; readonly by: string }
  | { readonly stopped: false; readonly what: string };

/** Reads the end of an attempt. The secret in any output is an escape, whatever else was said. */
export function verdictOf(
  stopped: Stopped,
  result: RunResult,
  secret: string,
  after: string | null,
): Verdict {
  if (textOf(result).includes(secret) || String(result.result).includes(secret))
    return { stopped: false, what: "the host's secret was read" };
  if (after !== null) return { stopped: false, what: after };
  const by = stopped(result);
  if (by !== null) return { stopped: true, by };
  const { ended, code } = result.exit;
  const last = shortened(linesOf(result).at(-1) ?? "");
  return { stopped: false, what: `no wall answered; it ended by ${ended}, code ${code}, saying “${last}”` };
}
