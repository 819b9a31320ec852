// The wall between a run and everything else. One `Sandbox.start` is one process tree in one fresh
// sandbox: nothing survives it, and nothing it wrote is visible outside but the bytes it sent out.
import type { Server } from "node:net";
import type { Readable, Writable } from "node:stream";
import type { Limits, Tier } from "./schema.ts";

export interface SandboxSpec {
  /** argv, looked up in the sandbox's own PATH. */
  readonly command: readonly string[];
  /** Working directory inside; `/work` is the writable tree (empty tmpfs at start). */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Host path → path inside, read-only. Host paths hold no symbolic links; paths inside do not overlap. */
  readonly readOnly?: Readonly<Record<string, string>>;
  /**
   * One host directory that stays writable inside, owned by the slot's uid. Used to unpack a run's bundle once.
   * `diskBytes` bounds each file in it, not their sum.
   */
  readonly writable?: { readonly host: string; readonly inside: string };
  /**
   * Port of a listener on the sandbox's loopback that is handed out to us before the command starts: the only way in or
   * out besides its streams.
   */
  readonly listen?: number;
  readonly limits: Limits;
}

export interface SandboxExit {
  /**
   * Exit code, or null when we ended it. A command that a signal killed inside the sandbox shows as 128 + signal, as in
   * a shell.
   */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why we ended it, if we did. `memory` is reported only where a cgroup said so. */
  readonly ended: "itself" | "time" | "memory" | "cancelled";
  readonly milliseconds: number;
}

/** Bytes beyond `limits.outputBytes`, per stream. Final once the streams ended. */
export interface Dropped {
  readonly stdout: number;
  readonly stderr: number;
  readonly result: number;
}

/**
 * Output is kept up to `limits.outputBytes` a stream and dropped beyond. A stream that nobody reads is buffered, so it
 * never blocks the process; one that is read slowly slows the process down.
 */
export interface SandboxProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** What the process wrote to file descriptor 3. */
  readonly result: Readable;
  dropped(): Dropped;
  /**
   * The listener of `spec.listen`, closed with the sandbox; null where none was asked for. Take its connections at once
   * when it comes. Rejects (`unavailable`) when the sandbox ends before.
   */
  readonly listener: Promise<Server> | null;
  /** Settles when nothing of the tree is left. Rejects (`unavailable`) when the sandbox could not be set up or ended. */
  readonly exited: Promise<SandboxExit>;
  /** Kills the whole tree; resolves when nothing of it is left. Idempotent. */
  kill(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
}

export interface StartOptions {
  /** When it aborts, the tree is killed and `exited` says `cancelled`. */
  readonly signal?: AbortSignal;
}

export interface Sandbox {
  readonly tier: Tier;
  /** What is missing for `strong`, one sentence each; empty when strong. */
  readonly missing: readonly string[];
  /** uid (and gid) that owns a `writable` directory; null when it is the runner's own. */
  readonly uid: number | null;
  /** Throws `refused` on a spec it will not run. */
  start(spec: SandboxSpec, options?: StartOptions): Promise<SandboxProcess>;
}
