// Hosts out of what was written down about requests. Pure.
import { readSsh } from "../repositories/ssh-rules.ts";
import type { HostRow } from "./schema.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { "https:": 443, "http:": 80 };

/** Of an absolute address; null for anything else. */
export function addressOf(text: string): Address | null {
  if (!URL.canParse(text)) return null;
  const { protocol, hostname, port } = new URL(text);
  if (hostname === "") return null;
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) || (DEFAULT_PORTS[protocol] ?? 0) };
}

/** Of a repository that is read over the network. */
export function sourceAddress(source: string): Address | null {
  if (source.startsWith("https://")) return addressOf(source);
  const reading = readSsh(source);
  return reading.ok ? { host: reading.place.host, port: reading.place.port } : null;
}

/** The host that an agent asked its relay for; null where it asked for a path of the relay's own. */
export function askedHost(method: string, target: string): Address | null {
  if (method === "CONNECT") return addressOf(`connect://${target}`);
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(target) ? addressOf(target) : null;
}

const earlier = (one: Date | null, other: Date | null) =>
  one && other ? (one < other ? one : other) : (one ?? other);
const later = (one: Date | null, other: Date | null) =>
  one && other ? (one > other ? one : other) : (one ?? other);
const sum = (one: number | null, other: number | null) =>
  one === null || other === null ? null : one + other;

/** One row for what is alike but for its numbers; hosts by name, what was denied after what was allowed. */
export function joined(rows: readonly HostRow[]): HostRow[] {
  const known = new Map<string, HostRow>();
  for (const row of rows) {
    const key = JSON.stringify([row.way, row.host, row.port, row.verdict, row.rule]);
    const before = known.get(key);
    known.set(
      key,
      before === undefined
        ? row
        : {
            ...row,
            atLeast: before.atLeast || row.atLeast,
            up: sum(before.up, row.up),
            down: sum(before.down, row.down),
            times: sum(before.times, row.times),
            first: earlier(before.first, row.first),
            last: later(before.last, row.last),
          },
    );
  }
  const order = (row: HostRow) => [row.verdict, row.host, row.way, String(row.port), row.rule].join("\n");
  return [...known.values()].sort((one, other) => (order(one) < order(other) ? -1 : 1));
}
