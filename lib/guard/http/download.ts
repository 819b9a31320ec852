// A long answer made while it is read: the reader's pace is the maker's, and memory does not grow with its length.

const CHUNK_CHARACTERS = 64 * 1024;
/** After how many chunks it is asked again whether the reader may go on: about a megabyte. */
const ASKED_EVERY = 16;

/** What a handler returns to have its texts sent as a file. */
export interface Download {
  readonly texts: AsyncIterable<string>;
  readonly name: string;
  readonly contentType: string;
  /** Strong: the same tag, the same bytes. Of letters, digits and hyphens. */
  readonly etag?: string;
  /** Where the same bytes can be had again. */
  readonly location?: string;
}

export const isDownload = (value: unknown): value is Download =>
  typeof value === "object" &&
  value !== null &&
  "texts" in value &&
  typeof value.texts === "object" &&
  value.texts !== null &&
  Symbol.asyncIterator in value.texts;

async function* chunksOf(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let parts: string[] = [];
  let length = 0;
  for await (const text of texts) {
    parts.push(text);
    length += text.length;
    if (length < CHUNK_CHARACTERS) continue;
    yield parts.join("");
    parts = [];
    length = 0;
  }
  if (length > 0) yield parts.join("");
}

/** Why a stream broke off, for the diagnostics. */
export class CutOff extends Error {
  override readonly name = "CutOff";
}

/** Breaks off where `mayGoOn` says no, or the maker fails: a reader never takes half of it for the whole. */
export function streamOf(
  texts: AsyncIterable<string>,
  mayGoOn: () => Promise<boolean>,
  onError: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  const chunks = chunksOf(texts);
  const encoder = new TextEncoder();
  let sent = 0;
  let gone = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await chunks.next();
          if (gone) return;
          if (next.done) return controller.close();
          if (++sent % ASKED_EVERY === 0 && !(await mayGoOn())) {
            throw new CutOff("who reads this may do so no longer");
          }
          if (!gone) controller.enqueue(encoder.encode(next.value));
        } catch (error) {
          onError(error);
          await chunks.return(undefined);
          if (!gone) controller.error(error);
        }
      },
      async cancel() {
        gone = true;
        await chunks.return(undefined);
      },
    },
    { highWaterMark: 1 },
  );
}

export function downloadHeaders({ name, contentType, etag, location }: Download): Record<string, string> {
  return {
    "content-type": contentType,
    "content-disposition": `attachment; filename="${name.replaceAll(/[^A-Za-z0-9._-]/g, "_")}"`,
    "cache-control": "no-store, no-transform",
    "x-accel-buffering": "no",
    ...(etag === undefined ? {} : { etag: `"${etag}"` }),
    ...(location === undefined ? {} : { "content-location": location }),
    // A page of ours that was saved is opened from a disk; opened here it runs and loads nothing.
    "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
  };
}
