import { read } from "../db.ts";
import type { Scope } from "../scope.ts";
import { addressOf, askedHost, joined } from "./rules.ts";
import type { HostRow } from "./schema.ts";
import { modelHostsOf, type ReachRow, reachOf, sourcesOf } from "./store.ts";

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
    const sources = (await sourcesOf(db, pilotId)).map(
      ({ source, authority, createdAt, mirroredAt }): HostRow => ({
        ...placeOf(source),
        ...{ way: "repository", verdict: "allowed", up: null, down: null, times: null, atLeast: false },
        rule:
          authority === "upstream" ? "repository: fetched from and pushed to" : "repository: fetched from",
        ...{ first: createdAt, last: mirroredAt },
      }),
    );
    const reached = (await reachOf(db, pilotId)).flatMap(reachedHost);
    return joined([...models, ...sources, ...reached]);
  });
}

const placeOf = (address: string): { host: string; port: number | null } =>
  addressOf(address) ?? { host: "unknown", port: null };

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
