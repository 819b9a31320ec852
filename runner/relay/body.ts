import type { IncomingMessage, ServerResponse } from "node:http";
import { AppError } from "#lib/errors.ts";

export const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** Of all requests of one agent that are being read or sent. */
const MAX_HELD_BYTES = 128 * 1024 * 1024;
const READ_MS = 60 * 1000;

/** Counts what is held in memory for one agent. */
export function createRoom(most = MAX_HELD_BYTES) {
  let held = 0;
  return {
    /** Throws `too_many` when there is no room for so many bytes more. */
    take(bytes: number): void {
      if (held + bytes > most) throw new AppError("too_many", "Too many requests are being sent at once.");
      held += bytes;
    },
    give(bytes: number): void {
      held -= bytes;
    },
  };
}
export type Room = ReturnType<typeof createRoom>;

/**
 * The whole body: its hash is signed in the headers, so it has to be known before they are sent. Give its length back to the
 * room when it is not needed any more. Throws `too_large`, `too_many`, or `unavailable` when it does not come.
 */
export async function readBody(request: IncomingMessage, room: Room, max = MAX_BODY_BYTES): Promise<Buffer> {
  const tooLarge = () => new AppError("too_large", `A request has at most ${max / 1024 / 1024} MiB.`);
  if (Number(request.headers["content-length"] ?? 0) > max) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  const late = setTimeout(() => request.destroy(new Error("The request did not come to its end.")), READ_MS);
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      if (size + chunk.length > max) throw tooLarge();
      room.take(chunk.length);
      size += chunk.length;
      chunks.push(chunk);
    }
    if (!request.complete) throw new AppError("unavailable", "The request was cut short.");
    return Buffer.concat(chunks);
  } catch (error) {
    room.give(size);
    throw error;
  } finally {
    clearTimeout(late);
  }
}

/** Passes an answer on as it comes, no faster than it is read. Throws when either side ends early. */
export async function pour(
  from: IncomingMessage,
  to: ServerResponse,
  stallMs: number,
  passed?: () => void,
): Promise<void> {
  for await (const chunk of from as AsyncIterable<Buffer>) {
    passed?.();
    if (!to.write(chunk)) await drained(to, stallMs);
  }
  if (!from.complete) throw new Error("The answer was cut short.");
  to.end();
}

/** Resolves when there is room again; throws when the reader went away or reads nothing for that long. */
function drained(to: ServerResponse, stallMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onDrain = () => resolve();
  const onClose = () => reject(new Error("The reader went away."));
  const stalled = setTimeout(() => reject(new Error("The reader does not read.")), stallMs);
  if (to.destroyed) onClose();
  to.once("drain", onDrain).once("close", onClose);
  return promise.finally(() => {
    clearTimeout(stalled);
    to.off("drain", onDrain).off("close", onClose);
  });
}
