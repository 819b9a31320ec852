// Fetched from and pushed to over a real ssh, by a real sshd: only where the host shows the key that was pinned for it.
import { execFile, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makePrivateKey } from "#lib/repositories/keys/private-key.ts";
import { commitFiles, createRepository, playGit } from "#lib/testing/git/author.ts";
import { type HostKey, makeHostKey, type SshServer, startSshServer } from "#lib/testing/git/ssh-server.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { mirrorRepository } from "../mirror/mirror-repository.ts";
import { readAuthority, type UpstreamBranch } from "../publish/authority.ts";
import { publishCommit, pushNotes } from "../publish/publish-commit.ts";
import { checkSource } from "../source/check-source.ts";
import type { Moved } from "../source/counted-way.ts";
import { prefixOf, removeLeftKeys } from "./key-files.ts";
import type { SshKey } from "./ssh-git.ts";

const workshop = await testWorkshop();
const run = promisify(execFile);
const keys = workshop.fresh("keys");
const deploy = makePrivateKey();
let hostKey: HostKey;
let other: HostKey;
let server: SshServer;
let upstream: string;
let mirror: string;
let nth = 0;
const moved: Moved[] = [];
const network = {
  ...{ allowedHosts: ["git.test"], allowedRoots: [] },
  resolve: async () => ["127.0.0.1"],
  moved: (each: Moved) => void moved.push(each),
};

beforeAll(async () => {
  hostKey = makeHostKey(keys, "host");
  other = makeHostKey(keys, "other");
  server = await startSshServer(workshop.fresh("sshd"), hostKey);
});
afterAll(() => server.close());
beforeEach(() => {
  nth += 1;
  moved.length = 0;
  server.shows(hostKey);
  server.letIn(deploy.publicKey);
  const work = workshop.fresh("work");
  createRepository(work, { "a.js": `${nth}\n` });
  upstream = workshop.fresh("upstream.git");
  playGit("/", ["clone", "--quiet", "--bare", work, upstream]);
  mirror = workshop.fresh("mirror.git");
});

const ours = (): SshKey => ({ privateKey: deploy.privateKey, hostKeys: [hostKey.line] });
const source = () => checkSource(`ssh://${server.user}@git.test:${server.port}${upstream}`, network);
const fetch = async (ssh = ours()) =>
  mirrorRepository(workshop, { source: await source(), mirror, branch: null, network, ssh });
const authority = async (more: { ssh?: SshKey | undefined } = { ssh: ours() }): Promise<UpstreamBranch> => ({
  ...{ kind: "upstream", mirror, branch: "main", network, ...more },
  source: await source(),
});
const main = () => playGit(upstream, ["rev-parse", "refs/heads/main"]);

/** A commit on the base that the mirror holds. */
function ourCommit(base: string): string {
  const tree = playGit(mirror, ["rev-parse", `${base}^{tree}`]);
  return playGit(mirror, ["commit-tree", tree, "-p", base, "-m", `Ours ${nth}`]);
}

/** Somebody else's commit on the upstream. */
function theirs(): string {
  const work = workshop.fresh("theirs");
  playGit("/", ["clone", "--quiet", upstream, work]);
  const head = commitFiles(work, { "b.js": "theirs\n" }, "Theirs");
  playGit(work, ["push", "--quiet", "origin", "HEAD:main"]);
  return head;
}

describe("an upstream over ssh", () => {
  test("is fetched, and what went over the wire is counted", async () => {
    expect(await fetch()).toEqual({ outcome: "mirrored", branch: "main", head: main(), commits: 1 });
    expect(moved).toMatchObject([
      { host: "git.test", port: server.port, connections: 1 },
      { host: "git.test", port: server.port, connections: 1 },
    ]);
    expect(Math.min(...moved.map(({ down }) => down))).toBeGreaterThan(0);
  });

  test("is moved from the approved base to the approved commit, and gets notes", async () => {
    await fetch();
    const [base, commit] = [main(), ourCommit(main())];
    const to = await authority();
    expect(await publishCommit(workshop, { authority: to, base, commit })).toEqual({ outcome: "moved" });
    expect(main()).toBe(commit);
    expect(await publishCommit(workshop, { authority: to, base, commit })).toEqual({ outcome: "moved" });
    playGit(mirror, ["notes", "--ref=pilothouse", "add", "-m", "signed", commit]);
    expect(await pushNotes(to, "refs/notes/pilothouse")).toBeNull();
    expect(playGit(upstream, ["notes", "--ref=pilothouse", "show", commit])).toBe("signed");
  });

  test("is left where it is when it moved meanwhile, and is never forced", async () => {
    await fetch();
    const [base, commit] = [main(), ourCommit(main())];
    const actual = theirs();
    const to = await authority();
    expect(await publishCommit(workshop, { authority: to, base, commit })).toEqual({
      outcome: "base_moved",
      actual,
    });
    const raced = { ...to, branch: "raced" };
    playGit(upstream, ["update-ref", "refs/heads/raced", base]);
    const held = async () => {
      playGit(upstream, ["update-ref", "refs/heads/raced", actual]);
      return null;
    };
    expect(await publishCommit(workshop, { authority: raced, base, commit, held })).toEqual({
      outcome: "base_moved",
      actual,
    });
  });

  test("is known by any of the keys that were pinned, of whichever type", async () => {
    const rsa = makeHostKey(keys, `rsa-${nth}`, "rsa");
    server.shows(rsa);
    const pinned = { ...ours(), hostKeys: [hostKey.line, rsa.line] };
    expect(await fetch(pinned)).toMatchObject({ outcome: "mirrored" });
  });

  test("that does not take the key, or is not there, is said to be so", async () => {
    server.letIn();
    expect(await fetch()).toMatchObject({
      outcome: "unreachable",
      sentence: expect.stringMatching(/git\.test does not take the deploy key/),
    });
    const closed = await startSshServer(workshop.fresh("closed"), hostKey);
    await closed.close();
    const gone = await checkSource(`ssh://git@git.test:${closed.port}/x`, network);
    const order = { source: gone, mirror, branch: null, network, ssh: ours() };
    expect(await mirrorRepository(workshop, order)).toMatchObject({
      outcome: "unreachable",
      sentence: expect.stringMatching(/git\.test port \d+ could not be connected to/),
    });
  });

  test("leaves no key on the disk, also where a process was killed before", async () => {
    const left = (pid: number) => readdirSync(tmpdir()).filter((name) => name.startsWith(prefixOf(pid)));
    await fetch();
    expect(left(process.pid)).toEqual([]);
    const { pid = 0 } = spawnSync("true");
    for (const each of [pid, process.ppid]) mkdirSync(join(tmpdir(), `${prefixOf(each)}left`));
    await removeLeftKeys();
    expect([left(pid).length, left(process.ppid).length]).toEqual([0, 1]);
    rmdirSync(join(tmpdir(), `${prefixOf(process.ppid)}left`));
  });
});

describe("probe: a host that is not the one that was pinned", () => {
  const refs = () => playGit(mirror, ["for-each-ref"]);

  test("with another key of the same type is sent nothing, and nothing is taken", async () => {
    server.shows(other);
    await expect(fetch()).rejects.toMatchObject({
      code: "refused",
      message: expect.stringMatching(/^git\.test does not show the host key that was pinned/),
    });
    expect(refs()).toBe("");
  });

  test("with a key of another type likewise", async () => {
    server.shows(makeHostKey(keys, `ecdsa-${nth}`, "ecdsa"));
    await expect(fetch()).rejects.toThrow(/does not show the host key/);
    expect(refs()).toBe("");
  });

  test("is not pushed to, and the merge waits with that", async () => {
    await fetch();
    const [base, commit] = [main(), ourCommit(main())];
    const to = await authority();
    const held = async () => {
      server.shows(other);
      return null;
    };
    const answer = await publishCommit(workshop, { authority: to, base, commit, held });
    expect(answer).toMatchObject({
      outcome: "unreachable",
      sentence: expect.stringMatching(/does not show/),
    });
    expect(main()).toBe(base);
  });

  test("of whom nothing was pinned is not asked at all", async () => {
    for (const ssh of [undefined, { ...ours(), hostKeys: [] }]) {
      expect(await readAuthority(workshop, await authority({ ssh }))).toMatchObject({
        outcome: "unreachable",
        sentence: expect.stringMatching(/No host key is pinned/),
      });
    }
    expect(moved).toEqual([]);
  });
});

/** A key that the server lets in, as this machine would show it by itself: in an agent, and named by a configuration at home. */
async function machineWithKey(): Promise<{ home: string; socket: string; end(): void }> {
  const home = mkdtempSync(join(tmpdir(), "ph-home-"));
  const { file, line } = makeHostKey(join(home, ".ssh"), "id_ed25519");
  const settings = [
    "Host *",
    `IdentityFile ${file}`,
    "StrictHostKeyChecking no",
    "UserKnownHostsFile /dev/null",
  ];
  writeFileSync(join(home, ".ssh", "config"), `${settings.join("\n")}\n`, { mode: 0o600 });
  const socket = join(home, "agent");
  const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
  await expect.poll(() => existsSync(socket)).toBe(true);
  await run("ssh-add", ["-q", file], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  server.letIn(line);
  const end = () => {
    agent.kill();
    rmSync(home, { recursive: true, force: true });
  };
  return { home, socket, end };
}

describe("probe: what this machine's own ssh would do", () => {
  test("its agents, its files and its environment get nobody in, where they would", async () => {
    const { home, socket, end } = await machineWithKey();
    const before = { ...process.env };
    try {
      const to = ["-o", "BatchMode=yes", "-p", String(server.port), `${server.user}@127.0.0.1`, "exit 0"];
      const config = join(home, ".ssh", "config");
      await run("ssh", ["-F", config, "-o", "IdentityAgent=none", ...to]);
      const unknown = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"];
      await run("ssh", ["-F", "none", "-o", `IdentityAgent=${socket}`, ...unknown, ...to]);
      Object.assign(process.env, {
        ...{ HOME: home, SSH_AUTH_SOCK: socket },
        ...{ GIT_SSH: "ssh", GIT_SSH_COMMAND: `ssh -F ${config} -p ${server.port} -o HostName=127.0.0.1` },
        ...{ SSH_ASKPASS: "/bin/true", SSH_ASKPASS_REQUIRE: "force", DISPLAY: ":0" },
      });
      const refusal = { outcome: "unreachable", sentence: expect.stringMatching(/deploy key/) };
      expect(await fetch()).toMatchObject(refusal);
      for (const name of ["GIT_SSH", "GIT_SSH_COMMAND"]) delete process.env[name];
      expect(await fetch()).toMatchObject(refusal);
    } finally {
      for (const name of Object.keys(process.env)) delete process.env[name];
      Object.assign(process.env, before);
      end();
    }
  });

  test.each([
    "ssh://-oProxyCommand=touch%20x/y",
    "ssh://git@-oProxyCommand=x/y",
    "-oProxyCommand=x@git.test:y",
    "git@-oProxyCommand=x:y",
    "git@git.test:--upload-pack=x",
    "ssh://git@git.test/$(touch x)",
    "ssh://git@127.0.0.1/y",
    "git@[::1]:y",
  ])("%s is no source", async (address) => {
    await expect(checkSource(address, network)).rejects.toMatchObject({ code: "refused" });
  });
});
