// An honest export changed on its way, by somebody who counts its lines again.
import type { Random } from "../random.ts";
import type { Tried } from "./attempt.ts";

type Edit = (lines: string[], random: Random) => string[];

const recounted = (lines: readonly string[]): string[] => [
  ...lines,
  `{"lines":${lines.length},"type":"end"}\n`,
];

const onLines = (name: string, edit: Edit): Tried => ({
  name,
  isDirty: false,
  run: async ({ lines }, random) => ({ bundle: recounted(edit(lines.slice(0, -1), random)) }),
});

/** The number of some line that begins like this. */
function some(lines: readonly string[], random: Random, start: string): number {
  const places = [...lines.keys()].filter((at) => lines[at]?.startsWith(start));
  return random.pick(places);
}

const ENTRY = '{"body":';
const EVENT = '{"at":';

function byteChanged(line: string, random: Random): string {
  const bytes = Buffer.from(line, "utf8");
  const at = random.below(bytes.length - 1);
  const before = bytes[at] ?? 0;
  // Another byte that is no newline: a line more is another attack.
  const after = (before + 1 + random.below(254)) % 256;
  bytes[at] = after === 0x0a || after === before ? before ^ 0x80 : after;
  return bytes.toString("latin1") === Buffer.from(line, "utf8").toString("latin1")
    ? `${line} `
    : bytes.toString("utf8");
}

export const fileAttacks: readonly Tried[] = [
  onLines("a byte of the file changed", (lines, random) => {
    const at = random.below(lines.length);
    return lines.with(at, byteChanged(lines[at] ?? "", random));
  }),
  onLines("a line left out", (lines, random) => lines.toSpliced(random.below(lines.length), 1)),
  onLines("a line repeated", (lines, random) => {
    const at = random.below(lines.length);
    return lines.toSpliced(at, 0, lines[at] ?? "");
  }),
  onLines("two entries of the file swapped", (lines, random) => {
    const at = some(lines.slice(0, -2), random, ENTRY);
    const next = lines.findIndex((line, place) => place > at && line.startsWith(ENTRY));
    const [one = "", two = ""] = [lines[at], lines[next]];
    const renumber = (line: string, like: string) =>
      line.replace(/"index":\d+,/, /"index":\d+,/.exec(like)?.[0] ?? "");
    return lines.with(at, renumber(two, one)).with(next, renumber(one, two));
  }),
  onLines("the file cut, with an end line of its own", (lines, random) =>
    lines.slice(0, 1 + random.below(lines.length - 1)),
  ),
  onLines("the payloads of two events swapped", (lines, random) => {
    const bodyOf = (line: string) => /"body":(\{.*\}),"kind"/.exec(line)?.[1] ?? "";
    const one = some(lines, random, EVENT);
    const own = bodyOf(lines[one] ?? "");
    const other = lines.findIndex((line) => line.startsWith(EVENT) && bodyOf(line) !== own);
    return lines.with(
      one,
      (lines[one] ?? "").replace(own, () => bodyOf(lines[other] ?? "")),
    );
  }),
  onLines("an event of the file said to be redacted", (lines, random) => {
    const at = some(lines, random, EVENT);
    const { body, salt, ...facts } = JSON.parse(lines[at] ?? "") as Record<string, unknown>;
    const line = { ...facts, commitment: "0".repeat(64) };
    const sorted = Object.fromEntries(Object.entries(line).sort(([a], [b]) => (a < b ? -1 : 1)));
    return body === undefined || salt === undefined
      ? lines.toSpliced(at, 1)
      : lines.with(at, `${JSON.stringify(sorted)}\n`);
  }),
  onLines("all events left out", (lines) => lines.filter((line) => !line.startsWith(EVENT))),
  onLines("the checkpoint's size changed", (lines, random) =>
    lines.with(0, (lines[0] ?? "").replace(/"size":\d+/, `"size":${1 + random.below(1e6)}`)),
  ),
];
