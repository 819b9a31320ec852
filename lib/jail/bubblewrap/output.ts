import { Readable } from "node:stream";

const HEAD_BYTES = 1024;

export interface Output {
  readonly stream: Readable;
  /** Bytes beyond the limit so far. */
  dropped(): number;
  /** The first kibibyte, whoever read it; known when that much came or the source ended. */
  readonly head: Promise<string>;
}

/**
 * Passes on the first `limit` bytes of `source` and drops the rest. A slow reader slows the source down; while nobody
 * reads at all, what came is kept, so that an unread stream never blocks the process that writes it.
 */
export function limitOutput(source: Readable, limit: number): Output {
  let kept = 0;
  let dropped = 0;
  let start = Buffer.alloc(0);
  const { promise: head, resolve: knowHead } = Promise.withResolvers<string>();
  const stream = new Readable({
    read: () => void source.resume(),
    destroy(error, done) {
      source.resume(); // the process goes on; its output has no reader any more
      done(error);
    },
  });
  const isRead = () => stream.readableFlowing !== null || stream.listenerCount("readable") > 0;

  source.on("data", (chunk: Buffer) => {
    const part = chunk.subarray(0, limit - kept);
    kept += part.length;
    if (start.length < HEAD_BYTES) start = Buffer.concat([start, part]).subarray(0, HEAD_BYTES);
    if (start.length === HEAD_BYTES) knowHead(start.toString("utf8"));
    dropped += chunk.length - part.length;
    if (part.length === 0 || stream.destroyed) return;
    if (!stream.push(part) && isRead()) source.pause();
  });
  source.on("end", () => stream.push(null));
  source.on("close", () => knowHead(start.toString("utf8")));
  source.on("error", (error) => stream.destroy(error));
  return { stream, dropped: () => dropped, head };
}
