// The bytes in and out of one git process, bounded. The same for a process of the host and one in the sandbox.
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";

export interface Pipes {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
}

/** What is fed to stdin: bytes at hand, or a stream that is read once. */
export type Input = Uint8Array | string | AsyncIterable<Uint8Array>;

export interface Transfer {
  readonly input?: Input;
  /** Gets each chunk of stdout instead of having it kept; may be slow. */
  readonly onOutput?: (chunk: Buffer) => void | Promise<void>;
  /** Most bytes of stdout; one more and `onExcess` is called once. */
  readonly outputBytes: number;
  readonly onExcess: () => void;
}

const STDERR_BYTES = 64 * 1024;

async function feed(stdin: Writable, input: Input | undefined, over: AbortSignal): Promise<void> {
  try {
    if (input === undefined) stdin.end();
    else if (typeof input === "string" || input instanceof Uint8Array)
      await pipeline([input], stdin, { signal: over });
    else await pipeline(input, stdin, { signal: over });
  } catch (error) {
    // A process that has refused its input closes the pipe; its exit code and stderr tell why.
    if (!isClosedPipe(error) && !over.aborted) throw error;
  }
}

function isClosedPipe(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return (
    code === "EPIPE" ||
    code === "ERR_STREAM_PREMATURE_CLOSE" ||
    code === "ECONNRESET" ||
    code === "ERR_STREAM_DESTROYED"
  );
}

async function drainOutput(stdout: Readable, transfer: Transfer): Promise<Buffer> {
  const kept: Buffer[] = [];
  let seen = 0;
  for await (const chunk of stdout as AsyncIterable<Buffer>) {
    seen += chunk.length;
    if (seen > transfer.outputBytes) {
      transfer.onExcess();
      continue;
    }
    if (transfer.onOutput) await transfer.onOutput(chunk);
    else kept.push(chunk);
  }
  return Buffer.concat(kept);
}

async function drainErrors(stderr: Readable): Promise<string> {
  const kept: Buffer[] = [];
  let seen = 0;
  for await (const chunk of stderr as AsyncIterable<Buffer>) {
    if (seen < STDERR_BYTES) kept.push(chunk.subarray(0, STDERR_BYTES - seen));
    seen += chunk.length;
  }
  return Buffer.concat(kept).toString("utf8");
}

/** Moves everything until the process has closed its outputs; what it did not want of its input is left. */
export async function transferAll(
  pipes: Pipes,
  transfer: Transfer,
): Promise<{ stdout: Buffer; stderr: string }> {
  const over = new AbortController();
  const feeding = feed(pipes.stdin, transfer.input, over.signal);
  const outputs = Promise.all([drainOutput(pipes.stdout, transfer), drainErrors(pipes.stderr)]);
  try {
    // A source that has stopped giving must not keep an ended process's answer waiting, but its failure counts.
    await Promise.race([feeding.then(() => outputs), outputs]);
    const [stdout, stderr] = await outputs;
    return { stdout, stderr };
  } finally {
    over.abort();
  }
}
