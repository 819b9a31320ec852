// Archives, listed and never unpacked: what would come out where, and how much of it. Bytes of one entry at a time are looked at,
// in memory and counted while they come. What cannot be read to its end is refused: another program may read more of it.
import { constants, gunzipSync, inflateRawSync } from "node:zlib";
import { CLOSED, isTar, kindOf } from "./sniff.ts";

export interface Seen {
  readonly rule:
    | "archive_path"
    | "archive_link"
    | "archive_special"
    | "archive_ratio"
    | "archive_entries"
    | "archive_nested"
    | "archive_encrypted"
    | "archive_unreadable"
    | "active"
    | "program"
    | "contents_unsearched";
  readonly detail: string;
}

export const MOST_ENTRIES = 10_000;
/** Of all that would come out of an artefact, with everything in it. */
export const MOST_UNPACKED = 512 * 1024 * 1024;
/** Of one entry, and of all together; small ones compress as they like. */
export const MOST_RATIO = 200;
const SMALL = 1024 * 1024;
export const MOST_DEEP = 3;

interface Bounds {
  entries: number;
  unpacked: number;
}

/** Throws the one thing that ends the looking. */
class Found extends Error {
  readonly seen: Seen;
  constructor(rule: Seen["rule"], detail: string) {
    super(detail);
    this.seen = { rule, detail: detail.slice(0, 300) };
  }
}

const shown = (name: string): string =>
  name
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu, "\uFFFD")
    .slice(0, 120)
    .toWellFormed();

/** What is in an archive, if it is one. What ends it comes first. */
export function lookIntoArchive(bytes: Buffer): Seen[] {
  const notes: Seen[] = [];
  try {
    look(bytes, 0, { entries: 0, unpacked: 0 }, notes);
    return notes;
  } catch (error) {
    if (error instanceof Found) return [error.seen, ...notes];
    throw error;
  }
}

function note(notes: Seen[], seen: Seen): void {
  if (notes.length < 10) notes.push(seen);
}

function look(bytes: Buffer, deep: number, bounds: Bounds, notes: Seen[]): void {
  const { media, active, program } = kindOf(bytes);
  if (deep > 0 && active) note(notes, { rule: "active", detail: `${active} in an archive` });
  if (deep > 0 && program) note(notes, { rule: "program", detail: `${program} in an archive` });
  const isArchive = ["application/zip", "application/gzip", "application/x-tar", ...CLOSED].includes(media);
  if (!isArchive) {
    if (hidesZip(bytes)) throw new Found("archive_unreadable", "An archive lies behind something else.");
    return;
  }
  if (deep >= MOST_DEEP) throw new Found("archive_nested", `More than ${MOST_DEEP} archives in one another.`);
  if (media === "application/zip") zip(bytes, deep, bounds, notes);
  else if (media === "application/gzip") gzip(bytes, deep, bounds, notes);
  else if (media === "application/x-tar") tar(bytes, deep, bounds, notes);
  else throw new Found("archive_unreadable", `${media} is not looked into, so it is not let through.`);
}

function entry(bounds: Bounds, name: string): void {
  bounds.entries += 1;
  if (bounds.entries > MOST_ENTRIES) throw new Found("archive_entries", `More than ${MOST_ENTRIES} entries.`);
  staysInside(name);
}

function staysInside(name: string): void {
  const parts = name.replaceAll("\\", "/").split("/");
  const isOut =
    parts.includes("..") || name.startsWith("/") || name.startsWith("\\") || /^[a-z]:/i.test(name);
  if (isOut || name === "" || /[\0]/.test(name))
    throw new Found("archive_path", `The entry “${shown(name)}”.`);
}

function room(bounds: Bounds, packed: number, unpacked: number, name: string): void {
  bounds.unpacked += unpacked;
  if (bounds.unpacked > MOST_UNPACKED)
    throw new Found("archive_ratio", `More than ${MOST_UNPACKED / SMALL} MB would come out of it.`);
  if (unpacked > SMALL && unpacked > MOST_RATIO * Math.max(1, packed))
    throw new Found("archive_ratio", `“${shown(name)}” grows more than ${MOST_RATIO} times.`);
}

/** As many bytes as may still come, and not one more. */
function inflated(packed: Buffer, bounds: Bounds, name: string, isGzip: boolean): Buffer {
  const most = Math.min(MOST_UNPACKED - bounds.unpacked, Math.max(SMALL, MOST_RATIO * packed.length)) + 1;
  let read: Inflated;
  try {
    const options = { maxOutputLength: most, finishFlush: constants.Z_FINISH, info: true };
    read = (isGzip ? gunzipSync(packed, options) : inflateRawSync(packed, options)) as unknown as Inflated;
  } catch (error) {
    if ((error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE") room(bounds, packed.length, most, name);
    throw new Found("archive_unreadable", `“${shown(name)}” cannot be read to its end.`);
  }
  // Zeros fill up a tape; anything else is what another program goes on with.
  const rest = packed.subarray(read.engine.bytesWritten);
  if (isGzip ? rest.some((byte) => byte !== 0) : rest.length > 0)
    throw new Found("archive_unreadable", `Something follows the end of “${shown(name)}”.`);
  return read.buffer;
}

/** What `info` makes zlib return, which its types do not say. */
interface Inflated {
  readonly buffer: Buffer;
  /** How much of the input it took. */
  readonly engine: { readonly bytesWritten: number };
}

function gzip(bytes: Buffer, deep: number, bounds: Bounds, notes: Seen[]): void {
  entry(bounds, "contents");
  const content = inflated(bytes, bounds, "contents", true);
  room(bounds, bytes.length, content.length, "contents");
  look(content, deep + 1, bounds, notes);
}

const BLOCK = 512;
const LINKS = new Set(["1", "2"]);
const PLAIN = new Set(["0", "\0", "7", "5"]);

const field = (header: Buffer, from: number, length: number): string => {
  const end = header.indexOf(0, from);
  return header.toString("utf8", from, end < 0 || end > from + length ? from + length : end);
};

function octal(header: Buffer, from: number, length: number, name: string): number {
  if ((header[from] ?? 0) & 0x80)
    throw new Found("archive_unreadable", `“${shown(name)}” has a size in another notation.`);
  const text = field(header, from, length).trim();
  if (!/^[0-7]*$/.test(text)) throw new Found("archive_unreadable", `“${shown(name)}” has no readable size.`);
  return Number.parseInt(text || "0", 8);
}

function checksum(header: Buffer): boolean {
  let sum = 8 * 32;
  for (let at = 0; at < BLOCK; at++) if (at < 148 || at >= 156) sum += header[at] ?? 0;
  return Number.parseInt(field(header, 148, 8).trim() || "0", 8) === sum;
}

interface Said {
  path?: string;
  size?: number;
}

/** A pax header, word by word and each as long as it says: a value may hold what looks like the next word. */
function paxOf(content: Buffer, isForAll: boolean): Said {
  const said: Said = {};
  let at = 0;
  while (at < content.length) {
    const length = /^([1-9]\d{0,8}) /.exec(content.toString("latin1", at, at + 10))?.[1] ?? "";
    const end = at + Number(length);
    const [, key = "", value = ""] =
      /^([^=]+)=(.*)\n$/s.exec(content.toString("utf8", at + length.length + 1, end)) ?? [];
    if (length === "" || end > content.length || key === "")
      throw new Found("archive_unreadable", "A header of pax is not whole.");
    if (key.startsWith("GNU.sparse.")) throw new Found("archive_special", "A file with holes.");
    if (isForAll && (key === "path" || key === "size"))
      throw new Found("archive_unreadable", `It says one ${key} for all its entries.`);
    if (key === "path") said.path = value;
    if (key === "size") said.size = Number(value);
    at = end;
  }
  return said;
}

function tar(bytes: Buffer, deep: number, bounds: Bounds, notes: Seen[]): void {
  let long: Said = {};
  let at = 0;
  while (at + BLOCK <= bytes.length) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) {
      if (bytes.subarray(at).some((byte) => byte !== 0))
        throw new Found("archive_unreadable", "Something follows the archive's end.");
      return;
    }
    if (!isTar(header) || !checksum(header))
      throw new Found("archive_unreadable", "A header of it is not whole.");
    const own = field(header, 0, 100);
    const prefix = field(header, 345, 155);
    const whole = prefix === "" ? own : `${prefix}/${own}`;
    const isUstar = header.toString("latin1", 257, 263) === "ustar\0";
    const name = long.path ?? (isUstar ? whole : own);
    const size = octal(header, 124, 12, name);
    if (long.size !== undefined && long.size !== size)
      throw new Found("archive_unreadable", `“${shown(name)}” has two sizes.`);
    const type = String.fromCharCode(header[156] ?? 0);
    const from = at + BLOCK;
    if (!Number.isSafeInteger(size) || size < 0 || from + size > bytes.length)
      throw new Found("archive_unreadable", `“${shown(name)}” is cut short.`);
    const content = bytes.subarray(from, from + size);
    at = from + Math.ceil(size / BLOCK) * BLOCK;
    if (type === "x" || type === "g" || type === "L" || type === "K") {
      entry(bounds, "header");
      if (type === "x" || type === "g") long = { ...long, ...paxOf(content, type === "g") };
      else if (type === "L") long = { ...long, path: field(content, 0, content.length) };
      if (long.path !== undefined) staysInside(long.path);
      continue;
    }
    long = {};
    entry(bounds, name);
    // As programs name it that do not read the long name, or read the prefix of every form.
    if (own !== "") staysInside(whole);
    // Some go by its size, others find the next entry right behind it.
    if (size > 0 && (type === "5" || name.endsWith("/") || own.endsWith("/")))
      throw new Found("archive_unreadable", `The folder “${shown(name)}” has contents of its own.`);
    if (LINKS.has(type)) throw new Found("archive_link", `The entry “${shown(name)}”.`);
    if (!PLAIN.has(type)) throw new Found("archive_special", `The entry “${shown(name)}”.`);
    room(bounds, size, size, name);
    look(content, deep + 1, bounds, notes);
  }
  if (at !== bytes.length) throw new Found("archive_unreadable", "It is cut short.");
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_64 = 0x07064b50;

/** The last one that ends exactly where the file does: one in a comment is none. */
function endOfZip(bytes: Buffer): number {
  for (let at = bytes.length - 22; at >= Math.max(0, bytes.length - 22 - 65_535); at--)
    if (bytes.readUInt32LE(at) === END && at + 22 + bytes.readUInt16LE(at + 20) === bytes.length) return at;
  throw new Found("archive_unreadable", "Its list of entries is not there.");
}

/** The list of one at the end of something that is none by its beginning. What follows the end does not keep programs from it. */
function hidesZip(bytes: Buffer): boolean {
  const tail = bytes.subarray(Math.max(0, bytes.length - 22 - 65_535));
  for (let at = tail.length - 22; at >= 0; at--) {
    at = tail.lastIndexOf("PK\x05\x06", at, "latin1");
    if (at < 0) return false;
    const list = bytes.length - tail.length + at - tail.readUInt32LE(at + 12);
    if (list >= 0 && bytes.readUInt32LE(list) === CENTRAL) return true;
  }
  return false;
}

const S_IFMT = 0o170000;

function zip(bytes: Buffer, deep: number, bounds: Bounds, notes: Seen[]): void {
  const end = endOfZip(bytes);
  const [count, size, start] = [
    bytes.readUInt16LE(end + 10),
    bytes.readUInt32LE(end + 12),
    bytes.readUInt32LE(end + 16),
  ];
  const isLarge = end >= 20 && bytes.readUInt32LE(end - 20) === END_64;
  if (isLarge || count === 0xffff || start === 0xffffffff)
    throw new Found("archive_entries", "It is of the form for large archives.");
  // What lies before the list begins, or between list and end, is read by some programs and not by others.
  if (start + size !== end) throw new Found("archive_unreadable", "Its list does not lie where it says.");
  let [at, next] = [start, 0];
  const places: (readonly [from: number, to: number])[] = [];
  for (let n = 0; n < count; n++) {
    if (at + 46 > end || bytes.readUInt32LE(at) !== CENTRAL)
      throw new Found("archive_unreadable", "Its list of entries ends early.");
    next = at + 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    places.push(zipEntry(bytes, at, start, { deep, bounds, notes }));
    at = next;
  }
  if (at !== end) throw new Found("archive_unreadable", "Its list holds more than it counts.");
  places.sort(([one], [other]) => one - other);
  // Entries that share bytes make a small archive unpack to a large one.
  let last = 0;
  for (const [from, to] of [...places, [start, start] as const]) {
    if (from < last) throw new Found("archive_ratio", "Its entries share their bytes.");
    if (bytes.subarray(last, from).includes("PK\x03\x04", 0, "latin1"))
      throw new Found("archive_unreadable", "An entry of it is not in its list.");
    last = to;
  }
}

const OTHER_NAME = 0x7075;

/** A name in an extra field takes the place of the entry's own where a program reads it. */
function hasOtherName(bytes: Buffer, from: number, length: number, name: string): boolean {
  const end = Math.min(from + length, bytes.length);
  for (let at = from; at + 4 <= end; at += 4 + bytes.readUInt16LE(at + 2))
    if (
      bytes.readUInt16LE(at) === OTHER_NAME &&
      bytes.toString("utf8", at + 9, at + 4 + bytes.readUInt16LE(at + 2)) !== name
    )
      return true;
  return false;
}

/** What its list says of an entry and what stands where it lies; its sizes may follow it, and are zero there then. */
function isSaidAlike(bytes: Buffer, at: number, local: number): boolean {
  const sizes = [bytes.readUInt32LE(local + 18), bytes.readUInt32LE(local + 22)];
  const flags = bytes.readUInt16LE(at + 8);
  const follows = (flags & 8) !== 0;
  return (
    ((flags ^ bytes.readUInt16LE(local + 6)) & 9) === 0 &&
    bytes.readUInt16LE(at + 10) === bytes.readUInt16LE(local + 8) &&
    ((follows && sizes.every((size) => size === 0)) ||
      (sizes[0] === bytes.readUInt32LE(at + 20) && sizes[1] === bytes.readUInt32LE(at + 24)))
  );
}

interface Looking {
  readonly deep: number;
  readonly bounds: Bounds;
  readonly notes: Seen[];
}

function zipEntry(
  bytes: Buffer,
  at: number,
  start: number,
  { deep, bounds, notes }: Looking,
): readonly [number, number] {
  const [flags, method] = [bytes.readUInt16LE(at + 8), bytes.readUInt16LE(at + 10)];
  const [packedSize, said] = [bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 24)];
  const name = bytes.toString("utf8", at + 46, at + 46 + bytes.readUInt16LE(at + 28));
  entry(bounds, name);
  const mode = (bytes.readUInt32LE(at + 38) >>> 16) & S_IFMT;
  // Whatever system it says it was made on: several besides Unix keep links.
  if (mode === 0o120000) throw new Found("archive_link", `The entry “${shown(name)}”.`);
  if (![0, 0o100000, 0o040000].includes(mode))
    throw new Found("archive_special", `The entry “${shown(name)}”.`);
  const local = bytes.readUInt32LE(at + 42);
  if (local + 30 > start || bytes.readUInt32LE(local) !== LOCAL)
    throw new Found("archive_unreadable", `“${shown(name)}” does not lie where the list says.`);
  const nameLength = bytes.readUInt16LE(local + 26);
  if (bytes.toString("utf8", local + 30, local + 30 + nameLength) !== name)
    throw new Found("archive_path", `“${shown(name)}” has another name where it lies.`);
  const [more, there] = [bytes.readUInt16LE(at + 30), bytes.readUInt16LE(local + 28)];
  const listed = at + 46 + bytes.readUInt16LE(at + 28);
  if (hasOtherName(bytes, listed, more, name) || hasOtherName(bytes, local + 30 + nameLength, there, name))
    throw new Found("archive_path", `“${shown(name)}” has another name beside it.`);
  if (!isSaidAlike(bytes, at, local))
    throw new Found("archive_unreadable", `“${shown(name)}” is of another size or form where it lies.`);
  const from = local + 30 + nameLength + there;
  if (from + packedSize > start) throw new Found("archive_unreadable", `“${shown(name)}” is cut short.`);
  const place = [local, from + packedSize] as const;
  if (flags & 1) {
    note(notes, { rule: "archive_encrypted", detail: `The entry “${shown(name)}” and what is in it.` });
    return place;
  }
  room(bounds, packedSize, said, name);
  const packed = bytes.subarray(from, from + packedSize);
  if (method !== 0 && method !== 8)
    throw new Found("archive_unreadable", `“${shown(name)}” is packed in a way that is not read here.`);
  const content =
    method === 0 ? packed : inflated(packed, { ...bounds, unpacked: bounds.unpacked - said }, name, false);
  if (content.length !== said)
    throw new Found("archive_ratio", `“${shown(name)}” is of another size than it says.`);
  look(content, deep + 1, bounds, notes);
  return place;
}
