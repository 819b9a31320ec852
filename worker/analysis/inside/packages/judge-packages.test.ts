import { describe, expect, test } from "vitest";
import { dependencySentence } from "#lib/dependencies/rules.ts";
import { judgePackages } from "./judge-packages.ts";

type Files = Readonly<Record<string, readonly [string | null, string | null]>>;

function judged(files: Files) {
  const { packages, notes } = judgePackages(
    Object.entries(files).map(([path, [before, after]]) => ({
      ...{ path, previousPath: null, isHarness: false },
      before: before === null ? null : Buffer.from(before),
      after: after === null ? null : Buffer.from(after),
    })),
  );
  const changes = packages.map(({ change, name, before, after }) => `${change} ${name} ${before} ${after}`);
  return {
    changes,
    notes: notes.map(({ rule, name }) => `${rule} ${name}`),
    packages,
    sentences: notes.map(dependencySentence),
  };
}

const npm = (packages: Record<string, unknown>, asked: Record<string, string> = { left: "^1" }): string =>
  JSON.stringify({ lockfileVersion: 3, packages: { "": { dependencies: asked }, ...packages } });
const left = (more: Record<string, unknown> = {}) => ({
  "node_modules/left": {
    version: "1.0.0",
    resolved: "https://registry.npmjs.org/left/-/left-1.0.0.tgz",
    integrity: "sha512-a",
    license: "MIT",
    ...more,
  },
});

describe("package-lock.json", () => {
  const base = npm(left());
  const lock = (after: string) => judged({ "package-lock.json": [base, after] });

  test("is read as packages: added, removed and changed, with licence and whether they were asked for", () => {
    const { changes, notes, packages } = lock(
      npm({
        ...left({ version: "1.1.0", integrity: "sha512-b" }),
        "node_modules/left/node_modules/@a/deep": { version: "2.0.0", license: "ISC" },
      }),
    );
    expect(changes).toEqual(["added @a/deep null 2.0.0", "changed left 1.0.0 1.1.0"]);
    expect(packages.map(({ licence, isDirect }) => [licence, isDirect])).toEqual([
      ["ISC", false],
      ["MIT", true],
    ]);
    expect(notes).toEqual([]);
    expect(judged({ "package-lock.json": [base, npm({})] }).changes).toEqual(["removed left 1.0.0 null"]);
  });

  test.each([
    ["another checksum", { integrity: "sha512-evil" }, "hash_changed left@1.0.0"],
    ["no checksum any more", { integrity: undefined }, "hash_removed left@1.0.0"],
    ["another host", { resolved: "https://evil.example/left.tgz" }, "new_host left"],
    ["git over ssh", { resolved: "git+ssh://git@github.com/a/left.git#abc" }, "not_a_registry left"],
    ["no TLS", { resolved: "http://registry.npmjs.org/left.tgz" }, "not_a_registry left"],
    ["a file", { resolved: "file:../left.tgz" }, "not_a_registry left"],
    ["a script", { hasInstallScript: true }, "new_install_script left@1.0.0"],
  ])("probe: %s of the same version is said", (_, more, note) => {
    expect(lock(npm(left(more))).notes).toEqual([note]);
  });

  test("probe: a lockfile that asks for what its manifest does not is said, with and without the manifest", () => {
    const other = npm(left(), { left: "^1", evil: "^9" });
    expect(lock(other).notes).toEqual(["manifest_disagrees evil"]);
    const manifest = JSON.stringify({ dependencies: { left: "^1" } });
    const both = { "package-lock.json": [base, other], "package.json": [manifest, `${manifest}\n`] } as const;
    expect(judged(both).notes).toEqual(["manifest_disagrees evil"]);
    const more = JSON.stringify({ dependencies: { left: "^1", evil: "^9" } });
    expect(judged({ ...both, "package.json": [manifest, more] }).notes).toEqual([]);
    expect(judged({ "package.json": [manifest, more] }).notes).toEqual(["manifest_disagrees evil"]);
  });

  test("version 1 nests packages", () => {
    const old = (version: string) =>
      JSON.stringify({
        lockfileVersion: 1,
        dependencies: { a: { version: "1.0.0", dependencies: { b: { version } } } },
      });
    expect(judged({ "package-lock.json": [old("1.0.0"), old("2.0.0")] }).changes).toEqual([
      "changed b 1.0.0 2.0.0",
    ]);
  });
});

describe("other lockfiles", () => {
  test("one checksum more of the same version is less than another one, and is said", () => {
    const more = judged({
      "requirements.txt": ["a==1 --hash=sha256:x", "a==1 --hash=sha256:x --hash=sha256:y"],
    });
    expect(more.notes).toEqual(["hash_added a@1"]);
  });

  test.each<[string, string, string, string[], string[]]>([
    [
      "yarn.lock",
      '# yarn lockfile v1\n\n\nleft@^1:\n  version "1.0.0"\n  resolved "https://registry.yarnpkg.com/left/-/left-1.0.0.tgz#aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"\n  integrity sha512-a\n',
      '# yarn lockfile v1\n\n\nleft@^1:\n  version "1.0.0"\n  resolved "https://evil.example/left.tgz"\n  integrity sha512-b\n\n"@a/b@^2":\n  version "2.0.0"\n',
      ["added @a/b null 2.0.0"],
      ["hash_changed left@1.0.0", "new_host left"],
    ],
    [
      "yarn.lock",
      '__metadata:\n  version: 8\n\n"left@npm:^1":\n  version: 1.0.0\n  resolution: "left@npm:1.0.0"\n  checksum: 10/aa\n',
      '__metadata:\n  version: 8\n\n"left@npm:^1":\n  version: 1.0.0\n  resolution: "left@npm:1.0.0"\n  checksum: 10/bb\n"x@git@github.com:a/x":\n  version: 1.0.0\n  resolution: "x@git@github.com:a/x.git#commit=1"\n',
      ["added x null 1.0.0"],
      ["hash_changed left@1.0.0", "not_a_registry x"],
    ],
    [
      "pnpm-lock.yaml",
      "lockfileVersion: '9.0'\npackages:\n  left@1.0.0:\n    resolution: {integrity: sha512-a}\n",
      "lockfileVersion: '9.0'\npackages:\n  left@1.0.0:\n    resolution: {integrity: sha512-b}\n  '@a/b@2.0.0':\n    resolution: {integrity: sha512-c}\n    requiresBuild: true\n",
      ["added @a/b null 2.0.0"],
      ["hash_changed left@1.0.0", "new_install_script @a/b@2.0.0"],
    ],
    [
      "requirements.txt",
      "Flask==2.0.0 --hash=sha256:a\n",
      "flask==2.0.0 --hash=sha256:b\nreq-x @ git+https://example.org/x.git\n",
      ["added req-x null null"],
      ["hash_changed flask@2.0.0", "not_a_registry req-x"],
    ],
    [
      "uv.lock",
      '[[package]]\nname = "a"\nversion = "1.0"\nsource = { registry = "https://pypi.org/simple" }\n',
      '[[package]]\nname = "a"\nversion = "1.1"\nsource = { registry = "https://evil.example/simple" }\n',
      ["changed a 1.0 1.1"],
      ["new_host a"],
    ],
    [
      "Pipfile.lock",
      '{"default":{"a":{"version":"==1","hashes":["sha256:x"]}}}',
      '{"default":{"a":{"version":"==1","hashes":["sha256:y"]}}}',
      [],
      ["hash_changed a@1"],
    ],
    [
      "go.sum",
      "example.org/a v1.0.0 h1:a=\n",
      "example.org/a v1.0.0 h1:b=\nexample.org/b v1.0.0 h1:c=\n",
      ["added example.org/b null v1.0.0"],
      ["hash_changed example.org/a@v1.0.0"],
    ],
    [
      "go.mod",
      "require example.org/a v1.0.0\n",
      "require example.org/a v1.0.0\nreplace example.org/a => ../a\n",
      ["added example.org/a null replaced"],
      ["not_a_registry example.org/a"],
    ],
    [
      "Cargo.lock",
      '[[package]]\nname = "a"\nversion = "1.0.0"\nchecksum = "x"\n',
      '[[package]]\nname = "a"\nversion = "1.0.0"\nchecksum = "y"\n',
      [],
      ["hash_changed a@1.0.0"],
    ],
    [
      "Gemfile.lock",
      "GEM\n  remote: https://rubygems.org/\n  specs:\n    rake (13.0.0)\n",
      "GEM\n  remote: https://evil.example/\n  specs:\n    rake (13.1.0)\n",
      ["changed rake 13.0.0 13.1.0"],
      ["new_host rake"],
    ],
    [
      "composer.lock",
      '{"packages":[{"name":"a/b","version":"1.0","dist":{"shasum":"x"}}]}',
      '{"packages":[{"name":"a/b","version":"1.0","dist":{"shasum":"y"}}]}',
      [],
      ["hash_changed a/b@1.0"],
    ],
    ["gradle.lockfile", "a:b:1.0=runtime\n", "a:b:1.1=runtime\n", ["changed a:b 1.0 1.1"], []],
    ["pom.xml", "<a/>", "<b/>", [], ["not_understood null"]],
    ["package-lock.json", "{}", "{]", [], ["not_understood null"]],
    ["yarn.lock", "# yarn lockfile v1\n", "no lockfile", [], ["not_understood null"]],
  ])("%s", (path, before, after, changes, notes) => {
    const found = judged({ [path]: [before, after] });
    expect([found.changes, found.notes]).toEqual([changes, notes]);
  });

  test("probe: names like those of objects are packages, and nothing else", () => {
    const odd = npm({
      "node_modules/__proto__": { version: "1.0.0" },
      "node_modules/constructor": { version: "1.0.0" },
    });
    expect(judged({ "package-lock.json": [npm({}), odd] }).changes).toEqual([
      "added __proto__ null 1.0.0",
      "added constructor null 1.0.0",
    ]);
  });
});

describe("names and places of packages", () => {
  const at = (host: string, name: string) => ({ version: "1.0.0", resolved: `https://${host}/${name}.tgz` });
  const base = npm({
    "node_modules/@acme/a": at("npm.acme.example", "a"),
    "node_modules/inner-tool": at("npm.acme.example", "inner-tool"),
    "node_modules/left": at("registry.npmjs.org", "left"),
  });
  const with_ = (more: Record<string, unknown>) =>
    judged({ "package-lock.json": [base, npm({ ...JSON.parse(base).packages, ...more })] }).notes;

  test.each([
    ["node_modules/lodahs", "name_alike lodahs"],
    ["node_modules/1eft", "name_alike 1eft"],
    ["node_modules/inner_tool", "name_alike inner_tool"],
    ["node_modules/l\u043edash", "name_alike l\u043edash"],
  ])("probe: %s is like one that is used or known", (key, expected) => {
    expect(with_({ [key]: at("registry.npmjs.org", "x") })).toEqual([expected]);
  });

  test("probe: a package, or one of its scope, that comes from the public registry now is said", () => {
    expect(with_({ "node_modules/@acme/b": at("registry.npmjs.org", "b") })).toEqual([
      "other_registry @acme/b",
    ]);
    expect(with_({ "node_modules/inner-tool": at("registry.npmjs.org", "inner-tool") })).toEqual([
      "other_registry inner-tool",
    ]);
    expect(with_({ "node_modules/@acme/b": at("npm.acme.example", "b") })).toEqual([]);
    expect(with_({ "node_modules/@other/b": at("registry.npmjs.org", "b") })).toEqual([]);
  });

  test("probe: a name in a manifest alone is compared, too", () => {
    const { notes } = judged({
      "package.json": ['{"dependencies":{"left":"1"}}', '{"dependencies":{"left":"1","expres":"1"}}'],
    });
    expect(notes).toContain("name_alike expres");
  });

  test("probe: names too long to be compared are counted, and a base of many names hides none that everybody knows", () => {
    const asked = (...names: string[]) =>
      JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, "1"])) });
    const many = Array.from({ length: 51_000 }, (_, n) => `own-${n.toString(36)}-${n}`);
    const { notes } = judged({ "package.json": [asked(...many), asked(...many, "expres", "a".repeat(81))] });
    expect(notes).toContain("name_alike expres");
    expect(notes.filter((note) => note.startsWith("names_not_compared"))).toHaveLength(1);
  });

  test("probe: of more names that are like others than are told, it is said how many are not", () => {
    const alike = Array.from({ length: 88 }, (_, n) => `own-package-${n + 10}`);
    const asked = (names: readonly string[]) =>
      JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, "1"])) });
    const added = alike.map((name) => `${name}x`);
    const { notes, sentences } = judged({ "package.json": [asked(alike), asked([...alike, ...added])] });
    const told = notes.filter((note) => note.startsWith("name_alike own-package"));
    expect(told).toHaveLength(50);
    expect(sentences).toContain(
      "package.json has 38 more new packages named much like others, and not told one by one.",
    );
  });

  test("a name that the language writes in two ways is one name", () => {
    const { notes } = judged({
      "requirements.txt": ["typing_extensions==4.0.0\n", "typing-extensions==4.1.0\n"],
    });
    expect(notes).toEqual([]);
  });
});
