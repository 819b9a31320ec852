// Where the text of a patch comes from: parts of files, fetched as they come into sight, checked against the digest the
// page was told, kept as long as there is room. A part that cannot be had is said, never left out in silence.

export interface SourcePart {
  readonly line: number;
  readonly lines: number;
  readonly pairs: number;
  readonly hunks: number;
  readonly oldLine: number;
  readonly newLine: number;
  /** UTF-16 units of its text. */
  readonly length: number;
  readonly sha256: string;
}

export interface SourceFile {
  readonly path: string;
  /** Its number in the order of the patch, by which its parts are asked for. */
  readonly place: number;
  readonly parts: readonly SourcePart[];
}

/** `key` is `place:part`. */
export type PartKey = string;
export const partKey = (place: number, part: number): PartKey => `${place}:${part}`;

export type PartText =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "coming" }
  | { readonly kind: "failed"; readonly why: string };

interface Wanted {
  readonly key: PartKey;
  readonly address: string;
  readonly sha256: string;
}

const AT_ONCE = 4;
const COMING: PartText = { kind: "coming" };

export const addressOf = (url: string, place: number, part: number, sha256: string): string =>
  `${url}&file=${place}&part=${part}&sha256=${sha256}`;

/** Whether a text is the one that was announced. Without a secure origin browsers cannot say; the server checked it. */
export async function isAnnounced(bytes: ArrayBuffer, sha256: string): Promise<boolean> {
  if (globalThis.crypto?.subtle === undefined) return true;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("") === sha256;
}

const NOT_READ = "This part of the patch could not be read";

/** The text, or a sentence that says why not. */
export async function fetchPart(address: string, sha256: string, signal?: AbortSignal): Promise<PartText> {
  try {
    const answer = await fetch(address, signal ? { signal } : {});
    if (!answer.ok) {
      // An answer that is no JSON has no sentence of its own; its status is told instead.
      const said = (await answer.json().catch(() => null)) as { error?: { message?: string } } | null;
      return {
        kind: "failed",
        why: `${NOT_READ}: ${said?.error?.message ?? `the server said ${answer.status}`}`,
      };
    }
    const bytes = await answer.arrayBuffer();
    if (!(await isAnnounced(bytes, sha256)))
      return { kind: "failed", why: `${NOT_READ}: what came is not what is decided on. Reload the page.` };
    return { kind: "text", text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes) };
  } catch {
    return { kind: "failed", why: `${NOT_READ}: the server cannot be reached.` };
  }
}

export class PartSource {
  readonly #url: string;
  readonly #room: number;
  readonly #parts = new Map<PartKey, PartText>();
  readonly #listeners = new Set<(key: PartKey) => void>();
  #queue: Wanted[] = [];
  #running = 0;
  #kept = 0;
  #needed: ReadonlySet<PartKey> = new Set();

  /** `first`: what came with the page. `room`: characters that are kept at most. */
  constructor(url: string, first: Readonly<Record<PartKey, string>>, room: number) {
    this.#url = url;
    this.#room = room;
    for (const [key, text] of Object.entries(first)) this.#keep(key, { kind: "text", text });
  }

  get(file: SourceFile, part: number): PartText {
    return this.#parts.get(partKey(file.place, part)) ?? COMING;
  }

  /** Parts that could not be had, with the reason of the last one. */
  failures(): { readonly count: number; readonly why: string | null } {
    const whys = [...this.#parts.values()].flatMap((part) => (part.kind === "failed" ? [part.why] : []));
    return { count: whys.length, why: whys.at(-1) ?? null };
  }

  onChange(listener: (key: PartKey) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What is in sight, the most urgent first. What waited from before and is not wanted any more is not fetched. */
  want(parts: readonly (readonly [file: SourceFile, part: number])[]): void {
    this.#needed = new Set(parts.map(([file, part]) => partKey(file.place, part)));
    this.#queue = parts.flatMap(([file, part]) => {
      const key = partKey(file.place, part);
      const sha256 = file.parts[part]?.sha256;
      if (sha256 === undefined || this.#parts.has(key)) return [];
      return [{ key, sha256, address: addressOf(this.#url, file.place, part, sha256) }];
    });
    this.#next();
  }

  /** Asks again for what could not be had. */
  retry(): void {
    for (const [key, part] of this.#parts) if (part.kind === "failed") this.#parts.delete(key);
    this.#tell("");
  }

  #next(): void {
    while (this.#running < AT_ONCE) {
      const wanted = this.#queue.shift();
      if (!wanted) return;
      this.#running++;
      this.#parts.set(wanted.key, COMING);
      void fetchPart(wanted.address, wanted.sha256).then((part) => {
        this.#running--;
        this.#keep(wanted.key, part);
        this.#tell(wanted.key);
        this.#next();
      });
    }
  }

  #keep(key: PartKey, part: PartText): void {
    this.#parts.delete(key);
    this.#parts.set(key, part);
    if (part.kind === "text") this.#kept += part.text.length;
    for (const [oldest, other] of this.#parts) {
      if (this.#kept <= this.#room) break;
      if (other.kind !== "text" || oldest === key || this.#needed.has(oldest)) continue;
      this.#parts.delete(oldest);
      this.#kept -= other.text.length;
    }
  }

  #tell(key: PartKey): void {
    for (const listener of this.#listeners) listener(key);
  }
}
