// docs/threats.md leads to tests. Each of them is there.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = new URL("../..", import.meta.url).pathname;

test("what docs/threats.md names is there", () => {
  const text = readFileSync(join(root, "docs/threats.md"), "utf8");
  const named = [...text.matchAll(/`([a-z]+\/[\w./-]+)`/g)].map(([, path = ""]) => path);
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
