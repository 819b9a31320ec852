// Runs one command in one fresh sandbox: output is followed live, what it hands out through fd 3 is kept.
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { Sandbox, SandboxExit, SandboxSpec } from "#lib/jail/port.ts";

/** Bytes of each stream that are passed on; a test suite that prints more has the rest counted only. */
const LIVE_BYTES = 128 * 1024;
const TAIL_LENGTH = 3000;

export type OutputStream = "stdout" | "stderr";

export interface Execution {
  readonly exit: SandboxExit;
  /** What came through fd 3. */
  readonly result: Buffer;
  /** True when fd 3 brought more than `limits.outputBytes`. */
  readonly isResultCut: boolean;
  /** Output bytes that were not passed on. */
  readonly dropped: number;
  /** The end of what it printed, both streams as they came. */
  readonly tail: string;
}

interface ExecuteOptions {
  readonly sandbox: Sandbox;
  readonly spec: SandboxSpec;
  /** When it aborts, the sandbox is killed and the reason thrown. */
  readonly signal: AbortSignal;
  /** What it reads from its standard input; nothing unless said. */
  readonly input?: Buffer;
  onOutput(stream: OutputStream, text: string): Promise<void>;
}

export async function execute({
  sandbox,
  spec,
  signal,
  input,
  onOutput,
}: ExecuteOptions): Promise<Execution> {
  signal.throwIfAborted();
  const child = await sandbox.start(spec, { signal });
  try {
    // One that ends before it has read everything is told by its exit.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    const tail = createTail();
    const [exit, out, err, result] = await Promise.all([
      child.exited,
      follow(child.stdout, (text) => onOutput("stdout", text), tail.add),
      follow(child.stderr, (text) => onOutput("stderr", text), tail.add),
      buffer(child.result),
    ]);
    signal.throwIfAborted();
    const beyond = child.dropped();
    return {
      exit,
      result,
      isResultCut: beyond.result > 0,
      dropped: out + err + beyond.stdout + beyond.stderr,
      tail: tail.text(),
    };
  } finally {
    await child.kill();
  }
}

/** Passes on what a stream brings, decoded; returns how many bytes were not passed on. */
export async function follow(
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

function createTail() {
  let text = "";
  return {
    add(more: string) {
      text = (text + more).slice(-TAIL_LENGTH);
    },
    text: () => text.toWellFormed(),
  };
}
