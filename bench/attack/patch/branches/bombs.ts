// Too much of everything: of bytes behind few, of names, of depth, of lines that are slow to read.
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { AppError } from "#lib/errors.ts";
import { parseJson, readBody } from "#lib/guard/http/body.ts";
import { parseWire, refuseUnstorable } from "#lib/guard/http/parse.ts";
import type { Charter } from "#lib/pilots/schema.ts";
import { EventBatch } from "#lib/protocol/schema.ts";
import { makeBlob, makeCommit, makeTree, playGit } from "#lib/testing/git/author.ts";
import type { Agent, Attempt, Seen } from "../attempt.ts";
import { planted, repaired } from "./build.ts";

const MiB = 1024 * 1024;

/** A loose object written by hand: ten thousand of them would take git as many processes. */
function writeObject({ work }: Agent, kind: "tree" | "blob", content: Buffer): string {
  const whole = Buffer.concat([Buffer.from(`${kind} ${content.length}\0`), content]);
  const id = createHash("sha1").update(whole).digest("hex");
  const folder = join(work, ".git/objects", id.slice(0, 2));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, id.slice(2)), deflateSync(whole));
  return id;
}

const entry = (mode: string, name: string, id: string): Buffer =>
  Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, "hex")]);

function deep(agent: Agent, levels: number): string {
  let tree = writeObject(agent, "tree", entry("100644", "f", writeObject(agent, "blob", Buffer.from("x"))));
  for (let level = 0; level < levels; level++) tree = writeObject(agent, "tree", entry("40000", "d", tree));
  return makeCommit(agent.work, tree, [agent.base]);
}

/** One blob under `width` to the power of `levels` names. */
function wide(agent: Agent, width: number, levels: number): string {
  let id = makeBlob(agent.work, "x");
  for (let level = 0; level < levels; level++) {
    const mode = level === 0 ? "100644" : "40000";
    id = makeTree(
      agent.work,
      Array.from({ length: width }, (_, n) => [mode, id, `n${n}`] as const),
    );
  }
  return makeCommit(agent.work, id, [agent.base]);
}

/** Many large files that differ in a line: deltas of a few bytes each. */
function deltas(agent: Agent, count: number, bytes: number): string {
  const entries = Array.from({ length: count }, (_, n) => {
    const content = Buffer.alloc(bytes, 97);
    content.write(`${n}\n`);
    return ["100644", makeBlob(agent.work, content), `large-${n}.txt`] as const;
  });
  return makeCommit(agent.work, makeTree(agent.work, entries), [agent.base]);
}

function manyObjects({ work, base }: Agent, count: number): string {
  const lines = [
    "commit refs/heads/many",
    "committer A <a@example.test> 1700000000 +0000",
    "data 1",
    "m",
    `from ${base}`,
  ];
  for (let n = 0; n < count; n++)
    lines.push(`M 100644 inline many/${n % 100}/${n}.txt`, `data ${String(n).length}`, `${n}`);
  playGit(work, ["fast-import", "--quiet", "--force"], `${lines.join("\n")}\n`);
  return playGit(work, ["rev-parse", "refs/heads/many"]);
}

const bomb = (name: string, by: RegExp, make: (agent: Agent) => string): Attempt => ({
  ...{ id: "H16", name, expected: "blocked", by: [by], make },
});

const unlimited = (charter: Charter): Charter => ({
  ...charter,
  scope: { ...charter.scope, maxChangedLines: 0, maxFiles: 0 },
});

const LONGEST = 45_000;
const inTime = ({ milliseconds }: Seen): string[] =>
  milliseconds < LONGEST ? [] : [`it took ${Math.round(milliseconds / 1000)} s to be taken in`];

const slow = (
  name: string,
  files: Readonly<Record<string, string>>,
  more: Partial<Attempt> = {},
): Attempt => ({
  ...{ id: "H53", name, expected: "shown", by: [], charter: unlimited, look: inTime },
  make: (agent) => repaired(agent, files),
  ...more,
});

const lines = (count: number, line: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => `${line(n)}\n`).join("");

const nested = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const parenthesised = (depth: number): string => `${"(".repeat(depth)}1${")".repeat(depth)}\n`;
const MANIFEST = `{"type":"module","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"a":1,"a":2,"n":1e400,"s":"\\ud800","deep":${nested(10_000)}}\n`;

const LOCK = (name: string): string => {
  const host = name === "left" ? "registry.npmjs.org" : "evil.example";
  const one = `{"version":"1.0.0","resolved":"https://${host}/a.tgz","integrity":"sha512-${"a".repeat(86)}=="}`;
  return `{"name":"x","lockfileVersion":3,"packages":{"":{},"node_modules/${name}":${one},"${name}":${one}}}\n`;
};

/** Event batches as they would come by the wire, read as the runner's door reads them. */
const BATCHES: readonly (readonly [string, string])[] = [
  ["a prototype", '{"__proto__":{"attempt":1},"attempt":1,"from":1,"events":[]}'],
  ["the same key twice", '{"attempt":1,"attempt":"x","from":1,"events":[]}'],
  ["a number without bounds", '{"attempt":1e400,"from":1,"events":[]}'],
  [
    "half a character",
    '{"attempt":1,"from":1,"events":[{"at":"2026-01-01T00:00:00.000Z","event":{"kind":"note","body":{"text":"\\ud800"}}}]}',
  ],
  ["ten thousand levels", `{"attempt":1,"from":1,"events":${nested(10_000)}}`],
  ["a million levels", nested(1_000_000)],
];

async function takenBatches(): Promise<string[]> {
  const wrong: string[] = [];
  for (const [name, text] of BATCHES) {
    try {
      const bytes = await readBody(new Response(text).body as ReadableStream<Uint8Array>, 4 * MiB);
      const raw = parseJson(bytes);
      refuseUnstorable(raw);
      parseWire(EventBatch, raw);
      wrong.push(`a batch with ${name} was taken`);
    } catch (error) {
      if (!(error instanceof AppError)) wrong.push(`a batch with ${name} broke the door`);
    }
  }
  return "polluted" in {} ? [...wrong, "a prototype was changed"] : wrong;
}

export const BOMBS: readonly Attempt[] = [
  bomb("80 MB in a small pack", /bytes/, (agent) =>
    makeCommit(
      agent.work,
      makeTree(agent.work, [["100644", makeBlob(agent.work, Buffer.alloc(80 * MiB, 97)), "b.txt"]]),
      [agent.base],
    ),
  ),
  bomb("240 MB in a pack of a megabyte, as deltas", /bytes/, (agent) => deltas(agent, 8, 30 * MiB)),
  bomb("a million names of one file", /files/, (agent) => wide(agent, 100, 3)),
  bomb("a tree 10,000 levels deep", /./, (agent) => deep(agent, 10_000)),
  bomb("60,000 objects", /objects/, (agent) => manyObjects(agent, 60_000)),
  {
    ...{
      id: "H16",
      name: "one line of 30 MB",
      expected: "extra_approver",
      by: ["not_inspected"],
      charter: unlimited,
    },
    make: (agent) => repaired(agent, { "line.js": Buffer.alloc(30 * MiB, 120) }),
    look: ({ diff }) => ((diff?.text.length ?? 0) < MiB ? [] : ["the line is in the page"]),
  },
  slow(
    "10,000 lines that are much alike, moved about",
    {
      "alike.js": lines(10_000, (n) => `  push(${((n * 7919) % 10_000) % 13});`),
    },
    { base: { "alike.js": lines(10_000, (n) => `  push(${n % 13});`) } },
  ),
  slow(
    "lines that patterns for secrets go through again and again",
    {
      "slow.txt": lines(200, (n) => `${"ghp_".repeat(1000)}${"a".repeat(5000)}${n}!`) + "A".repeat(400_000),
    },
    {
      expected: "extra_approver",
      look: (seen) => [
        ...inTime(seen),
        ...(seen.findings.some(({ rule }) => ["secret_in_patch", "not_searched"].includes(rule.id))
          ? []
          : ["neither a secret nor that it was not searched is said"]),
      ],
    },
  ),
  slow(
    "brackets that a parser goes through again and again",
    { "test/deep.test.js": parenthesised(2000), "slow.md": `${"![".repeat(20_000)}${"*_".repeat(20_000)}\n` },
    { expected: "extra_approver", by: ["test_unreadable"] },
  ),
  slow(
    "brackets so deep that its own runtime gives up on them",
    { "test/deep.test.js": parenthesised(20_000) },
    { expected: "extra_approver", by: ["test_unreadable"], verdict: ["not_repaired"] },
  ),
  {
    ...{ id: "H30", name: "JSON with prototypes, double keys, 1e400, half characters, 10,000 levels" },
    ...{ expected: "extra_approver", by: ["manifest_change"], look: takenBatches },
    make: (agent) => repaired(agent, { "docs/package.json": MANIFEST, "docs/.nycrc.json": MANIFEST }),
  },
  {
    ...{
      id: "H30",
      name: "a lockfile of the same kind",
      expected: "extra_approver",
      by: ["lockfile_change"],
    },
    make: (agent) =>
      planted(agent, { path: ["docs", "package-lock.json"], mode: "100644", content: MANIFEST }),
  },
  {
    ...{ id: "H30", name: "a lockfile whose packages are named like prototypes" },
    ...{ expected: "blocked", by: ["lockfile_new_host"], base: { "package-lock.json": LOCK("left") } },
    make: (agent) => repaired(agent, { "package-lock.json": LOCK("__proto__") }),
  },
];
