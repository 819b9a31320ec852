// The setup phase in real sandboxes: what it sees, what is left of it, and what a hostile package may try.
import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { run } from "#lib/jail/run.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { ofKind } from "#lib/testing/recipe-scene.ts";
import { specOf } from "#lib/testing/sandbox.ts";
import { openSetupScene, type SetupScene, shell } from "#lib/testing/setup/setup-scene.ts";

const workshop = await testWorkshop();
const FILES = {
  "package.json": '{"name":"service"}\n',
  "web/package.json": '{"name":"web"}\n',
  "src/secret.js": "export const secret = 'ours';\n",
};
const open = (files = FILES): SetupScene => openSetupScene(workshop, files);
const LEAVES = "mkdir -p node_modules; echo x >node_modules/x";

const outputOf = ({ events }: SetupScene): string =>
  ofKind(events, "command_output")
    .map(({ text }) => text)
    .join("");

const folderOf = (mounts: Readonly<Record<string, string>>): string => Object.keys(mounts)[0] ?? "";

describe("setup", () => {
  test("sees manifests and nothing else of the code, in an empty home, with nothing of the host's environment", async () => {
    process.env.PILOTHOUSE_TEST_SECRET = "of-the-host";
    const scene = open();
    await scene.prepare(shell(`${LEAVES}; find . -type f | sort; ls -A $HOME; env`));
    const said = outputOf(scene);
    expect(said).toMatch(/^\.\/node_modules\/x\n\.\/package\.json\n\.\/web\/package\.json\n/);
    expect(said).toContain("npm_config_ignore_scripts=true");
    expect(said).toContain("HTTPS_PROXY=http://127.0.0.1:4902");
    expect(said).not.toContain("of-the-host");
    delete process.env.PILOTHOUSE_TEST_SECRET;
  });

  test("asks no tool to leave scripts out where the charter lets them run", async () => {
    const scene = open();
    await scene.prepare({ ...shell(`${LEAVES}; env`), scripts: "on" });
    expect(outputOf(scene)).not.toMatch(/ignore_scripts|ONLY_BINARY/);
  });

  test("is made once from the same, and anew when a manifest, the command, a host or a folder is another", async () => {
    const scene = open();
    const first = await scene.prepare(shell(LEAVES));
    expect(await scene.prepare(shell(LEAVES))).toEqual(first);
    expect(ofKind(scene.events, "setup_done").map(({ cached }) => cached)).toEqual([false, true]);
    expect(ofKind(scene.events, "command_started")).toHaveLength(1);
    await scene.prepare(shell(`${LEAVES}; :`));
    await scene.prepare({ ...shell(LEAVES), hosts: ["a.example"] });
    expect(
      ofKind(scene.events, "setup_done")
        .map(({ cached }) => cached)
        .slice(2),
    ).toEqual([false, false]);
    const other = openSetupScene(workshop, { ...FILES, "src/secret.js": "other\n" });
    const same = await other.prepare(shell(LEAVES));
    expect(same.seen).toEqual(first.seen);
    const changed = openSetupScene(workshop, { ...FILES, "web/package.json": "{}\n" });
    expect((await changed.prepare(shell(LEAVES))).seen.key).not.toBe(first.seen.key);
  });

  test.each([
    ["fails", "exit 3", "The setup command ended with exit code 3."],
    ["is not there", null, "The setup command could not be started"],
    ["leaves nothing", "true", "Setup left no node_modules."],
    ["leaves a link in its place", "ln -s web node_modules", "node_modules is no folder"],
    ["leaves a file in its place", "echo x >node_modules", "node_modules is no folder"],
    [
      "installs for Plug'n'Play",
      `${LEAVES}; echo >.pnp.cjs`,
      'Write "nodeLinker: node-modules" into .yarnrc.yml',
    ],
    [
      "installs the project as editable",
      `${LEAVES}; echo >node_modules/__editable___ours_1_0_finder.py`,
      "by PYTHONPATH",
    ],
  ])("that %s ends with a sentence, and nothing is kept", async (_how, line, sentence) => {
    const scene = open();
    const plan = line === null ? { argv: ["no-such-program"] } : shell(line);
    await expect(scene.prepare(plan)).rejects.toThrow(sentence);
    expect(readdirSync(scene.cacheFolder)).toEqual([]);
  });

  test("refuses a folder that the repository has already", async () => {
    const scene = open({ ...FILES, "node_modules/mine.js": "1\n" } as typeof FILES);
    await expect(scene.prepare(shell(LEAVES))).rejects.toThrow("node_modules is part of the repository");
  });

  test("that takes too long is ended and said to be", async () => {
    const scene = open();
    const limits = {
      memoryBytes: 512 * 1024 ** 2,
      processes: 64,
      cpus: 1,
      diskBytes: 64 * 1024 ** 2,
      seconds: 2,
      outputBytes: 1e6,
    };
    await expect(scene.prepare(shell("sleep 100"), { limits })).rejects.toThrow("did not finish in the time");
  });
});

test("probe: setup finds no repository to read the source from, by any path or process", async () => {
  const scene = open();
  const git = "git -c safe.directory='*' --git-dir=/in/repository";
  await scene.prepare(
    shell(`${LEAVES}; ls -A /in /work; ${git} rev-list --all; ${git} show HEAD:src/secret.js
      grep -rlsa 'const secret' /work/tree /tmp $HOME; tr '\\0' ' ' </proc/2/cmdline; echo looked`),
  );
  const said = outputOf(scene);
  expect(said).toContain("looked");
  expect(said).not.toContain("export const secret");
  expect(said).not.toContain(scene.base);
  expect(said).toMatch(/^\/work:\ntree\n/m);
});

describe("probe: of what setup leaves behind besides", () => {
  test("credentials, shims, git settings, other folders, owners and bits nothing comes through", async () => {
    const scene = open();
    const { mounts } = await scene.prepare({
      ...shell(`${LEAVES}; mkdir -p node_modules/.bin $HOME/bin .git other
        echo '//r/:_authToken=stolen' >$HOME/.npmrc; echo '//r/:_authToken=stolen' >.npmrc; echo 'export PATH=$HOME/bin' >$HOME/.profile
        printf '#!/bin/sh\\necho evil' >$HOME/bin/git; chmod +x $HOME/bin/git; cp $HOME/bin/git /tmp/git
        git config --global core.hooksPath /tmp; echo x >other/file; echo 'evil' >package.json
        cp /bin/sh node_modules/sh; chmod 6755 node_modules/sh; ln node_modules/x node_modules/hard; touch -d 2001-01-01 node_modules/x`),
    });
    const folder = folderOf(mounts);
    expect(readdirSync(folder).sort()).toEqual([".bin", "hard", "sh", "x"]);
    expect(lstatSync(join(folder, "sh")).mode & 0o7777).toBe(0o555);
    expect(lstatSync(join(folder, "hard")).nlink).toBe(1);
    for (const name of ["x", "sh"]) expect(lstatSync(join(folder, name)).uid).toBe(process.getuid?.());
    const look = specOf("ls -A $HOME /tmp /work/tree; cat /work/tree/node_modules/x; command -v git", {
      readOnly: mounts,
    });
    expect((await run(workshop.sandbox, look)).stdout.toString()).toBe(
      "/home/agent:\n\n/tmp:\n\n/work/tree:\nnode_modules\nx\n/usr/bin/git\n",
    );
  });

  test.each([
    ["a link to the host", "ln -s /etc/shadow node_modules/a", "absolute path"],
    ["a link out of the folder", "ln -s ../package.json node_modules/a", "nor to a workspace"],
    ["a link out of the tree", "ln -s ../../../etc node_modules/a", "leads out of the tree"],
    ["a pipe", "mkfifo node_modules/a", "neither a file, a folder nor a link"],
    ["a name that is no text", `mkdir "node_modules/$(printf '\\377')"`, "is not text"],
    ["a name with a line break", `mkdir "node_modules/a\nb"`, "not plain text"],
  ])("%s is refused, with everything else", async (_what, line, sentence) => {
    const scene = open();
    await expect(scene.prepare(shell(`${LEAVES}; ${line}`))).rejects.toThrow(sentence);
    expect(readdirSync(scene.cacheFolder)).toEqual([]);
  });

  test.each([
    [
      "too many files",
      "i=0; while [ $i -lt 60 ]; do i=$((i+1)); : >node_modules/$i; done",
      "more than 50 files",
    ],
    ["a file that is too large", "head -c 2000000 /dev/zero >node_modules/big", "more than 1000000 bytes"],
    ["a file that only seems large", "truncate -s 50M node_modules/hole", "more than 1000000 bytes"],
  ])("%s are not taken", async (_what, line, sentence) => {
    const scene = open();
    const caps = { entries: 50, bytes: 1_000_000 };
    await expect(scene.prepare(shell(`${LEAVES}; ${line}`), { caps })).rejects.toThrow(sentence);
    expect(readdirSync(scene.cacheFolder)).toEqual([]);
  });

  test("more than the sandbox's disk cannot be written, and setup fails", async () => {
    const fill =
      "head -c 400M /dev/zero >node_modules/a || exit 1; head -c 400M /dev/zero >node_modules/b || exit 1";
    await expect(open().prepare(shell(`${LEAVES}; ${fill}`))).rejects.toThrow(/exit code|memory/);
  });

  test("a forged way out is not read: its own is closed, and what it writes into the packer's is refused", async () => {
    const scene = open();
    await expect(scene.prepare(shell(`${LEAVES}; echo '{"t":"d","p":"node_modules"}' >&3`))).rejects.toThrow(
      "exit code",
    );
    const forged = `${LEAVES}; for fd in /proc/[0-9]*/fd/3; do echo '{"t":"d","p":"../../../etc"}' >$fd; done 2>/dev/null; true`;
    const { mounts } = await scene.prepare(shell(forged)).catch((error: Error) => {
      expect(error.message).toMatch(/declared folders|cannot be read|not plain/);
      return { mounts: {} };
    });
    if (folderOf(mounts) !== "") expect(readdirSync(folderOf(mounts))).toEqual(["x"]);
    expect(existsSync("/etc/node_modules")).toBe(false);
  });

  test("a process that goes on changes nothing of what is taken", async () => {
    const scene = open();
    const busy = `(setsid sh -c 'trap "" TERM; while :; do date +%N >node_modules/x; done' >/dev/null 2>&1 &)`;
    const line = `mkdir node_modules; ${busy}; until [ -s node_modules/x ]; do :; done; echo fixed >node_modules/z`;
    const { mounts } = await scene.prepare(shell(line));
    expect(readFileSync(join(folderOf(mounts), "z"), "utf8")).toBe("fixed\n");
  });
});

describe("probe: setup reaches nothing but its proxy", () => {
  test("by no address, name or other port, with the proxy's variables or without", async () => {
    const scene = open();
    const line = `${LEAVES}
      for to in 127.0.0.1/22 127.0.0.1/5432 169.254.169.254/80 1.1.1.1/53; do
        timeout 3 bash -c "exec 9<>/dev/tcp/$to" 2>/dev/null && echo "REACHED $to"; done
      timeout 3 bash -c 'exec 9<>/dev/tcp/registry.npmjs.org/443' 2>/dev/null && echo REACHED-NAME
      for url in http://example.org/ https://example.org/ http://127.0.0.1:5432/ http://169.254.169.254/latest/; do
        node -e 'const [,url]=process.argv; const u=new URL(url); const p=require("http").request({host:"127.0.0.1",port:4902,
          ...(u.protocol==="https:"?{method:"CONNECT",path:u.hostname+":443"}:{path:url})});
          p.on("connect",(r)=>{console.log("said",r.statusCode);process.exit()}).on("response",(r)=>console.log("said",r.statusCode)).end()' $url; done`;
    await scene.prepare({ ...shell(line), hosts: ["registry.example.org"] });
    const said = outputOf(scene);
    expect(said).not.toContain("REACHED");
    expect(said.match(/said 403/g)).toHaveLength(4);
    const denied = ofKind(scene.events, "egress");
    expect(denied.every(({ verdict }) => verdict === "denied")).toBe(true);
    expect(new Set(denied.map(({ host }) => host))).toEqual(
      new Set(["example.org", "127.0.0.1", "169.254.169.254"]),
    );
  });
});
