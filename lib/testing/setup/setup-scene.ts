// The setup phase of a small repository in a real sandbox, with a cache of its own.
import { systemClock } from "#lib/clock.ts";
import { createLogger } from "#lib/logger.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import type { SetupPlan } from "#lib/setup/schema.ts";
import { createSetupCache, type SetupCache } from "#runner/setup/cache.ts";
import { type Prepared, prepareSetup, type SetupOptions } from "#runner/setup/prepare-setup.ts";
import { createRepository, type FileTree } from "../git/author.ts";
import type { TestWorkshop } from "../git/workshop.ts";
import { TEST_LIMITS } from "../harness-scene.ts";

export interface SetupScene {
  readonly repository: string;
  readonly base: string;
  readonly cache: SetupCache;
  readonly cacheFolder: string;
  readonly events: NewEvent[];
  prepare(plan: Partial<SetupPlan>, changes?: Partial<SetupOptions>): Promise<Prepared>;
}

export const quietLogger = createLogger("test", { write: () => undefined });

export function openSetupScene(workshop: TestWorkshop, files: FileTree): SetupScene {
  const { path, head } = createRepository(workshop.fresh("repository"), files);
  const cacheFolder = workshop.fresh("cache");
  const cache = createSetupCache({ folder: cacheFolder, logger: quietLogger });
  const events: NewEvent[] = [];
  let commands = 0;
  return {
    ...{ repository: path, base: head, cache, cacheFolder, events },
    prepare: (plan, changes) =>
      prepareSetup({
        plan: { argv: ["true"], hosts: [], paths: ["node_modules"], scripts: "off", ...plan },
        of: { commit: head, from: "base" },
        sandbox: workshop.sandbox,
        repository: `${path}/.git`,
        limits: TEST_LIMITS,
        cache,
        clock: systemClock,
        logger: quietLogger,
        signal: new AbortController().signal,
        nextCommand: () => ++commands,
        emit: async (event) => void events.push(event),
        ...changes,
      }),
  };
}

/** Setup as a few lines of shell. */
export const shell = (line: string): Partial<SetupPlan> => ({ argv: ["sh", "-c", line] });
