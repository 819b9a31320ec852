// Rules of shape that no linter knows. Each failure lists where.
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { allPaths, placesOf, type Source, sources } from "./sources.ts";

const files = sources();
const product = files.filter(
  ({ path }) => !/\.(test|spec)\.tsx?$/.test(path) && !path.startsWith("lib/testing/"),
);

/** Written so that this file does not find itself. */
const word = (...parts: string[]) => new RegExp(`\\b${parts.join("")}\\b`);

const percentile = (values: readonly number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? 0;

describe("size", () => {
  test("no file is longer than 400 lines, and 95 of 100 have at most 250", () => {
    const long = files.filter(({ lines }) => lines > 400).map(({ path, lines }) => `${path} (${lines})`);
    expect(long).toEqual([]);
    expect(
      percentile(
        files.map(({ lines }) => lines),
        0.95,
      ),
    ).toBeLessThanOrEqual(250);
  });

  test("no folder holds more than 20 files, their tests not counted", () => {
    const folders = Map.groupBy(product, ({ path }) => dirname(path));
    const full = [...folders]
      .filter(([, held]) => held.length > 20)
      .map(([name, held]) => `${name} (${held.length})`);
    expect(full).toEqual([]);
  });

  test("at most 35 % of the product is sent to the browser", () => {
    const shown = product.filter(({ path }) => /^(app|components)\//.test(path));
    const sum = (held: readonly Source[]) => held.reduce((total, { lines }) => total + lines, 0);
    const inBrowser = shown.filter(({ text }) => /^\s*["']use client["']/m.test(text.slice(0, 400)));
    expect(sum(inBrowser) / Math.max(1, sum(product))).toBeLessThanOrEqual(0.35);
  });
});

describe("names", () => {
  test("no file is a drawer for anything", () => {
    const drawers = /(^|\/)(utils?|helpers?|misc|common|shared|constants|types|manager|index)\.tsx?$/;
    expect(allPaths().filter((path) => drawers.test(path))).toEqual([]);
  });

  test("no file only passes on what others export", () => {
    const passesOn = ({ text }: Source) => {
      const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "").trim();
      return (
        code !== "" &&
        code
          .replaceAll(/export\s+(type\s+)?(\*|\{[^}]*\})(\s+as\s+\w+)?\s+from\s+["'][^"']+["'];?/g, "")
          .trim() === ""
      );
    };
    expect(product.filter(passesOn).map(({ path }) => path)).toEqual([]);
  });

  test("files and folders are kebab-case", () => {
    const odd = files.filter(({ path }) => /[A-Z_]/.test(path.replaceAll(/\[[^\]]*\]|\([^)]*\)/g, "")));
    expect(odd.map(({ path }) => path)).toEqual([]);
  });
});

describe("shortcuts", () => {
  const forbidden: readonly [string, RegExp][] = [
    ["unfinished work", word("(TO", "DO|FIX", "ME|HA", "CK|XX", "X)")],
    [
      "a switched-off rule",
      word("(biome", "-ignore|eslint", "-disable|ts", "-ignore|ts", "-nocheck|ts", "-expect-error)"),
    ],
    ["an untyped value", word("as", " any")],
    ["a test that does not run", word("(test|it|describe)", "\\.(skip|only|todo|skipIf)\\b")],
  ];
  test.each(forbidden)("%s is nowhere", (_, pattern) => {
    expect(placesOf(pattern, files)).toEqual([]);
  });

  test("no error is caught and dropped without a word", () => {
    const empty = files.filter(({ text }) => /catch\s*(\([^)]*\))?\s*\{\s*\}/.test(text));
    expect(empty.map(({ path }) => path)).toEqual([]);
  });
});

describe("the database", () => {
  test("is asked in raw SQL only by stores, the record and what installs it", () => {
    const mayAsk =
      /^lib\/((?:[^/]+\/)+([^/]*store|[^/]*\.sql)|db|notify)\.ts$|^lib\/(migrate|postgres|testing)\/|^cli\/|^scripts\/|^bench\//;
    const asking = product.filter(
      ({ path, text }) => /\$(queryRaw|executeRaw)/.test(text) && !mayAsk.test(path),
    );
    expect(asking.map(({ path }) => path)).toEqual([]);
  });

  test("is never given SQL put together from strings", () => {
    expect(placesOf(word("\\$(query|execute)", "RawUnsafe"), product)).toEqual([]);
  });
});
