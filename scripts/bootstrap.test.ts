import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const run = promisify(execFile);
const scripts = new URL(".", import.meta.url).pathname;

let root: string;
let tools: string;

const LOCK = {
  packages: {
    "": {},
    "node_modules/one": { version: "1.0.0" },
    "node_modules/other-os": { version: "1.0.0", optional: true },
  },
};
const INSTALLED = { packages: { "node_modules/one": { version: "1.0.0" } } };

/** A program of the host, as a shell script. */
const program = (name: string, script: string) =>
  writeFile(join(tools, name), `#!/bin/bash\n${script}\n`, { mode: 0o755 });

async function write(path: string, content: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content, { mode });
}

/** What npm would have left: the list of what is installed, and a Node that says what it was started with. */
async function installDependencies(): Promise<void> {
  await write("node_modules/.package-lock.json", JSON.stringify(INSTALLED));
  await write("node_modules/.bin/node", '#!/bin/bash\necho "pinned node: $@"\n', 0o755);
}

async function bootstrap(...args: string[]): Promise<{ code: number; output: string }> {
  const env = { NODE_ENV: "production", PATH: `${tools}:/usr/bin:/bin`, HOME: root } as const;
  try {
    const { stdout, stderr } = await run("/bin/bash", [join(root, "scripts/bootstrap.sh"), ...args], { env });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "pilothouse-bootstrap-"));
  tools = join(root, "tools");
  await mkdir(tools);
  await mkdir(join(root, "scripts"));
  for (const name of ["bootstrap.sh", "installed.mjs"])
    await copyFile(join(scripts, name), join(root, "scripts", name));
  await write("package-lock.json", JSON.stringify(LOCK));
  await program("node", `exec ${process.execPath} "$@"`);
  await program("npm", `echo "$@" >> ${root}/asked; exit 0`);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const askedOfNpm = async () =>
  (await readFile(join(root, "asked"), "utf8").catch(() => "")).trim().split("\n");

describe("starting from a checkout", () => {
  test("goes straight on with the pinned Node where the dependencies are there", async () => {
    await installDependencies();
    expect(await bootstrap("up", "--port", "5000")).toEqual({
      code: 0,
      output: "pinned node: cli/main.ts up --port 5000\n",
    });
    expect(await bootstrap("test", "tsc")).toEqual({ code: 0, output: "pinned node: scripts/test.ts tsc\n" });
    expect(await askedOfNpm()).toEqual([""]);
  });

  test("installs them where they are missing", async () => {
    await installDependencies();
    await rm(join(root, "node_modules/.package-lock.json"));
    const { code, output } = await bootstrap();
    expect(code).toBe(0);
    expect(output).toMatch(/Dependencies installed \(\d+ s\)\npinned node: cli\/main.ts up/);
    expect(await askedOfNpm()).toEqual(["ci"]);
  });

  test("installs them again where the lock names another version", async () => {
    await installDependencies();
    const packages = { ...LOCK.packages, "node_modules/one": { version: "1.1.0" } };
    await write("package-lock.json", JSON.stringify({ packages }));
    expect((await bootstrap("up")).code).toBe(0);
    expect(await askedOfNpm()).toEqual(["ci"]);
  });

  test("installs by package.json, saying so, where npm cannot use the lock", async () => {
    await installDependencies();
    await rm(join(root, "node_modules/.package-lock.json"));
    await program(
      "npm",
      `echo "$@" >> ${root}/asked; [ "$1" = ci ] && { echo "npm error code EUSAGE"; exit 1; }; exit 0`,
    );
    const { code, output } = await bootstrap("up");
    expect(code).toBe(0);
    expect(output).toContain("package-lock.json cannot be used as it is here");
    expect(await askedOfNpm()).toEqual(["ci", "install --no-save"]);
  });

  test("stops with npm's own words where the registry does not answer", async () => {
    await program("npm", 'echo "npm error code ENOTFOUND"; exit 1');
    const { code, output } = await bootstrap("up");
    expect(code).toBe(1);
    expect(output).toMatch(/ENOTFOUND[\s\S]*npm could not install the dependencies/);
  });

  test("doctor installs nothing", async () => {
    const { code, output } = await bootstrap("doctor");
    expect([code, output]).toEqual([1, "The dependencies are not installed or not current: run `npm ci`.\n"]);
    expect(await askedOfNpm()).toEqual([""]);
  });

  test("refuses a Node that is too old, in one sentence", async () => {
    await program("node", "echo 18");
    const { code, output } = await bootstrap("up");
    expect([code, output]).toEqual([
      1,
      "This host has Node 18; install Node 20 or newer (https://nodejs.org), then run this again.\n",
    ]);
  });
});
