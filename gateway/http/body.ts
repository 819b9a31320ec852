// The body of a request, read whole before anything is believed of it: its SHA-256 is what the runner signed.
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Problem } from "./problem.ts";

export interface BodyLimits {
  readonly maxBytes: number;
  /** Of all bodies being read at a time, so that many large ones do not take the memory. */
  readonly maxHeld: number;
}

export interface BodyReader {
  /** Throws a Problem; the request is left unread then. */
  read(request: IncomingMessage, sha256: string): Promise<Buffer>;
}

const FULL = "The gateway reads as many large requests as it can hold. Try again in a moment.";
const CUT = "The request ended before the length it announced.";

function collect(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    const fail = (problem: Problem) => {
      request.removeAllListeners("data");
      reject(problem);
    };
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) fail(new Problem("too_large", `The request is larger than ${maxBytes} bytes.`));
      else chunks.push(chunk);
    });
    request.once("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.once("error", (error) => fail(new Problem("bad_request", CUT, { cause: error })));
    request.once("close", () => fail(new Problem("bad_request", CUT)));
  });
}

export function createBodyReader({ maxBytes, maxHeld }: BodyLimits): BodyReader {
  let held = 0;
  return {
    async read(request, sha256) {
      const declared = Number(request.headers["content-length"] ?? 0);
      if (held + declared > maxHeld) throw new Problem("unavailable", FULL, { retryAfter: 2 });
      held += declared;
      try {
        const bytes = await collect(request, maxBytes);
        if (createHash("sha256").update(bytes).digest("hex") !== sha256)
          throw new Problem("bad_request", "The body is not the one that was signed.");
        return bytes;
      } finally {
        held -= declared;
      }
    },
  };
}
