// The real npm in the real sandbox, installing a package through the real proxy.
import { readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { openHarnessScene } from "#lib/testing/harness-scene.ts";
import { ofKind } from "#lib/testing/recipe-scene.ts";
import { openPackageRegistry, REGISTRY, REGISTRY_NETWORK } from "#lib/testing/setup/package-registry.ts";
import { openSetupScene } from "#lib/testing/setup/setup-scene.ts";

const workshop = await testWorkshop();
const NPM = { argv: ["npm", "ci", "--no-progress"] };
const WITH_SCRIPT = [
  { scripts: { postinstall: "node leave.js" } },
  { "leave.js": "require('fs').writeFileSync('left.txt','x')" },
] as const;

test("npm ci installs from a listed host, through the proxy, and only its folder is left", async () => {
  const registry = await openPackageRegistry(...WITH_SCRIPT);
  const scene = openSetupScene(workshop, { ...registry.manifests, "src/secret.js": "export {};\n" });
  const hosts = [`${REGISTRY}:${registry.port}`];
  const { mounts, seen } = await scene.prepare({ ...NPM, hosts }, { network: REGISTRY_NETWORK });
  const [folder = ""] = Object.keys(mounts);
  expect(Object.values(mounts)).toEqual(["/work/tree/node_modules"]);
  expect(readFileSync(join(folder, "tiny/index.js"), "utf8")).toBe("export const two = 2;\n");
  expect(() => readFileSync(join(folder, "tiny/left.txt"))).toThrow("ENOENT");
  expect(registry.asked.map(({ url }) => url)).toEqual(["/tiny/packed.tgz"]);
  const egress = ofKind(scene.events, "egress");
  expect(new Set(egress.map(({ host, verdict }) => `${host} ${verdict}`))).toEqual(
    new Set([`${REGISTRY} allowed`]),
  );
  expect(egress.reduce((sum, { down }) => sum + down, 0)).toBeGreaterThan(200);
  expect(ofKind(scene.events, "setup_done")).toMatchObject([
    { ...seen, cached: false, manifests: 3, from: "base" },
  ]);
});

const WORKSPACES = {
  "package.json": '{"name":"all","private":true,"type":"module","workspaces":["packages/*"]}\n',
  "package-lock.json": JSON.stringify({
    ...{ name: "all", lockfileVersion: 3, requires: true },
    packages: {
      "": { name: "all", workspaces: ["packages/*"] },
      "node_modules/ours": { resolved: "packages/ours", link: true },
      "packages/ours": { version: "1.0.0" },
    },
  }),
  "packages/ours/package.json": '{"name":"ours","version":"1.0.0","type":"module","exports":"./index.js"}\n',
  "packages/ours/index.js": "export const two = 2;\n",
  "test/two.test.js": `import assert from "node:assert/strict";
import { test } from "node:test";
import { two } from "ours";
test("knows two", () => assert.equal(two, 2));
`,
};

test("npm's workspaces are linked to the tree that is tested, of which setup saw manifests alone", async () => {
  const scene = openSetupScene(workshop, WORKSPACES);
  const { mounts } = await scene.prepare(NPM);
  expect(readlinkSync(join(Object.keys(mounts)[0] ?? "", "ours"))).toBe("../packages/ours");
  const harness = openHarnessScene(workshop, WORKSPACES, `${scene.repository}/.git`).harness({
    base: scene.base,
    mounts: () => mounts,
  });
  const run = await harness.test({ commit: scene.base }, "Test");
  expect(run.problem).toBeNull();
  expect(run.report?.cases).toMatchObject([{ outcome: "passed" }]);
});
