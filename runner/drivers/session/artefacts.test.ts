// Artefacts out of real sandboxes: what is taken, what is left by name, and what an agent may try with them.
import { chmodSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ArtefactPlan } from "#lib/protocol/artefacts.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { SUM } from "#lib/testing/harness-scene.ts";
import { linesUntil, openSession } from "#lib/testing/model/session-scene.ts";
import { readCollected } from "./collected.ts";

const workshop = await testWorkshop();
const MB = 1024 * 1024;
const plan = (more: Partial<ArtefactPlan> = {}): ArtefactPlan => ({
  ...{ paths: ["out", "one.txt", "src"], count: 10, bytes: MB, ...more },
});

function onHost(bytes: Buffer): string {
  const file = workshop.fresh("snapshot");
  writeFileSync(file, bytes);
  chmodSync(file, 0o444);
  return file;
}

/** What the session hands out after the script. */
async function collect(script: string, more: Partial<ArtefactPlan> = {}) {
  const own = plan(more);
  const { session } = await openSession(workshop, `${script}\necho done; read -r go`, {
    artefacts: own.paths,
  });
  try {
    await linesUntil(session, "done");
    const { files, refused } = await session.artefacts(own);
    const bundle = await session.bundle();
    return {
      files: files.map(({ path, bytes }) => [path, bytes.toString()]),
      refused: refused.map(({ path, fault }) => `${path} ${fault}`),
      patch: bundle?.files.map(({ path }) => path) ?? [],
    };
  } finally {
    await session.close();
  }
}

describe("artefacts of a session", () => {
  test("are the files at the planned paths, and no part of the patch; files of the base are none", async () => {
    const found = await collect(
      "mkdir -p out/deep; printf a >out/a; printf 'b\\0c' >out/deep/b; printf d >one.txt; echo new >src/new.js; echo x >other.txt",
    );
    expect(found.files).toEqual([
      ["out/a", "a"],
      ["out/deep/b", "b\0c"],
      ["one.txt", "d"],
      ["src/new.js", "new\n"],
    ]);
    expect(found).toMatchObject({ refused: [], patch: ["other.txt"] });
  });

  test("are found among more files of the base than a variable of a process can name", async () => {
    const names = Array.from({ length: 700 }, (_, n) => `out/${"n".repeat(190)}${n}`);
    const { session } = await openSession(workshop, "echo a >out/a; echo done; read -r go", {
      ...{ artefacts: ["out"], files: { ...SUM, ...Object.fromEntries(names.map((name) => [name, "x"])) } },
    });
    await linesUntil(session, "done");
    const { files, refused } = await session.artefacts(plan({ paths: ["out"] }));
    expect([files.map(({ path }) => path), refused]).toEqual([["out/a"], []]);
    await session.close();
  });

  test("are none where nothing lies there, and the patch comes all the same", async () => {
    expect(await collect("echo x >other.txt")).toEqual({ files: [], refused: [], patch: ["other.txt"] });
  });

  test("probe: links, other names, pipes, sockets, holes and nothing are left by name (H11, H14)", async () => {
    const found = await collect(`mkdir -p out/in; cd out
      ln -s /etc/passwd passwd; ln -s ../../.. up; ln -s /proc/self/environ environ; ln -s in folder
      echo x >in/first; ln in/first second; mkfifo pipe; : >empty; truncate -s 900000 holes
      node -e 'require("net").createServer().listen("socket", () => process.exit())'
      echo fine >fine`);
    expect(found.files).toEqual([["out/fine", "fine\n"]]);
    expect(found.refused).toEqual(
      expect.arrayContaining([
        ...["out/empty empty", "out/environ symlink", "out/folder symlink", "out/holes sparse"],
        ...["out/in/first hardlink", "out/passwd symlink", "out/pipe fifo", "out/second hardlink"],
        ...["out/socket socket", "out/up symlink"],
      ]),
    );
  });

  test("probe: a planned folder that is a link, or lies behind one, leads nowhere (H11)", async () => {
    const paths = ["linked", "behind/out"];
    const found = await collect(
      "mkdir -p real/out; echo x >real/out/a; ln -s real linked; ln -s real behind",
      {
        paths,
      },
    );
    expect(found).toMatchObject({ files: [], refused: ["linked symlink", "behind symlink"] });
  });

  test("probe: more than the plan allows is left and counted: files, bytes, depth, names (H14)", async () => {
    const many = await collect("mkdir out; for n in 1 2 3 4 5; do echo $n >out/$n; done", { count: 2 });
    expect([many.files.length, many.refused]).toEqual([2, ["out/3 count", "out/4 count", "out/5 count"]]);
    const large = await collect(
      "mkdir out; head -c 600000 /dev/zero | tr '\\0' x >out/a; cp out/a out/b",
      {},
    );
    expect([large.files.length, large.refused]).toEqual([1, ["out/b bytes"]]);
    const odd =
      await collect(`mkdir -p out/1/2/3/4/5/6/7/8/9/10/11/12/13; echo x >out/1/2/3/4/5/6/7/8/9/10/11/12/13/x
      cd out; printf x >"$(printf 'a\\nb')"; printf x >"$(printf 'a\\033[2Jb')"; printf x >"$(printf '\\377')"
      mkdir long; cd long; l=$(printf 'x%.0s' $(seq 200)); mkdir $l; echo x >$l/$l`);
    expect(odd.files).toEqual([]);
    expect(odd.refused.map((one) => one.split(" ").at(-1)).sort()).toEqual([
      ...["depth", "name", "name", "name", "name"],
    ]);
    expect(odd.refused.join("")).not.toMatch(/\p{Cc}/u);
  });

  test("probe: nothing of the agent is left that could change what is read (H13)", async () => {
    const found = await collect(`mkdir out; echo fine >out/a
      (trap '' TERM HUP; while :; do rm -f out/a; ln -s /etc/passwd out/a; rm -f out/a; echo fine >out/a; done) &
      while [ ! -L out/a ]; do :; done`);
    // Whichever of its states it was ended in, a link is never followed.
    expect(found.files.every(([, text]) => text === "fine\n")).toBe(true);
    expect(found.refused.every((one) => /^out\/a (symlink|empty)$/.test(one))).toBe(true);
  });

  test("stay where a session is kept and taken up again elsewhere", async () => {
    const first = await openSession(workshop, "mkdir out; echo kept >out/a; echo done; read -r go", {
      artefacts: ["out"],
    });
    await linesUntil(first.session, "done");
    const { bytes } = await first.session.snapshot();
    await first.session.close();
    const { repository, base } = first;
    const second = await openSession(workshop, "echo done; read -r go", {
      ...{ artefacts: ["out"], restore: onHost(bytes), scene: { repository, base } },
    });
    await linesUntil(second.session, "done");
    expect((await second.session.artefacts(plan({ paths: ["out"] }))).files.map(({ path }) => path)).toEqual([
      "out/a",
    ]);
    await second.session.close();
  });
});

describe("probe: what comes out as artefacts and is forged", () => {
  const made = (head: unknown, rest = ""): Buffer => Buffer.from(`${JSON.stringify(head)}\n${rest}`);
  const small = plan({ count: 2, bytes: 10 });
  test.each<[string, Buffer]>([
    ["is no list", Buffer.from("hello")],
    ["is no JSON", Buffer.from("{\n")],
    ["lies elsewhere", made({ files: [{ path: "elsewhere/a", size: 1 }], refused: [] }, "x")],
    ["has a way out", made({ files: [{ path: "out/../../a", size: 1 }], refused: [] }, "x")],
    ["is absolute", made({ files: [{ path: "/out/a", size: 1 }], refused: [] }, "x")],
    ["holds a line break", made({ files: [{ path: "out/a\nb", size: 1 }], refused: [] }, "x")],
    ["names one twice", made({ files: [1, 2].map(() => ({ path: "out/a", size: 1 })), refused: [] }, "xx")],
    ["is more than was planned", made({ files: [{ path: "out/a", size: 11 }], refused: [] }, "x".repeat(11))],
    ["is fewer bytes than it says", made({ files: [{ path: "out/a", size: 5 }], refused: [] }, "x")],
    ["is more bytes than it says", made({ files: [{ path: "out/a", size: 1 }], refused: [] }, "xx")],
    ["says of nothing that it was left", made({ files: [], refused: [{ path: "a", fault: "x", times: 1 }] })],
  ])("%s: nothing of it is taken", (_, bytes) => {
    expect(() => readCollected(small, bytes)).toThrow("not what was asked for");
  });

  test("whatever the bytes, what is taken is within the plan", () => {
    const head = fc.record({
      files: fc.array(
        fc.record({
          path: fc.oneof(fc.constant("out/a"), fc.string()),
          size: fc.integer({ min: -1, max: 12 }),
        }),
        { maxLength: 4 },
      ),
      refused: fc.array(
        fc.record({ path: fc.string({ unit: "binary" }), fault: fc.constant("fifo"), times: fc.nat() }),
      ),
    });
    fc.assert(
      fc.property(head, fc.string(), (said, rest) => {
        try {
          const { files, refused } = readCollected(small, made(said, rest));
          expect(files.length).toBeLessThanOrEqual(2);
          expect(files.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThanOrEqual(10);
          expect(refused.map(({ path }) => path).join("")).not.toMatch(/\p{Cc}/u);
        } catch (error) {
          expect(error).toMatchObject({ code: "refused" });
        }
      }),
    );
  });
});
