import { HOUR } from "../clock.ts";
import { read, transaction } from "../db.ts";
import type { Scope } from "../scope.ts";
import { addressOf, askedHost, joined, sourceAddress } from "./rules.ts";
import type { HostRow, Traffic } from "./schema.ts";
import { addTraffic, modelHostsOf, type ReachRow, reachOf, type SourceRow, sourcesOf } from "./store.ts";

/** Every host a byte of the pilot went to, and what was kept back. The caller has checked that the scope may see the pilot. */
export async function listHosts(scope: Scope, pilotId: string): Promise<HostRow[]> {
  return read(scope, async (db) => {
    const models = (await modelHostsOf(db, pilotId)).map(
      ({ name, baseUrl, calls, up, down, first, last }): HostRow => ({
        ...placeOf(baseUrl),
        ...{ way: "model", verdict: "allowed", rule: `provider ${name}`, atLeast: true },
        ...{ up: Number(up), down: Number(down), times: Number(calls), first, last },
      }),
    );
    const sources = (await sourcesOf(db, pilotId)).map(sourceHost);
    const reached = (await reachOf(db, pilotId)).flatMap(reachedHost);
    return joined([...models, ...sources, ...reached]);
  });
}

const UNKNOWN = { host: "unknown", port: null } as const;
const placeOf = (address: string): { host: string; port: number | null } => addressOf(address) ?? UNKNOWN;

/** A repository is read when it is added: what was counted first long after that began before it was counted. */
const READ_WITHIN = HOUR;

/** Bytes on the wire. */
function sourceHost(row: SourceRow): HostRow {
  const { host, port, first, last, createdAt, mirroredAt } = row;
  const place = host === null ? (sourceAddress(row.source) ?? UNKNOWN) : { host, port };
  const counted =
    host === null ? null : { up: Number(row.up), down: Number(row.down), times: Number(row.connections) };
  return {
    ...place,
    ...{ way: "repository", verdict: "allowed", up: null, down: null, times: null, ...counted },
    rule: row.way === "push" ? "repository: pushed to" : "repository: fetched from, for all its pilots",
    atLeast: row.way === "fetch" && first !== null && first.getTime() - createdAt.getTime() > READ_WITHIN,
    ...(row.way === "push" ? { first, last } : { first: first ?? createdAt, last: last ?? mirroredAt }),
  };
}

/** The bytes of a git that has ended; `pilotId` is null for what is done for every pilot of the repository. */
export async function countTraffic(
  scope: Scope,
  of: { readonly repositoryId: string; readonly runId: string | null },
  traffic: Traffic,
): Promise<void> {
  if (traffic.connections === 0) return;
  await transaction(scope, async ({ db }) => {
    const run = of.runId === null ? null : await db.run.findUnique({ where: { id: of.runId } });
    const pilotId = run?.pilotId ?? "";
    const at = new Date(scope.clock.now());
    await addTraffic(db, { repositoryId: of.repositoryId, pilotId }, traffic, at);
  });
}

function reachedHost(row: ReachRow): HostRow[] {
  const { first, last } = row;
  const seen = { times: Number(row.times), first, last, atLeast: false, rule: row.rule ?? "" };
  if (row.kind === "egress") {
    const verdict = row.verdict === "allowed" ? "allowed" : "denied";
    const port = row.port === 0 ? null : row.port;
    const bytes = { up: Number(row.up), down: Number(row.down) };
    return [{ ...seen, ...bytes, way: "setup", host: row.host ?? "", port, verdict }];
  }
  const asked = askedHost(row.method ?? "", row.target ?? "");
  if (asked === null) return [];
  const port = asked.port === 0 ? null : asked.port;
  return [{ ...seen, way: "agent", host: asked.host, port, verdict: "denied", up: 0, down: 0 }];
}
