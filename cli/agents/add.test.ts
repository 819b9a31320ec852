import { appendFile, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findAgentProgram, isIntact, programFolder, RECORD } from "#lib/agent-programs/find.ts";
import type { ProgramPin } from "#lib/agent-programs/pins.ts";
import { openRegistry, standIn, type TestRegistry } from "#lib/testing/agents/registry.ts";
import { testSandbox } from "#lib/testing/sandbox.ts";
import { checkAgents } from "../checks/agents.ts";
import { addProgram, otherVersions } from "./add.ts";

const { sandbox, folder } = await testSandbox();

let agents: string;
let registry: TestRegistry;
let count = 0;

beforeEach(async () => {
  agents = join(folder, `agents-${++count}`);
  await mkdir(agents, { mode: 0o755 });
  registry = await openRegistry();
});
afterEach(() => registry.close());

const add = (pin: ProgramPin = registry.pin, env: Readonly<Record<string, string>> = {}) =>
  addProgram(pin, {
    agents,
    sandbox,
    env: { ...process.env, npm_config_registry: registry.url, ...env },
    arch: process.arch,
  });

/** The pin with another digest, version or the like. */
const changed = (change: object, packageChange: object = {}): ProgramPin => {
  const [packed] = Object.values(registry.pin.packages);
  return {
    ...registry.pin,
    ...change,
    packages: { [process.arch]: { ...packed, ...packageChange } as never },
  };
};

describe("adding an agent program", () => {
  test("fetches it, proves it inside a sandbox, and leaves nothing but the program", async () => {
    const { program, isNew } = await add();
    expect(isNew).toBe(true);
    expect(await readdir(agents)).toEqual(["standin"]);
    expect(program.folder).toBe(programFolder(agents, registry.pin));
    expect((await readdir(program.folder)).sort()).toEqual(["files", RECORD, "models.json"]);
    expect(JSON.parse(await readFile(program.catalog ?? "", "utf8"))).toEqual({ models: [{ slug: "one" }] });
    expect(program.installed).toMatchObject({ program: "standin", version: "1.2.3", licence: "MIT" });
    expect((await stat(program.binary)).mode & 0o777).toBe(0o755);
    expect(await isIntact(program)).toBe(true);
  });

  test("does nothing the second time, and asks nobody", async () => {
    await add();
    const before = registry.asked.length;
    expect((await add()).isNew).toBe(false);
    expect(registry.asked).toHaveLength(before);
  });

  test("waits for another one that adds the same, and then finds it", async () => {
    const added = await Promise.all([add(), add(), add()]);
    expect(added.map(({ isNew }) => isNew).sort()).toEqual([false, false, true]);
  });

  test("is readable for a sandbox's user, whatever the umask was", async () => {
    const before = process.umask(0o077);
    try {
      const { program } = await add();
      for (const path of [program.folder, program.files, program.binary, program.catalog ?? ""])
        expect([path, (await stat(path)).mode & 0o055]).toEqual([
          path,
          path === program.catalog ? 0o044 : 0o055,
        ]);
    } finally {
      process.umask(before);
    }
  });

  test("replaces one that was changed since", async () => {
    const { program } = await add();
    await appendFile(program.binary, "# more\n");
    expect(await findAgentProgram(agents, registry.pin)).toMatchObject({ state: "damaged" });
    expect((await add()).isNew).toBe(true);
    await writeFile(program.binary, standIn("1.2.3").replace("standin", "stendin")); // the same length
    expect((await add()).isNew).toBe(true);
    expect(await readFile(program.binary, "utf8")).toBe(standIn("1.2.3"));
  });

  test("clears away what an earlier attempt left, and names other versions", async () => {
    await mkdir(join(agents, ".adding-abc/download"), { recursive: true });
    await mkdir(join(agents, "standin/1.0.0"), { recursive: true });
    await add();
    expect(await readdir(agents)).toEqual(["standin"]);
    expect(await otherVersions(agents, registry.pin)).toEqual([join(agents, "standin/1.0.0")]);
  });
});

describe("what is not added", () => {
  const nothing = async () => expect(await readdir(agents)).toEqual([]);

  test("probe: other bytes under the same name and version", async () => {
    await registry.replace(`${standIn("1.2.3")}# and more\n`);
    await expect(add()).rejects.toThrow(
      "What npm's registry sent as standin 1.2.3-linux is not the package that is known here: its digest differs.",
    );
    await nothing();
  });

  test("a program that calls itself another version", async () => {
    const pin = changed({ version: "1.2.4", says: "1.2.4" });
    await expect(add(pin)).rejects.toThrow('says "standin 1.2.3" where standin 1.2.4 was expected');
    await nothing();
  });

  test("a package without the program", async () => {
    await expect(add(changed({}, { binary: "bin/none" }))).rejects.toThrow(
      "standin 1.2.3-linux holds no bin/none.",
    );
    await nothing();
  });

  test("anything where npm's registry cannot be reached, with what to look at", async () => {
    await expect(add(registry.pin, { npm_config_registry: "http://127.0.0.1:1" })).rejects.toThrow(
      /^npm's registry cannot be reached \(ECONNREFUSED\), so standin 1\.2\.3-linux was not installed\. Look at/,
    );
    await nothing();
  });

  test("a version the registry does not have", async () => {
    const pin = changed({}, { version: "9.9.9" });
    await expect(add(pin)).rejects.toThrow(/does not have standin 9\.9\.9\. .*a mirror has to offer/);
  });

  test("anything where npm is missing", async () => {
    await expect(add(registry.pin, { PATH: "/nowhere" })).rejects.toThrow(/^npm is missing: install it/);
  });

  test("a program for another processor", async () => {
    const pin = { ...registry.pin, packages: {} };
    await expect(add(pin)).rejects.toThrow(/not for (x64|arm64)/);
  });
});

describe("a host's check", () => {
  test("is fine without Codex, which is optional, and says how to add it", async () => {
    const [finding] = await checkAgents(agents);
    expect(finding).toMatchObject({ ok: true, name: "Agent codex" });
    expect(finding?.sentence).toMatch(
      /^codex \d+\.\d+\.\d+ is not installed; .*`npm run agents:add codex`\.$/,
    );
  });

  test("fails for what is not whole, with the command that mends it", async () => {
    const { program } = await add();
    const check = async () => (await checkAgents(agents, [registry.pin]))[0];
    expect((await check())?.sentence).toMatch(/^standin 1\.2\.3 is installed \(0 MiB, MIT\) in /);
    await writeFile(program.binary, standIn("1.2.3").replace("standin", "stendin"));
    expect(await check()).toMatchObject({ ok: false, sentence: expect.stringMatching(/agents:add standin/) });
    await rm(program.binary);
    expect(await check()).toMatchObject({ ok: false, sentence: expect.stringMatching(/is not whole/) });
    await writeFile(join(program.folder, RECORD), "{");
    expect(await check()).toMatchObject({ ok: false, sentence: expect.stringMatching(/is not whole/) });
    await writeFile(join(program.folder, RECORD), "{}");
    expect(await check()).toMatchObject({
      ok: false,
      sentence: expect.stringMatching(/is not about standin/),
    });
  });
});
