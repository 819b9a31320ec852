// Snapshots in real sandboxes: what goes on elsewhere, and what an agent may try with them.
import { chmodSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { linesUntil, openSession, treeOf } from "#lib/testing/model/session-scene.ts";

let workshop: TestWorkshop;
beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop.close());

const KEPT = "/home/agent/.own";
const keeps = [KEPT];

function onHost(bytes: Buffer): string {
  const file = workshop.fresh("snapshot");
  writeFileSync(file, bytes);
  chmodSync(file, 0o444);
  return file;
}

const made = (head: object, kept: string, bundle = ""): string =>
  onHost(Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n${bundle}`), gzipSync(kept)]));

describe("a snapshot", () => {
  test("has the tree and the kept folders go on in another sandbox, and leaves out links and the rest", async () => {
    const line = `mkdir -p ${KEPT}/deep; printf 'one\\0two' >${KEPT}/deep/a; chmod 700 ${KEPT}/deep/a; : >${KEPT}/empty
      ln -s /etc/passwd ${KEPT}/link; echo x >/home/agent/other
      echo new >src/new.js; rm src/sum.js; ln -s src/new.js link; echo done; read -r go`;
    const first = await openSession(workshop, line, { keeps });
    await linesUntil(first.session, "done");
    const { tree, bytes } = await first.session.snapshot();
    expect(tree).toBe(await first.session.tree());
    await first.session.close();

    const look = `cat ${KEPT}/deep/a | tr '\\0' ' '; echo; stat -c '%a %s' ${KEPT}/deep/a ${KEPT}/empty
      ls ${KEPT} /home/agent | tr '\\n' ' '; echo; ls src; readlink link; git status --short; echo done; read -r go`;
    const { repository, base } = first;
    const second = await openSession(workshop, look, {
      keeps,
      restore: onHost(bytes),
      scene: { repository, base },
    });
    expect(second.session.lost).toBeNull();
    const seen = await linesUntil(second.session, "done");
    expect(seen[0]).toBe("one two");
    expect(seen.slice(1, 3)).toEqual(["700 7", "644 0"]);
    expect(seen[3]).not.toMatch(/link|other/);
    expect(seen.slice(4)).toEqual([
      "new.js",
      "src/new.js",
      " D src/sum.js",
      "?? link",
      "?? src/new.js",
      "done",
    ]);
    expect(await second.session.tree()).toBe(tree);
    await second.session.close();
  });

  test("of a tree that is the base's is one too, and several can be made of one session", async () => {
    const first = await openSession(workshop, "read -r go; echo x >x; echo done; read -r go", { keeps });
    const { repository, base, session } = first;
    const one = await session.snapshot();
    expect(one.tree).toBe(treeOf(repository, base));
    await session.send("go");
    await linesUntil(session, "done");
    const two = await session.snapshot();
    expect(two.tree).not.toBe(one.tree);
    expect((await session.bundle())?.files).toMatchObject([{ path: "x" }]);
    const scene = { repository, base };
    const again = await openSession(workshop, "ls", { keeps, restore: onHost(one.bytes), scene });
    expect(again.session.lost).toBeNull();
    expect(await again.session.tree()).toBe(one.tree);
    await again.session.close();
  });

  test("that is too large is not made, and the session goes on", async () => {
    const line = `mkdir -p ${KEPT}; head -c 55000000 /dev/urandom >${KEPT}/a; mkdir -p b; head -c 20000000 /dev/urandom >b/b; echo done; read -r go`;
    const { session } = await openSession(workshop, line, { keeps });
    await linesUntil(session, "done");
    await expect(session.snapshot()).rejects.toThrow(
      /^The snapshot would have \d+ bytes; 67108864 are the most\.$/,
    );
    expect(await session.tree()).toMatch(/^[0-9a-f]{40}$/);
    await session.close();
  });
});

describe("probe: a snapshot that is none", () => {
  const tree = "a".repeat(40);
  const file = (path: string) => `${JSON.stringify({ path, mode: 0o644, size: 1 })}\nx`;
  const cases: readonly (readonly [string, () => string, RegExp])[] = [
    ["no snapshot at all", () => onHost(Buffer.from("hello")), /cut short/],
    ["of another version", () => made({ version: 2, tree, bundle: 0 }, ""), /of another kind/],
    ["that was cut short", () => made({ version: 1, tree, bundle: 9000 }, ""), /cut short/],
    [
      "with a file outside",
      () => made({ version: 1, tree, bundle: 0 }, file("/work/tree/x")),
      /no session keeps/,
    ],
    ["with a way out", () => made({ version: 1, tree, bundle: 0 }, file(`${KEPT}/../x`)), /no session keeps/],
    ["with a tree that is not there", () => made({ version: 1, tree, bundle: 0 }, file(`${KEPT}/x`)), /./],
    ["with objects that are none", () => made({ version: 1, tree, bundle: 5 }, "", "hello"), /./],
  ];
  test.each(cases)("%s: the session begins with the base and says why", async (_name, restore, reason) => {
    const { session, repository, base } = await openSession(
      workshop,
      `ls ${KEPT} /home/agent; echo done; read -r go`,
      {
        keeps,
        restore: restore(),
      },
    );
    expect(session.lost).toMatch(reason);
    expect(await session.tree()).toBe(treeOf(repository, base));
    expect(await linesUntil(session, "done")).not.toContain("x");
    await session.close();
  });
});
