// What a sandbox is given: variables, arguments, descriptors and host paths, and nothing besides.
import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { chmod, lstat, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { slotBeside, specOf, TEST_LIMITS, testSandbox } from "#lib/testing/sandbox.ts";
import { run } from "./run.ts";

const { sandbox, folder } = await testSandbox();

type Extras = Parameters<typeof specOf>[1];

async function inside(line: string, extras?: Extras): Promise<string> {
  const { stdout, stderr, exit } = await run(sandbox, specOf(line, extras));
  return `${stdout}${stderr}${exit.code === 0 ? "" : `exit ${exit.code}`}`.trim();
}

describe("environment and descriptors", () => {
  test("only the sandbox's own variables and those of the spec are set", async () => {
    process.env.PILOTHOUSE_WALL_SECRET = "must not be seen";
    const env = await inside("env | grep -v '^PWD=' | sort", {
      env: { GREETING: "hello 'world'\n$HOME", LANG: "C" },
    });
    expect(env).toBe(
      [
        "$HOME",
        "GREETING=hello 'world'",
        "HOME=/home/agent",
        "LANG=C",
        "PATH=/opt/ph:/usr/local/bin:/usr/bin:/bin",
        "TMPDIR=/tmp",
        "USER=agent",
      ].join("\n"),
    );
    expect(await inside("cat /proc/[0-9]*/environ | tr '\\0' '\\n'")).not.toContain("must not be seen");
  });

  test("probe: values of the environment are not in the host's process list", async () => {
    const started = await sandbox.start(specOf("echo up; sleep 100", { env: { KEY: "k3y-v4lue" } }));
    await once(started.stdout, "data");
    const list = spawn("ps", ["axww", "-o", "args"], { stdio: ["ignore", "pipe", "ignore"] });
    expect(await text(list.stdout)).not.toContain("k3y-v4lue");
    await started.kill();
  });

  test("arguments arrive as they are", async () => {
    const words = ["a b", "'", '"$HOME"', "line\nline", "", "-x", "ü€", "\\", "`id`"];
    const { stdout } = await run(sandbox, {
      command: ["node", "-p", "JSON.stringify(process.argv.slice(1))", "--", ...words],
      limits: TEST_LIMITS,
    });
    expect(JSON.parse(String(stdout))).toEqual(words);
  });

  test("outputs can be opened by name, the result is descriptor 3", async () => {
    const { stdout, stderr, result } = await run(
      sandbox,
      specOf("echo one > /dev/stdout; echo two > /dev/stderr; echo three >&3; echo four >> /dev/fd/3"),
    );
    expect([stdout, stderr, result].map(String)).toEqual(["one\n", "two\n", "three\nfour\n"]);
  });

  test("probe: a descriptor this process inherited from its own parent is not there", async () => {
    const secret = join(folder, "inherited-secret");
    await writeFile(secret, "inherited secret");
    const fd = openSync(secret, "r");
    const unused = Array.from({ length: 27 }, (): "ignore" => "ignore");
    const stdio: StdioOptions = ["ignore", "pipe", "inherit", ...unused, fd];
    const script = `
      import { createSandbox } from "#lib/jail/bubblewrap/sandbox.ts";
      import { run } from "#lib/jail/run.ts";
      import { readFileSync } from "node:fs";
      const sandbox = await createSandbox({ slot: ${slotBeside()}, stateDirectory: ${JSON.stringify(join(folder, "state"))} });
      const limits = ${JSON.stringify(TEST_LIMITS)};
      const { stdout, stderr } = await run(sandbox, { command: ["sh", "-c", "ls -l /proc/self/fd; cat /proc/self/fd/30"], limits });
      console.log(readFileSync(30, "utf8") + "|" + stdout + stderr);
      await sandbox.close();
    `;
    const child: ChildProcess = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
      stdio,
    });
    closeSync(fd);
    const [outside, within] = (child.stdout ? await text(child.stdout) : "").split("|");
    expect(outside).toBe("inherited secret");
    expect(within).toContain("30 -> /dev/null");
    expect(within).not.toContain("inherited");
  });
});

describe("host paths", () => {
  test("a read-only one can be read and not written, whoever owns it", async () => {
    const host = join(folder, "given");
    await mkdir(host);
    await writeFile(join(host, "file"), "content");
    if (sandbox.uid === null) await chmod(host, 0o777);
    const readOnly = { [host]: "/in/given", [join(host, "file")]: "/in/one-file" };
    expect(await inside("cat /in/given/file /in/one-file", { readOnly })).toBe("contentcontent");
    expect(await inside("echo x > /in/given/file; rm -f /in/one-file; touch /in/new", { readOnly })).toMatch(
      /(Read-only file system[\s\S]*){3}/,
    );
  });

  test("the writable one belongs to the sandbox's user and keeps what is written", async () => {
    const host = join(folder, "kept");
    await mkdir(host, { mode: 0o700 });
    await inside("echo hello > /kept/file", { writable: { host, inside: "/kept" } });
    expect(await readFile(join(host, "file"), "utf8")).toBe("hello\n");
    const owner = sandbox.uid ?? process.getuid?.();
    expect([(await stat(host)).uid, (await stat(join(host, "file"))).uid]).toEqual([owner, owner]);
  });

  test("the writable one may take the place of /work", async () => {
    const host = join(folder, "work");
    await mkdir(host);
    await inside("pwd > here", { writable: { host, inside: "/work" } });
    expect(await readFile(join(host, "here"), "utf8")).toBe("/work\n");
  });

  test("probe: a symbolic link that was planted in the writable tree is never followed", async () => {
    const host = join(folder, "hostile");
    const victim = join(folder, "victim");
    await mkdir(host);
    await mkdir(victim, { mode: 0o700 });
    await writeFile(join(victim, "secret"), "secret");
    const before = await stat(victim);
    await inside(`ln -s ${victim} /q/link; ln -s /etc/shadow /q/shadow; ln -s ../.. /q/up`, {
      writable: { host, inside: "/q" },
    });
    expect((await lstat(join(host, "link"))).isSymbolicLink()).toBe(true);
    for (const path of ["link", "shadow", "up", "link/secret"].map((name) => join(host, name))) {
      await expect(sandbox.start(specOf("true", { readOnly: { [path]: "/in" } }))).rejects.toThrow(
        /goes through a symbolic link|cannot be mounted/,
      );
      const writable = { host: path, inside: "/q" };
      await expect(sandbox.start(specOf("true", { writable }))).rejects.toThrow(
        /goes through a symbolic link|cannot be mounted/,
      );
    }
    expect((await stat(victim)).uid).toBe(before.uid);
    expect(await inside("cat /q/link/secret", { writable: { host, inside: "/q" } })).toContain(
      "No such file",
    );
  });

  test("probe: a file or something missing is no writable directory", async () => {
    const file = join(folder, "plain-file");
    await writeFile(file, "");
    const missing = { host: join(folder, "missing"), inside: "/q" };
    await expect(sandbox.start(specOf("true", { writable: missing }))).rejects.toThrow("cannot be mounted");
    if (sandbox.uid === null) return;
    await expect(sandbox.start(specOf("true", { writable: { host: file, inside: "/q" } }))).rejects.toThrow(
      "is not a directory",
    );
  });

  test("probe: a spec that asks for the sandbox's own places is refused with the reason", async () => {
    await expect(sandbox.start(specOf("true", { readOnly: { [folder]: "/etc/x" } }))).rejects.toThrow(
      "/etc is the sandbox's own",
    );
    await expect(sandbox.start({ command: [], limits: TEST_LIMITS })).rejects.toThrow(
      "The command is empty.",
    );
  });
});
