import { generateKeyPairSync } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { testDatabase } from "#lib/testing/database.ts";
import { playGit } from "#lib/testing/git/author.ts";
import { testScope } from "#lib/testing/scopes.ts";
import { type TestLog, testLog } from "#lib/testing/tlog/test-log.ts";
import { newCosigner } from "#lib/tlog/cosignature.ts";
import { formatNote, openNote } from "#lib/tlog/note.ts";
import { anchorCheckpoint, anchorLatest } from "./anchor-latest.ts";
import type { PublishedCheckpoint } from "./anchored.ts";

const database = await testDatabase("worker");
const log = testLog("pilothouse/0123456789abcdef/1");
const signedAt = new Date("2030-01-01T00:00:00Z");

let folder = "";
let anchor = "";

const checkpoint = (size: number, of: TestLog = log, epoch = 1): PublishedCheckpoint => ({
  epoch,
  size,
  note: of.note(size),
  signedAt,
});
/** The same, as it is published when a witness has answered. */
function cosigned(size: number): PublishedCheckpoint {
  const { text, signatures } = openNote(log.note(size));
  const { name, keyId, cosign } = newCosigner("w1", generateKeyPairSync("ed25519").privateKey);
  const note = formatNote({ text, signatures: [...signatures, { name, keyId, signature: cosign(text, 1) }] });
  return { ...checkpoint(size), note };
}
const put = (published: PublishedCheckpoint) => anchorCheckpoint(anchor, published);
const git = (...args: readonly string[]): string => playGit(folder, ["--git-dir", anchor, ...args]);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "anchor-"));
  anchor = join(folder, "anchor");
  await mkdir(anchor);
});
afterEach(() => rm(folder, { recursive: true }));

describe("an anchor that is a directory", () => {
  test("gets a file for each checkpoint, once", async () => {
    expect(await put(checkpoint(3))).toBe(true);
    expect(await put(checkpoint(3))).toBe(false);
    expect(await put(checkpoint(12))).toBe(true);
    expect((await readdir(anchor)).sort()).toEqual(["1-12", "1-3"]);
    expect(await readFile(join(anchor, "1-3"), "utf8")).toBe(log.note(3));
  });

  test("keeps what it has when cosignatures came since, with or without them", async () => {
    await put(checkpoint(3));
    expect(await put(cosigned(3))).toBe(false);
    expect(await readFile(join(anchor, "1-3"), "utf8")).toBe(log.note(3));
  });

  test("probe: another history under the same name is an error, and what was first stays", async () => {
    await put(checkpoint(3));
    await expect(put(checkpoint(3, log.forkedAt(1)))).rejects.toThrow("one log, two histories");
    expect(await readFile(join(anchor, "1-3"), "utf8")).toBe(log.note(3));
    await writeFile(join(anchor, "1-5"), "");
    await expect(put(checkpoint(5))).rejects.toThrow("The anchor holds something else as 1-5");
    expect(await readdir(anchor)).toHaveLength(2);
  });

  test("probe: of many at once one writes, and nobody leaves a draft", async () => {
    const put8 = Array.from({ length: 8 }, () => put(checkpoint(3)));
    expect((await Promise.all(put8)).filter((isNew) => isNew)).toHaveLength(1);
    const rivals = await Promise.allSettled([put(checkpoint(4)), put(checkpoint(4, log.forkedAt(1)))]);
    expect(rivals.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect((await readdir(anchor)).sort()).toEqual(["1-3", "1-4"]);
  });

  test("is never made: a missing mount must not be filled", async () => {
    await rm(anchor, { recursive: true });
    await expect(put(checkpoint(3))).rejects.toThrow("there is no such folder");
    await writeFile(anchor, "a file");
    await expect(put(checkpoint(3))).rejects.toThrow("there is no such folder");
  });
});

describe.each(["sha1", "sha256"])("an anchor that is a bare repository of %s", (format) => {
  beforeEach(() => {
    git("init", "--quiet", "--bare", `--object-format=${format}`);
  });

  test("gets a commit for each checkpoint on its own branch, each after the one before", async () => {
    expect(await put(checkpoint(3))).toBe(true);
    expect(await put(checkpoint(3))).toBe(false);
    expect(await put(cosigned(3))).toBe(false);
    expect(await put(checkpoint(12))).toBe(true);
    const next = testLog("pilothouse/0123456789abcdef/2");
    expect(await put(checkpoint(2, next, 2))).toBe(true);
    expect(git("log", "--format=%s|%an|%aI", "checkpoints").split("\n")).toEqual([
      "Checkpoint 2-2|Pilothouse|2030-01-01T00:00:00+00:00",
      "Checkpoint 1-12|Pilothouse|2030-01-01T00:00:00+00:00",
      "Checkpoint 1-3|Pilothouse|2030-01-01T00:00:00+00:00",
    ]);
    expect(`${git("show", "checkpoints~1:checkpoint")}\n`).toBe(log.note(12));
    expect(git("ls-tree", "--name-only", "checkpoints")).toBe("checkpoint");
    expect(git("fsck", "--strict")).toBe("");
  });

  test("probe: another history, a step back, or a stranger's commit is an error, and the branch stays", async () => {
    await put(checkpoint(12));
    const head = git("rev-parse", "checkpoints");
    await expect(put(checkpoint(12, log.forkedAt(1)))).rejects.toThrow("one log, two histories");
    await expect(put(checkpoint(3))).rejects.toThrow(
      "publishes 1-3, and the anchor is at 1-12: the log went back",
    );
    expect(git("rev-parse", "checkpoints")).toBe(head);
    const stranger = git(
      "-c",
      "user.name=S",
      "-c",
      "user.email=s@x",
      "commit-tree",
      `${head}^{tree}`,
      "-m",
      "Mine",
    );
    git("update-ref", "refs/heads/checkpoints", stranger);
    await expect(put(checkpoint(20))).rejects.toThrow(/is none of this log: “Mine”/);
  });

  test("probe: of many workers at once one commits, and the others see that it is done", async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => put(checkpoint(3))));
    expect(all.filter((isNew) => isNew).length).toBeGreaterThanOrEqual(1);
    expect(git("rev-list", "--count", "checkpoints")).toBe("1");
  });

  test("probe: a hook or a program of the repository's configuration does not run", async () => {
    const ran = join(folder, "ran");
    await mkdir(join(anchor, "hooks"), { recursive: true });
    const script = `#!/bin/sh\ntouch ${ran}\n`;
    await writeFile(join(anchor, "hooks", "reference-transaction"), script, { mode: 0o755 });
    await writeFile(join(folder, "program"), script, { mode: 0o755 });
    for (const name of ["gpg.program", "core.fsmonitor", "core.pager"])
      git("config", name, join(folder, "program"));
    for (const name of ["commit.gpgSign", "log.showSignature"]) git("config", name, "true");
    await put(checkpoint(3));
    await put(checkpoint(12));
    await expect(readFile(ran)).rejects.toThrow("ENOENT");
  });
});

describe("the worker", () => {
  const publish = async ({ epoch, size, note }: PublishedCheckpoint): Promise<void> => {
    await database.owner.query(
      `insert into log_epoch (epoch, origin, started_at) values ($1, $2, now())
       on conflict do nothing`,
      [epoch, `pilothouse/0123456789abcdef/${epoch}`],
    );
    await database.owner.query(
      "insert into log_checkpoint (epoch, size, root, note, signed_at) values ($1, $2, $3, $4, $5)",
      [epoch, size, log.root(size), note, signedAt],
    );
  };

  test("puts the newest checkpoint of the newest epoch there, and does nothing without an anchor", async () => {
    const scope = testScope({ actor: { kind: "system", name: "worker" } });
    expect(await anchorLatest(anchor, scope)).toBe(false);
    await publish(checkpoint(3));
    await publish(checkpoint(12));
    expect(await anchorLatest(undefined, scope)).toBe(false);
    expect(await anchorLatest(anchor, scope)).toBe(true);
    await publish(checkpoint(5, log, 2));
    expect(await anchorLatest(anchor, scope)).toBe(true);
    expect(await anchorLatest(anchor, scope)).toBe(false);
    expect((await readdir(anchor)).sort()).toEqual(["1-12", "2-5"]);
  });
});
