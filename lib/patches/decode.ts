// A diff's bytes as text. What is no UTF-8 is shown byte for byte: two bytes that differ must not read the same. Pure.
import { type Buffer, isUtf8 } from "node:buffer";

const LINE_FEED = 10;
const HIGHEST_ASCII = 0x7f;

const byteMarks = (line: Buffer): string => {
  let text = "";
  for (const byte of line) {
    text += byte > HIGHEST_ASCII ? `‹0x${byte.toString(16).toUpperCase()}›` : String.fromCharCode(byte);
  }
  return text;
};

export function decodeDiff(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const next = bytes.indexOf(LINE_FEED, at);
    const to = next === -1 ? bytes.length : next + 1;
    const line = bytes.subarray(at, to);
    pieces.push(isUtf8(line) ? line.toString("utf8") : byteMarks(line));
    at = to;
  }
  return pieces.join("");
}
