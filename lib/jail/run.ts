import { Readable, type Writable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { codeOf } from "./cgroups/group.ts";
import type { Dropped, Sandbox, SandboxExit, SandboxSpec, StartOptions } from "./port.ts";

export interface RunOptions extends StartOptions {
  readonly stdin?: string | Buffer | Readable;
}

export interface RunResult {
  readonly exit: SandboxExit;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** What came through file descriptor 3. */
  readonly result: Buffer;
  readonly dropped: Dropped;
}

const CLOSED_EARLY = ["EPIPE", "ECONNRESET", "ECANCELED", "ERR_STREAM_PREMATURE_CLOSE"];

/** A command that ends without reading its input closes it early; how it went is told by its exit. */
async function feed(stdin: Writable, input: RunOptions["stdin"]): Promise<void> {
  if (!(input instanceof Readable)) return void stdin.end(input);
  try {
    await pipeline(input, stdin);
  } catch (error) {
    if (!CLOSED_EARLY.includes(codeOf(error) ?? "")) throw error;
  }
}

/** Starts one command, feeds it and collects what it says. At the end nothing of it is left, also after a throw. */
export async function run(sandbox: Sandbox, spec: SandboxSpec, options: RunOptions = {}): Promise<RunResult> {
  const child = await sandbox.start(spec, { signal: options.signal });
  try {
    const [stdout, stderr, result] = [child.stdout, child.stderr, child.result].map((stream) =>
      buffer(stream),
    );
    const [exit] = await Promise.all([child.exited, feed(child.stdin, options.stdin)]);
    const outputs = await Promise.all([stdout, stderr, result]);
    const [out = Buffer.alloc(0), err = out, res = out] = outputs as Buffer[];
    return { exit, stdout: out, stderr: err, result: res, dropped: child.dropped() };
  } finally {
    await child.kill();
  }
}
