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

/** Whether it came at more than one moment. */
export const hasMoments = (pieces: readonly TracePiece[]): boolean =>
  pieces.some(({ ms }) => ms !== pieces[0]?.ms);

export interface Doubt {
  /** Its place among the pieces. */
  readonly at: number;
  readonly before: string;
  readonly token: string;
  readonly after: string;
  /** Above 0, below `SURE`. */
  readonly probability: number;
}

/** From here on a token is nothing to look at. */
const SURE = 0.5;
const MOST_DOUBTS = 8;
/** Characters of the answer beside it. */
const BESIDE = 24;

/** The tokens that the provider gave least of a chance, least first, with what stands beside them. */
export function doubtsOf(pieces: readonly TracePiece[]): Doubt[] {
  const all = pieces.flatMap(({ logprob, text }, at) => {
    const probability = logprob === undefined ? 1 : Math.exp(logprob);
    return probability < SURE && text.trim() !== "" ? [{ at, probability }] : [];
  });
  const least = all.sort((one, other) => one.probability - other.probability).slice(0, MOST_DOUBTS);
  return least.map(({ at, probability }) => {
    const { part, channel, text: token = "" } = pieces[at] ?? {};
    const beside = (from: readonly TracePiece[]) =>
      from.filter((piece) => piece.part === part && piece.channel === channel).map(({ text }) => text);
    const before = beside(pieces.slice(Math.max(0, at - BESIDE), at))
      .join("")
      .slice(-BESIDE);
    const after = beside(pieces.slice(at + 1, at + 1 + BESIDE))
      .join("")
      .slice(0, BESIDE);
    return { at, before, token, after, probability };
  });
}

/** 0.123 → "12 %"; what is next to nothing is never shown as nothing. */
export const formatChance = (probability: number): string =>
  probability < 0.001 ? "<0.1 %" : `${(probability * 100).toFixed(probability < 0.1 ? 1 : 0)} %`;

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
  /** Milliseconds from opening to the first token; null where none was noted. */
  readonly firstToken: number | null;
  /** Output tokens a second from the first byte to the end; null where it cannot be said. */
  readonly tokensPerSecond: number | null;
}

export function speedOf({ openedAt, firstByteAt, firstTokenAt, settledAt, output }: CallView): Speed {
  if (!firstByteAt) return { firstByte: null, firstToken: null, tokensPerSecond: null };
  const streaming = settledAt ? settledAt.getTime() - firstByteAt.getTime() : 0;
  return {
    firstByte: firstByteAt.getTime() - openedAt.getTime(),
    firstToken: firstTokenAt ? firstTokenAt.getTime() - openedAt.getTime() : null,
    tokensPerSecond: output === null || streaming < 100 ? null : (output * 1000) / streaming,
  };
}
