import { matchesGlob } from "node:path";
import { expect, test } from "vitest";
import { ALONE } from "./alone.ts";
import { sources } from "./sources.ts";

const tests = sources().filter(({ path }) => /\.test\.tsx?$/.test(path));
const isAlone = (path: string) => ALONE.some((pattern) => matchesGlob(path, pattern));

test("what replaces modules or reads the environment once has a process of its own", () => {
  const reaching = /\bvi\.(do)?mock\(|\bvi\.resetModules\(|\bwebTestEnv\(|\b(web|worker)Env\(/;
  const found = tests.filter(
    ({ path, text }) => reaching.test(text) && !isAlone(path) && !path.endsWith("alone.test.ts"),
  );
  expect(found.map(({ path }) => path)).toEqual([]);
});

test("every pattern stands for files that are there", () => {
  expect(ALONE.filter((pattern) => !tests.some(({ path }) => matchesGlob(path, pattern)))).toEqual([]);
});
