import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { packageScript } from "./package-script.ts";

const manifest = (scripts: Record<string, unknown>) => JSON.stringify({ scripts });

/** What the command says when it runs, with `echo` in the place of runners. */
const said = (argv: readonly string[], scripts: Record<string, unknown>): string[] => {
  const [program = "", ...words] = packageScript(argv, manifest(scripts)) ?? [];
  return execFileSync(program, words, { encoding: "utf8" }).trim().split("\n");
};

describe("a package script", () => {
  test.each([
    [["npm", "test"]],
    [["npm", "t"]],
    [["npm", "run", "test"]],
    [["yarn", "test"]],
    [["pnpm", "run-script", "test"]],
  ])("called by %j runs what the base says", (argv) => {
    expect(said(argv, { test: "echo vitest run" })).toEqual(["vitest run"]);
  });

  test("runs with what stands before and after it, and arguments are its own", () => {
    const scripts = { pretest: "echo before", test: "echo first; echo test", posttest: "echo after" };
    expect(said(["npm", "test", "--", "--ci", "a b"], scripts)).toEqual([
      ...["before", "first", "test --ci a b", "after"],
    ]);
  });

  test("that fails ends what comes after it", () => {
    const argv = packageScript(["npm", "test"], manifest({ test: "exit 3", posttest: "exit 0" })) ?? [];
    expect(() => execFileSync(argv[0] ?? "", argv.slice(1))).toThrow(expect.objectContaining({ status: 3 }));
  });

  test("has the scripts it calls in their places, and a ring of them ends", () => {
    const scripts = { test: "npm run build && echo test", build: "echo built", around: "npm run around" };
    expect(said(["npm", "test"], scripts)).toEqual(["built", "test"]);
    const ring = packageScript(["npm", "run", "around"], manifest(scripts)) ?? [];
    expect(ring.join(" ")).toContain("npm run around");
  });

  test("probe: arguments are words, not shell", () => {
    expect(said(["npm", "test", "$(id)", "; id"], { test: "echo" })).toEqual(["$(id) ; id"]);
  });
});

describe("what is no package script stays as it is", () => {
  test.each([
    [["node", "--test"], manifest({ test: "echo" })],
    [["npm", "ci"], manifest({ test: "echo" })],
    [["npm", "--prefix", "x"], manifest({ test: "echo" })],
    [["npm", "test"], manifest({})],
    [["npm", "test"], null],
    [["npm", "test"], "{ not json"],
    [["npm", "test"], JSON.stringify({ scripts: { test: 3 } })],
    [["npm", "run", "constructor"], manifest({ test: "echo" })],
  ])("%j", (argv, text) => {
    expect(packageScript(argv, text)).toBeNull();
  });
});
