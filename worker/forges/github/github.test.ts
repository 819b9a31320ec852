// A patch that changes what GitHub runs by itself goes there only with the permission that GitHub wants for it.
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { sealForgeCredential } from "#lib/sealing/forge-credential.ts";
import { keptKeyPair } from "#lib/sealing/key-pair.ts";
import { commitFiles, createRepository, playGit } from "#lib/testing/git/author.ts";
import { githubServer } from "#lib/testing/github/github-server.ts";
import type { UpstreamBranch } from "../../git/publish/authority.ts";
import type { Workplace } from "../../workplace.ts";
import type { ForgeOrder } from "../forge.ts";
import { gitHub } from "./github.ts";

const root = mkdtempSync(join(tmpdir(), "pilothouse-workflows-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const work = join(root, "work");
const bare = join(root, "upstream.git");
createRepository(work, { "a.js": "one\n" });
playGit("/", ["clone", "--quiet", "--bare", work, bare]);
const base = playGit(bare, ["rev-parse", "refs/heads/main"]);
const commit = commitFiles(work, { ".github/workflows/ci.yml": "on: push\n" }, "Ours");
const mirror = join(root, "mirror.git");
playGit("/", ["clone", "--quiet", "--bare", work, mirror]);
const server = await githubServer(bare);

const folder = join(root, "keys");
const { publicKey } = await keptKeyPair(folder);
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const key = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
const place = { connectionId: "frg_1", address: server.address };
const secret = JSON.stringify({ kind: "github_app", app: "Iv1.app", installation: "7", key });
const forge = {
  ...{ id: "frg_1", repositoryId: "rep_1", address: server.address, kind: "github_app" as const },
  sealed: new Uint8Array(sealForgeCredential(new Uint8Array(publicKey), place, secret)),
};
const env = { PILOTHOUSE_NOTICE_KEYS: folder, PILOTHOUSE_NOTICE_HOSTS: ["127.0.0.1"] };
const upstream: UpstreamBranch = {
  ...{ kind: "upstream", mirror, branch: "main", network: { allowedHosts: [] } },
  source: { kind: "path", path: bare, gitDir: bare, bare: true },
};
const NOW = 1_800_000_000_000;
const order: ForgeOrder = {
  ...{ mergeId: "mrg_1", branch: "main", base, commit, message: "Ours\n", body: "", url: "https://p/r" },
  ...{ tree: playGit(work, ["rev-parse", `${commit}^{tree}`]), changesWorkflows: true },
  ...{ since: new Date(NOW), now: () => NOW, held: async () => null },
};
const publish = (more: Partial<ForgeOrder> = {}) =>
  gitHub({ env } as Pick<Workplace, "env" | "workshop">, forge, upstream, async () => undefined).publish({
    ...order,
    ...more,
  });

test("probe: without the permission nothing is pushed, and the sentence says what to do; with it, it is asked for and used", async () => {
  expect(await publish()).toEqual({
    outcome: "refused",
    sentence: expect.stringMatching(/changes files below \.github\/workflows.*permission to write workflows/),
  });
  expect(playGit(bare, ["for-each-ref", "--format=%(refname)", "refs/heads"])).toBe("refs/heads/main");
  expect(server.asksFor.at(-1)).not.toHaveProperty("workflows");
  server.permissions = { workflows: "write" };
  expect(await publish()).toMatchObject({ outcome: "moved", otherTree: null });
  expect(server.asksFor.at(-1)).toMatchObject({ workflows: "write", contents: "write" });
  expect(server.faults).toEqual([]);
});

test("probe: a patch that changes none is never given the permission, whatever the app may do", async () => {
  server.permissions = { workflows: "write", administration: "write" };
  await publish({ mergeId: "mrg_2", changesWorkflows: false });
  expect(Object.keys(server.asksFor.at(-1) ?? {}).sort()).toEqual([
    "checks",
    "contents",
    "metadata",
    "pull_requests",
  ]);
});
