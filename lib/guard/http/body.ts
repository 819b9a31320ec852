// Bodies are counted while they are read: a declared length is a claim.
import { createHash } from "node:crypto";
import { AppError } from "../../errors.ts";
import { tooLarge } from "../rules.ts";

/** Passes the bytes on and fails with too_large at the first one over the limit. */
export function capped(body: ReadableStream<Uint8Array>, maxBytes: number): ReadableStream<Uint8Array> {
  let seen = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        seen += chunk.byteLength;
        if (seen > maxBytes) throw tooLarge(maxBytes);
        controller.enqueue(chunk);
      },
    }),
  );
}

export async function readBody(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Buffer> {
  if (body === null) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  const reader = capped(body, maxBytes).getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value);
  return Buffer.concat(chunks);
}

/** JSON out of bytes; throws bad_input with the parser's own reason. */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    const reason =
      error instanceof RangeError ? "it is nested too deeply" : error instanceof Error ? error.message : "";
    throw new AppError("bad_input", `The body is not JSON: ${reason}`, { cause: error });
  }
}

export interface Announced {
  readonly maxBytes: number;
  /** As declared; null where the sender did not say. */
  readonly length: number | null;
  /** Hex SHA-256 the sender signed. */
  readonly sha256: string;
}

/** Passes the bytes on and fails at the end when length or hash are not what was announced. */
export function verified(body: ReadableStream<Uint8Array>, announced: Announced): ReadableStream<Uint8Array> {
  const hash = createHash("sha256");
  let seen = 0;
  return capped(body, announced.maxBytes).pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        seen += chunk.byteLength;
        hash.update(chunk);
        controller.enqueue(chunk);
      },
      flush() {
        if (announced.length !== null && announced.length !== seen) {
          throw new AppError("bad_input", `The body has ${seen} bytes; ${announced.length} were announced.`);
        }
        if (hash.digest("hex") !== announced.sha256)
          throw new AppError("bad_input", "The body has another SHA-256.");
      },
    }),
  );
}
