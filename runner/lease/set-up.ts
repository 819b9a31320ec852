// The setup phase of one lease, where its charter has one.
import { refused } from "#lib/errors.ts";
import type { SetUp } from "../harness/verify.ts";
import type { SetupCache } from "../setup/cache.ts";
import { prepareSetup } from "../setup/prepare-setup.ts";
import type { Network } from "../setup/proxy/dial.ts";
import type { Registry } from "../setup/registries.ts";
import type { Lease } from "./lease.ts";

/** What a runner brings for setup. */
export interface SetupHost {
  readonly cache: SetupCache;
  /** Registries that want a credential, as this host's own file says now. */
  readonly registries?: () => Promise<readonly Registry[]>;
  /** Left out: hosts of the public internet, found by the system's resolver. */
  readonly network?: Network;
}

/** Null where the charter has no setup. Without a place to keep it this runner cannot take such a run. */
export function setUpOf(
  { assignment, sandbox, clock, logger, life, traffic, stream }: Lease,
  host: SetupHost | undefined,
  nextCommand: () => number,
): SetUp | null {
  const plan = assignment.setup ?? null;
  if (plan === null) return null;
  if (host === undefined) throw refused("This runner sets nothing up, and the charter asks for it.");
  return async ({ repository, commit, from }) =>
    prepareSetup({
      registries: await host.registries?.(),
      ...{ plan, of: { commit, from }, sandbox, repository, limits: assignment.limits },
      ...{ cache: host.cache, network: host.network, clock, logger, signal: life.over, nextCommand },
      passed: traffic.passed,
      emit: (event) => stream.emit(event),
    });
}

/** Commands are numbered through an attempt, setup's first. */
export function createNumbers(): () => number {
  let last = 0;
  return () => ++last;
}
