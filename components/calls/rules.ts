// What a trace shows at a moment of its playback, and what the flags of a call mean.
import type { CallView, Channel, TracePiece } from "#lib/traces/schema.ts";

export interface ShownPart {
  readonly part: string;
  readonly channel: Channel;
  readonly text: string;
}

/** Texts of the parts as far as they had come `ms` after the call was opened, in the order they began. */
export function shownAt(pieces: readonly TracePiece[], ms: number): ShownPart[] {
  const parts = new Map<string, { channel: Channel; texts: string[] }>();
  for (const { part, channel, text, ms: at } of pieces) {
    if (at > ms) continue;
    const key = `${channel} ${part}`;
    const known = parts.get(key);
    if (known) known.texts.push(text);
    else parts.set(key, { channel, texts: [text] });
  }
  return [...parts].map(([part, { channel, texts }]) => ({ part, channel, text: texts.join("") }));
}

/** Milliseconds after the call was opened at which the last piece came. */
export const lengthOf = (pieces: readonly TracePiece[]): number =>
  pieces.reduce((last, { ms }) => Math.max(last, ms), 0);

const FLAGS: Readonly<Record<string, string>> = {
  aborted: "cut off before its end",
  estimated: "its cost is an estimate, on the high side",
  usage_missing: "the provider did not say how many tokens it used",
  usage_invalid: "what the provider said of its tokens cannot be true",
  incomplete: "its end never came",
  upstream_timeout: "the provider did not answer in time",
};

/** A flag in words; one without a sentence is read as its own words. */
export const flagWords = (flag: string): string => FLAGS[flag] ?? flag.replaceAll("_", " ");

export interface Speed {
  /** Milliseconds from opening to the first byte; null where none came. */
  readonly firstByte: number | null;
  /** Output tokens a second from the first byte to the end; null where it cannot be said. */
  readonly tokensPerSecond: number | null;
}

export function speedOf({ openedAt, firstByteAt, settledAt, output }: CallView): Speed {
  if (!firstByteAt) return { firstByte: null, tokensPerSecond: null };
  const streaming = settledAt ? settledAt.getTime() - firstByteAt.getTime() : 0;
  return {
    firstByte: firstByteAt.getTime() - openedAt.getTime(),
    tokensPerSecond: output === null || streaming < 100 ? null : (output * 1000) / streaming,
  };
}
