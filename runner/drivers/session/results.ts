// What comes out of a session's sandbox through its result stream: snapshots while it goes on, artefacts and the patch at its
// end. Code of an agent could write there too: a snapshot nobody asked for ends the session, and so does what exceeds its bounds.
import type { Readable } from "node:stream";
import { refused } from "#lib/errors.ts";

const HEADER_LENGTH = 80;

export interface Results {
  /** The bytes of the snapshot with this number, asked for by this call. Rejects when the stream ends first. */
  snapshot(number: number): Promise<Buffer>;
  /** The same of the artefacts. */
  artefacts(number: number): Promise<Buffer>;
  /** Everything that was none of those, once the stream has ended. Rejects where it was too much. */
  readonly rest: Promise<Buffer>;
}

export interface ResultBounds {
  readonly snapshot: number;
  readonly artefacts: number;
  readonly rest: number;
}

type Asked = "snapshot" | "artefacts";

interface Current {
  readonly key: string;
  readonly parts: Buffer[];
  left: number;
}

const NOBODY_ASKED: Readonly<Record<Asked, string>> = { snapshot: "a snapshot", artefacts: "artefacts" };
const keyOf = (name: Asked, number: number): string => `${name} ${number}`;

export function readResults(stream: Readable, bounds: ResultBounds): Results {
  const wanted = new Map<string, PromiseWithResolvers<Buffer>>();
  const rest: Buffer[] = [];
  let restSize = 0;
  let held: Buffer = Buffer.alloc(0);
  /** Of a frame that is no snapshot, still to come; all that is left where it is no frame. */
  let passing = 0;
  let current: Current | null = null;

  function pass(bytes: Buffer): void {
    restSize += bytes.length;
    if (restSize > bounds.rest) throw refused("More came out of the sandbox than a patch can be.");
    if (bytes.length > 0) rest.push(bytes);
  }

  function take(most: number): Buffer {
    const taken = held.subarray(0, most);
    held = held.subarray(taken.length);
    return taken;
  }

  function fill(): boolean {
    if (current === null) return false;
    const part = take(current.left);
    current.parts.push(part);
    current.left -= part.length;
    if (current.left > 0) return false;
    wanted.get(current.key)?.resolve(Buffer.concat(current.parts));
    wanted.delete(current.key);
    current = null;
    return true;
  }

  /** False where more has to come first. */
  function begin(): boolean {
    const end = held.indexOf(10);
    if (end < 0 && held.length <= HEADER_LENGTH) return false;
    const header = held.toString("latin1", 0, Math.max(0, end));
    const [, name, number = "0", size = "0"] = /^([a-z]{1,20}) (\d{1,4}) (\d{1,12})$/.exec(header) ?? [];
    if (name === "snapshot" || name === "artefacts") {
      const key = keyOf(name, Number(number));
      if (Number(size) > bounds[name] || !wanted.has(key))
        throw refused(`Something in the sandbox made ${NOBODY_ASKED[name]} that nobody asked for.`);
      take(end + 1);
      current = { key, parts: [], left: Number(size) };
      return fill() || held.length > 0;
    }
    passing = name === undefined ? Number.POSITIVE_INFINITY : end + 1 + Number(size);
    return true;
  }

  function step(): boolean {
    if (current !== null) return fill();
    if (passing === 0) return begin();
    const part = take(passing);
    passing -= part.length;
    pass(part);
    return held.length > 0;
  }

  async function collect(): Promise<Buffer> {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      while (held.length > 0 && step());
    }
    pass(held);
    return Buffer.concat(rest);
  }

  function endAll(error: unknown): void {
    for (const { reject } of wanted.values()) reject(error);
    wanted.clear();
  }

  function want(name: Asked, number: number): Promise<Buffer> {
    const asked = Promise.withResolvers<Buffer>();
    asked.promise.catch(() => undefined); // told by the report too
    wanted.set(keyOf(name, number), asked);
    return asked.promise;
  }

  const collected = collect();
  collected.then(() => endAll(refused("The agent's sandbox has ended.")), endAll);
  return {
    rest: collected,
    snapshot: (number) => want("snapshot", number),
    artefacts: (number) => want("artefacts", number),
  };
}
