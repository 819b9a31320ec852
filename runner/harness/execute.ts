// Runs one command in one fresh sandbox: output is followed live, what it hands out through fd 3 is kept.
import type { Readable } from "node:stream";
import type { Sandbox, SandboxExit, SandboxSpec } from "#lib/jail/port.ts";

/** Bytes of each stream that are passed on; a test suite that prints more has the rest counted only. */
const LIVE_BYTES = 128 * 1024;
const TAIL_LENGTH = 3000;

export type OutputStream = "stdout" | "stderr";

export interface Execution {
  readonly exit: SandboxExit;
  /** What came through fd 3. */
  readonly result: Buffer;
  /** True when fd 3 brought more than `resultBytes`; `result` is empty then. */
  readonly isResultCut: boolean;
  /** Output bytes that were not passed on. */
  readonly dropped: number;
  /** The end of what it printed, both streams as they came. */
  readonly tail: string;
}

interface ExecuteOptions {
  readonly sandbox: Sandbox;
  readonly spec: SandboxSpec;
  readonly resultBytes: number;
  /** When it aborts, the sandbox is killed and the reason thrown. */
  readonly signal: AbortSignal;
  onOutput(stream: OutputStream, text: string): Promise<void>;
}

export async function execute({
  sandbox,
  spec,
  resultBytes,
  signal,
  onOutput,
}: ExecuteOptions): Promise<Execution> {
  signal.throwIfAborted();
  const child = await sandbox.start(spec);
  const kill = () => void child.kill();
  signal.addEventListener("abort", kill, { once: true });
  try {
    if (signal.aborted) await child.kill();
    // A command that reads nothing closes its end early; that is no failure of ours.
    child.stdin.on("error", () => {});
    child.stdin.end();
    const tail = createTail();
    const [exit, out, err, result] = await Promise.all([
      child.exited,
      follow(child.stdout, (text) => onOutput("stdout", text), tail.add),
      follow(child.stderr, (text) => onOutput("stderr", text), tail.add),
      collect(child.result, resultBytes),
    ]);
    signal.throwIfAborted();
    return { exit, ...result, dropped: out + err, tail: tail.text() };
  } finally {
    signal.removeEventListener("abort", kill);
    await child.kill();
  }
}

/** Passes on what a stream brings, decoded; returns how many bytes were not passed on. */
async function follow(
  stream: Readable,
  pass: (text: string) => Promise<void>,
  keep: (text: string) => void,
): Promise<number> {
  const decoder = new TextDecoder();
  let left = LIVE_BYTES;
  let dropped = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const text = decoder.decode(chunk, { stream: true });
    keep(text);
    if (chunk.byteLength <= left) await pass(text);
    else dropped += chunk.byteLength;
    left = Math.max(0, left - chunk.byteLength);
  }
  const rest = decoder.decode();
  if (rest !== "") await pass(rest);
  return dropped;
}

async function collect(stream: Readable, max: number): Promise<{ result: Buffer; isResultCut: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size <= max) chunks.push(chunk);
  }
  const isResultCut = size > max;
  return { result: isResultCut ? Buffer.alloc(0) : Buffer.concat(chunks), isResultCut };
}

function createTail() {
  let text = "";
  return {
    add(more: string) {
      text = (text + more).slice(-TAIL_LENGTH);
    },
    text: () => text.toWellFormed(),
  };
}
