// Reads the whole patch and searches it beside the page: the page stays free, and what is not drawn is found too.
import { isAnnounced } from "../surface/source.ts";
import { type HeldPart, type Query, search } from "./search.ts";

/** A part as it comes: how long its text is, and what it must be. */
export interface PartOrder {
  readonly place: number;
  readonly line: number;
  readonly length: number;
  readonly sha256: string;
  /** Where it stands among all that is shown. */
  readonly shown: number;
}

export type ToWorker =
  | { readonly say: "read"; readonly address: string; readonly parts: readonly PartOrder[] }
  | { readonly say: "find"; readonly turn: number; readonly query: Query };

export type FromWorker =
  /** How many parts are read; `why` where the rest could not be. */
  | { readonly say: "read"; readonly read: number; readonly of: number; readonly why: string | null }
  | {
      readonly say: "found";
      readonly turn: number;
      readonly query: Query;
      readonly count: number;
      readonly places: Int32Array;
      /** False while parts are still to be read: it is said again then. */
      readonly isWhole: boolean;
    };

/** What a worker's global scope has of what is used here; the library of the page names other things. */
interface Scope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
}
const scope = globalThis as unknown as Scope;

const OTHER = "what came is not what is decided on; reload the page";

let held: (HeldPart | null)[] = [];
let read = 0;
let last: { turn: number; query: Query } | null = null;

function* there(): Generator<HeldPart> {
  for (const part of held) if (part) yield part;
}

function find(): void {
  if (!last) return;
  const { count, places } = search(there(), last.query);
  const isWhole = read === held.length;
  scope.postMessage({ say: "found", ...last, count, places, isWhole }, [places.buffer]);
}

async function take(parts: readonly PartOrder[], text: string): Promise<number> {
  let at = 0;
  for (let part = parts[read]; part && at + part.length <= text.length; part = parts[read]) {
    const own = text.slice(at, at + part.length);
    if (!(await isAnnounced(new TextEncoder().encode(own).buffer, part.sha256))) throw new Error(OTHER);
    held[part.shown] = { place: part.place, line: part.line, text: own };
    at += part.length;
    read++;
  }
  return at;
}

async function readAll(address: string, parts: readonly PartOrder[]): Promise<void> {
  const answer = await fetch(address);
  if (!answer.ok || !answer.body) throw new Error(`the server said ${answer.status}`);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let waiting = "";
  for (const reader = answer.body.getReader(); ; ) {
    const { value, done } = await reader.read();
    waiting += decoder.decode(value, { stream: !done });
    waiting = waiting.slice(await take(parts, waiting));
    if (done) break;
  }
  if (read !== parts.length) throw new Error(OTHER);
}

async function start(address: string, parts: readonly PartOrder[]): Promise<void> {
  held = parts.map(() => null);
  const why = await readAll(address, parts).then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  scope.postMessage({ say: "read", read, of: parts.length, why });
  find();
}

scope.onmessage = ({ data }) => {
  if (data.say === "read") return void start(data.address, data.parts);
  last = { turn: data.turn, query: data.query };
  find();
};
