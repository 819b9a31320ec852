import { describe, expect, test } from "vitest";
import { changesInstallScripts, compareLockfiles } from "./packages.ts";

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const NOTHING = { readable: true, newOrigins: [], repinned: [] };

describe("scripts that run on installation", () => {
  test.each([
    ["a new postinstall", { scripts: { postinstall: "node x" } }],
    ["a new prepare", { scripts: { prepare: "x", test: "t" } }],
    ["a changed install", { scripts: { install: "other" } }],
  ])("probe: %s counts", (_, after) => {
    expect(changesInstallScripts(json({ scripts: { install: "a", test: "t" } }), json({ ...after }))).toBe(
      true,
    );
  });

  test("other scripts do not count", () => {
    expect(
      changesInstallScripts(json({ scripts: { test: "a" } }), json({ scripts: { test: "b", build: "c" } })),
    ).toBe(false);
    expect(changesInstallScripts(null, json({ name: "x" }))).toBe(false);
  });

  test.each([
    ["no JSON", Buffer.from("{")],
    ["scripts as text", json({ scripts: "x" })],
    ["null", json(null)],
  ])("probe: %s counts, since nobody can say what it does", (_, after) => {
    expect(changesInstallScripts(json({}), after)).toBe(true);
  });

  test("probe: __proto__ as a script name changes nothing of ours", () => {
    expect(changesInstallScripts(json({}), Buffer.from('{"scripts":{"__proto__":{"install":"x"}}}'))).toBe(
      false,
    );
    expect(({} as Record<string, unknown>).install).toBeUndefined();
  });
});

const npmLock = (packages: Record<string, unknown>) => json({ lockfileVersion: 3, packages });
const entry = (over: Record<string, unknown> = {}) => ({
  version: "1.0.0",
  resolved: "https://registry.example/a/-/a-1.0.0.tgz",
  integrity: "sha512-one",
  ...over,
});

describe("lockfiles", () => {
  const before = npmLock({ "node_modules/a": entry() });

  test("a further package from the same place is fine", () => {
    const after = npmLock({
      "node_modules/a": entry(),
      "node_modules/b": entry({ integrity: "sha512-two" }),
    });
    expect(compareLockfiles("package-lock.json", before, after)).toEqual(NOTHING);
  });

  test.each([
    ["another host", "https://evil.example/a.tgz", "https://evil.example"],
    ["git over ssh", "git+ssh://git@registry.example/x.git#abc", "git+ssh://registry.example"],
    ["plain http", "http://registry.example/a.tgz", "http://registry.example"],
    ["a user name in the address", "https://registry.example@evil.example/a.tgz", "https://evil.example"],
  ])("probe: a package from %s is found", (_, resolved, origin) => {
    const after = npmLock({ "node_modules/a": entry({ resolved }) });
    expect(compareLockfiles("package-lock.json", before, after).newOrigins).toEqual([origin]);
  });

  test("probe: a checksum that changes under the same version is found", () => {
    const after = npmLock({ "node_modules/a": entry({ integrity: "sha512-other" }) });
    expect(compareLockfiles("package-lock.json", before, after).repinned).toEqual(["node_modules/a"]);
    const gone = npmLock({ "node_modules/a": entry({ integrity: undefined }) });
    expect(compareLockfiles("package-lock.json", before, gone).repinned).toEqual(["node_modules/a"]);
  });

  test("a new version has a new checksum", () => {
    const after = npmLock({ "node_modules/a": entry({ version: "1.1.0", integrity: "sha512-other" }) });
    expect(compareLockfiles("package-lock.json", before, after)).toEqual(NOTHING);
  });

  test("probe: the old npm format is read in depth", () => {
    const old = (url: string) =>
      json({
        lockfileVersion: 1,
        dependencies: { a: { version: "1.0.0", dependencies: { b: { version: url } } } },
      });
    const { newOrigins } = compareLockfiles(
      "package-lock.json",
      old("1.0.0"),
      old("git+https://evil.example/b.git"),
    );
    expect(newOrigins).toEqual(["git+https://evil.example"]);
  });

  test.each([
    [
      "yarn.lock",
      'a@^1:\n  resolved "https://registry.example/a.tgz#x"\n',
      'a@^1:\n  resolved "https://evil.example/a.tgz#x"\n',
    ],
    [
      "pnpm-lock.yaml",
      "  tarball: https://registry.example/a.tgz\n",
      "  tarball: https://evil.example/a.tgz\n",
    ],
    [
      "Cargo.lock",
      'source = "registry+https://registry.example/index"\n',
      'source = "git+https://evil.example/x"\n',
    ],
    [
      "uv.lock",
      'source = { registry = "https://registry.example/simple" }\n',
      'source = { registry = "https://evil.example/simple" }\n',
    ],
    ["Gemfile.lock", "  remote: https://registry.example/\n", "  remote: https://evil.example/\n"],
  ])("probe: %s from another place is found", (name, then, now) => {
    expect(compareLockfiles(name, Buffer.from(then), Buffer.from(now)).newOrigins.join()).toContain(
      "evil.example",
    );
    expect(compareLockfiles(name, Buffer.from(then), Buffer.from(then))).toEqual(NOTHING);
  });

  test("probe: composer.lock from another place is found, an author's home page is not", () => {
    const lock = (url: string, homepage: string) =>
      json({ packages: [{ name: "a", dist: { type: "zip", url }, homepage }] });
    const then = lock("https://registry.example/a.zip", "https://one.example");
    expect(
      compareLockfiles("composer.lock", then, lock("https://registry.example/a.zip", "https://two.example")),
    ).toEqual(NOTHING);
    expect(
      compareLockfiles("composer.lock", then, lock("https://evil.example/a.zip", "x")).newOrigins,
    ).toEqual(["https://evil.example"]);
  });

  test("a new lockfile is for a person to judge, except for addresses that are not https", () => {
    expect(compareLockfiles("package-lock.json", null, before)).toEqual(NOTHING);
    const odd = npmLock({ "node_modules/a": entry({ resolved: "git+ssh://git@evil.example/x.git" }) });
    expect(compareLockfiles("package-lock.json", null, odd).newOrigins).toEqual(["git+ssh://evil.example"]);
  });

  test.each(["{", "[]", '{"packages":[]}', "null"])("probe: %s is no readable lockfile", (text) => {
    expect(compareLockfiles("package-lock.json", before, Buffer.from(text)).readable).toBe(false);
  });
});
