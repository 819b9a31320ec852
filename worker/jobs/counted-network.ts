// Counts what the gits of a job send to their hosts and get from them, for the page of hosts.
import { countTraffic } from "#lib/hosts/service.ts";
import type { Scope } from "#lib/scope.ts";
import type { SourcePolicy } from "../git/source/check-source.ts";
import type { Moved } from "../git/source/counted-way.ts";

export interface Counted {
  readonly repositoryId: string;
  /** Of the pilot it is done for; null where it is done for all that work on the repository. */
  readonly runId: string | null;
  readonly way: "fetch" | "push";
}

/** What was sent stands there also where the work failed. */
export async function countedNetwork<T>(
  scope: Scope,
  network: SourcePolicy,
  { way, ...of }: Counted,
  work: (network: SourcePolicy) => Promise<T>,
): Promise<T> {
  const all: Moved[] = [];
  try {
    return await work({ ...network, moved: (moved) => void all.push(moved) });
  } finally {
    for (const each of Map.groupBy(all, ({ host, port }) => `${host} ${port}`).values())
      await countTraffic(scope, of, { ...each.reduce(joined), way });
  }
}

const joined = (one: Moved, other: Moved): Moved => ({
  ...one,
  up: one.up + other.up,
  down: one.down + other.down,
  connections: one.connections + other.connections,
});
