// Pictures of dots by their first bytes: which of four formats, and how wide and high. Names count for nothing, and what
// is drawn by instructions (SVG) is none: it is text, and shown as such. Pure.

import type { ImageKind } from "./schema.ts";

export interface ImageFacts {
  readonly kind: ImageKind;
  readonly width: number;
  readonly height: number;
}

/** A browser keeps four bytes for each dot, however few the file has. */
const MOST_DOTS = 40_000_000;
const LONGEST_SIDE = 16_384;

type Bytes = Uint8Array;
const viewOf = (bytes: Bytes): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const reads = (bytes: Bytes, at: number, text: string): boolean =>
  bytes.length >= at + text.length && [...text].every((each, n) => bytes[at + n] === each.charCodeAt(0));

function pngOf(bytes: Bytes): ImageFacts | null {
  if (bytes.length < 24 || !reads(bytes, 0, "\x89PNG\r\n\x1A\n") || !reads(bytes, 12, "IHDR")) return null;
  const view = viewOf(bytes);
  return { kind: "png", width: view.getUint32(16), height: view.getUint32(20) };
}

/** GIF89a, 15: blocks of a length each, up to an empty one. */
function pastBlocks(bytes: Bytes, from: number): number {
  let at = from;
  while ((bytes[at] ?? 0) !== 0) at += 1 + (bytes[at] ?? 0);
  return at + 1;
}

/** Browsers widen the screen that the head tells of to the first frame, so that counts too. */
function gifOf(bytes: Bytes): ImageFacts | null {
  if (bytes.length < 13 || !(reads(bytes, 0, "GIF87a") || reads(bytes, 0, "GIF89a"))) return null;
  const view = viewOf(bytes);
  const short = (at: number) => view.getUint16(at, true);
  const flags = bytes[10] ?? 0;
  let at = 13 + (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  while (bytes[at] === 0x21) at = pastBlocks(bytes, at + 2);
  if (bytes[at] !== 0x2c || at + 10 > bytes.length) return null;
  const width = Math.max(short(6), short(at + 1) + short(at + 5));
  return { kind: "gif", width, height: Math.max(short(8), short(at + 3) + short(at + 7)) };
}

/** Frames of all coding processes but the tables between them: C4, C8 and CC. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/**
 * Tables and remarks, which every decoder passes by their length. Of others some have none (01, D0 to D7), and a decoder
 * would read on where we do not look: its frame would be another one.
 */
const isPassed = (marker: number): boolean =>
  (marker >= 0xe0 && marker <= 0xef) || [0xc4, 0xcc, 0xdb, 0xdd, 0xfe].includes(marker);

/** ITU T.81, B.1: segments of a marker, a length that counts itself, and what it measures, up to the frame's. */
function jpegOf(bytes: Bytes): ImageFacts | null {
  if (bytes.length < 4 || !reads(bytes, 0, "\xFF\xD8\xFF")) return null;
  const view = viewOf(bytes);
  for (let at = 2; at + 9 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) at++;
    else if (isFrame(marker))
      return { kind: "jpeg", height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    else {
      const length = view.getUint16(at + 2);
      if (!isPassed(marker) || length < 2) return null;
      at += 2 + length;
    }
  }
  return null;
}

/** RFC 9649: lossy, lossless, or extended. */
function webpOf(bytes: Bytes): ImageFacts | null {
  if (bytes.length < 30 || !reads(bytes, 0, "RIFF") || !reads(bytes, 8, "WEBPVP8")) return null;
  const view = viewOf(bytes);
  const low = (at: number) => view.getUint16(at, true) & 0x3fff;
  const three = (at: number) => view.getUint16(at, true) + ((bytes[at + 2] ?? 0) << 16) + 1;
  if (reads(bytes, 15, " ") && reads(bytes, 23, "\x9D\x01\x2A"))
    return { kind: "webp", width: low(26), height: low(28) };
  if (reads(bytes, 15, "L") && bytes[20] === 0x2f) {
    const bits = view.getUint32(21, true);
    return { kind: "webp", width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  return reads(bytes, 15, "X") ? { kind: "webp", width: three(24), height: three(27) } : null;
}

/** Null for what is no such picture, or one without a size. */
export function imageOf(bytes: Bytes): ImageFacts | null {
  const found = pngOf(bytes) ?? gifOf(bytes) ?? jpegOf(bytes) ?? webpOf(bytes);
  return found && found.width > 0 && found.height > 0 ? found : null;
}

/** Whether a browser is asked to draw it. */
export const isDrawable = ({ width, height }: Omit<ImageFacts, "kind">): boolean =>
  width <= LONGEST_SIDE && height <= LONGEST_SIDE && width * height <= MOST_DOTS;
