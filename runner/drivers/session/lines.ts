import type { Readable } from "node:stream";
import { refused } from "#lib/errors.ts";

/** Lines of a stream without their line feeds; the last one need not have one. Throws where one is longer than `max` bytes. */
export async function* linesOf(stream: Readable, max: number): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      yield Buffer.concat([...parts, chunk.subarray(from, end)]).toString("utf8");
      parts = [];
      size = 0;
      from = end + 1;
    }
    size += chunk.length - from;
    if (size > max) throw refused(`A line is longer than ${max} bytes.`);
    if (from < chunk.length) parts.push(chunk.subarray(from));
  }
  if (size > 0) yield Buffer.concat(parts).toString("utf8");
}

/** The beginning of a text, as a string of its own: a slice would keep all of what an agent sent in memory. */
export const beginningOf = (text: string, most: number): string =>
  text.length <= most ? text : structuredClone(text.slice(0, Math.max(0, most)).toWellFormed());
