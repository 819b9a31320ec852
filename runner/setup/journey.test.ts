// Setup in a verification: real npm, real sandboxes, a registry on loopback. The patch adds a dependency.
import { mkdirSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { judge } from "#lib/evidence/rules.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import { commitFiles, createRepository, makeBundle, playGit } from "#lib/testing/git/author.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { NODE_PLAN, TEST_LIMITS } from "#lib/testing/harness-scene.ts";
import { ofKind } from "#lib/testing/recipe-scene.ts";
import { openPackageRegistry, REGISTRY, REGISTRY_NETWORK } from "#lib/testing/setup/package-registry.ts";
import { quietLogger } from "#lib/testing/setup/setup-scene.ts";
import { verify } from "../harness/verify.ts";
import { createNumbers } from "../lease/set-up.ts";
import { createSetupCache, type SetupCache } from "./cache.ts";
import { prepareSetup } from "./prepare-setup.ts";

const workshop = await testWorkshop();
let cache: SetupCache;
beforeAll(() => {
  cache = createSetupCache({ folder: workshop.fresh("cache"), logger: quietLogger });
});

const WITHOUT = {
  "package.json": '{"name":"service","version":"1.0.0","type":"module"}\n',
  "package-lock.json":
    '{"name":"service","version":"1.0.0","lockfileVersion":3,"requires":true,"packages":{"":{"name":"service","version":"1.0.0"}}}\n',
  "src/two.js": "export { two } from './missing.js';\n",
  "test/two.test.js": `import assert from "node:assert/strict";
import { test } from "node:test";
test("knows two", async () => assert.equal((await import("../src/two.js")).two, 2));
`,
};

/** npm ci makes no folder where there is nothing to install. */
const ARGV = ["sh", "-c", "npm ci --no-progress && mkdir -p node_modules"];

async function verified(setupOf: "base" | "patch") {
  const registry = await openPackageRegistry();
  const { path: work, head: baseCommit } = createRepository(workshop.fresh("work"), WITHOUT);
  const base = workshop.fresh("base.bundle");
  playGit(work, ["bundle", "create", "--quiet", base, "main"]);
  const patch = { ...registry.manifests, "src/two.js": "export { two } from 'tiny';\n" };
  const patchCommit = commitFiles(work, patch, "Use tiny");
  const bundles = { base, patch: makeBundle(work, workshop.fresh("patch.bundle"), baseCommit, patchCommit) };
  const directory = workshop.fresh("lease");
  mkdirSync(directory);
  const plan = {
    argv: ARGV,
    hosts: [`${REGISTRY}:${registry.port}`],
    paths: ["node_modules"],
    scripts: "off" as const,
  };
  const events: NewEvent[] = [];
  const own = {
    ...{ sandbox: workshop.sandbox, clock: systemClock, signal: new AbortController().signal },
    ...{ nextCommand: createNumbers(), emit: async (event: NewEvent) => void events.push(event) },
  };
  const seen = await verify({
    ...own,
    ...{ directory, bundles },
    setUp: ({ repository, ...of }) =>
      prepareSetup({
        ...own,
        plan,
        of,
        repository,
        cache,
        limits: TEST_LIMITS,
        network: REGISTRY_NETWORK,
        logger: quietLogger,
      }),
    assignment: {
      ...{
        phase: "verify",
        leaseId: "lse_1",
        runId: "run_1",
        attempt: 1,
        title: "Use tiny",
        baseCommit,
        patchCommit,
      },
      ...{
        patchDigest: "0".repeat(64),
        test: { ...NODE_PLAN, repeats: 1 },
        limits: TEST_LIMITS,
        setup: plan,
        setupOf,
      },
      ...{ maxSeconds: 60, pauseAfterSeconds: 60, heartbeatSeconds: 5 },
    },
  });
  return { seen, events, registry, judgement: judge(seen.observations, ["test/two.test.js › knows two"]) };
}

test("a patch whose dependency somebody allowed is tested with it, and passes", async () => {
  const { seen, events, registry, judgement } = await verified("patch");
  expect(judgement.verdict).toBe("verified");
  expect(seen.setup?.patch?.contents).not.toBe(seen.setup?.base.contents);
  expect(registry.asked.map(({ url }) => url)).toEqual(["/tiny/packed.tgz"]);
  expect(ofKind(events, "setup_done").map(({ from, cached }) => [from, cached])).toEqual([
    ["base", false],
    ["patch", false],
  ]);
  const numbers = ofKind(events, "command_started").map(({ command }) => command);
  expect(numbers).toEqual(numbers.map((_number, index) => index + 1));
});

test("probe: a patch whose dependency nobody allowed installs nothing, and is seen to fail", async () => {
  const { seen, registry, judgement } = await verified("base");
  expect(judgement.verdict).toBe("not_repaired");
  expect(seen.setup?.patch).toBeNull();
  expect(registry.asked).toEqual([]);
});
