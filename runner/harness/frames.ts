// What the programs inside a sandbox hand out: frames of "name number size", a line feed and the bytes.
// Code under test runs as the same user and could write here too, so nothing but the exact grammar is taken.

export interface Frame {
  readonly name: string;
  readonly number: number;
  readonly bytes: Buffer;
}

const HEADER_LENGTH = 80;

/** null when the bytes are not a sequence of whole frames. */
export function readFrames(bytes: Buffer): Frame[] | null {
  const frames: Frame[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0 || end - at > HEADER_LENGTH) return null;
    const header = /^([a-z]{1,20}) (\d{1,4}) (\d{1,12})$/.exec(bytes.toString("latin1", at, end));
    if (!header) return null;
    const [, name = "", number, size] = header;
    const next = end + 1 + Number(size);
    if (next > bytes.length) return null;
    frames.push({ name, number: Number(number), bytes: bytes.subarray(end + 1, next) });
    at = next;
  }
  return frames;
}
