import { AppError } from "#lib/errors.ts";
import { plainLine } from "./sentences.ts";

export interface GitResult {
  /** Exit code, or null when killed by a signal. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** `output`: it wrote more than it may. */
  readonly ended: "itself" | "time" | "memory" | "output" | "cancelled";
  readonly stdout: Buffer;
  readonly stderr: string;
}

export const succeeded = (result: GitResult): boolean => result.ended === "itself" && result.code === 0;

const SIGXFSZ = 25;

/** True when git, or a git it started, was ended for writing too large a file. */
export const hitFileLimit = ({ code, signal, stderr }: GitResult): boolean =>
  signal === "SIGXFSZ" || code === 128 + SIGXFSZ || /died of signal 25|File too large/.test(stderr);

/** Why a git did not succeed, in one line fit for a person; hostile text is made plain. */
export function failureSentence(result: GitResult): string {
  switch (result.ended) {
    case "time":
      return "git took longer than it may";
    case "memory":
      return "git needed more memory than it may";
    case "output":
      return "git's answer is larger than it may be";
    case "cancelled":
      return "git was cancelled";
    case "itself":
      if (hitFileLimit(result)) return "it is larger than Pilothouse takes";
      if (result.signal !== null) return `git was ended by ${result.signal}`;
      return gitsOwnWords(result.stderr) ?? `git ended with exit code ${result.code}`;
  }
}

const NOISE = /^(?:warning|hint|remote: (?:Enumerating|Counting|Compressing|Total)|From |To )/;

/** The first line git printed as its error, without its prefix. */
function gitsOwnWords(stderr: string): string | null {
  const lines = stderr.split(/[\r\n]+/).map((line) => line.trim());
  const worst =
    lines.find((line) => /^(?:fatal|error):/.test(line)) ??
    lines.find((line) => line !== "" && !NOISE.test(line));
  return worst === undefined ? null : plainLine(worst.replace(/^(?:fatal|error): /, ""), 300);
}

/** For our own repositories, where a failing git is our fault or the machine's. */
export function throwOnFailure(result: GitResult, args: readonly string[]): void {
  if (succeeded(result)) return;
  throw new AppError("unexpected", `git ${args[0] ?? ""} failed: ${failureSentence(result)}.`);
}
