// How Codex is started, without Codex: what is looked for, what is written, what it sees.
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { programFolder, RECORD } from "#lib/agent-programs/find.ts";
import { CODEX } from "#lib/agent-programs/pins.ts";
import type { Installed } from "#lib/agent-programs/schema.ts";
import { systemClock } from "#lib/clock.ts";
import { CATALOG_FILE, CONFIG_FILE } from "./config.ts";
import { codex, codexProgram } from "./driver.ts";

let agents: string;
beforeEach(async () => {
  agents = await realpath(await mkdtemp(join(tmpdir(), "pilothouse-codex-")));
});
afterEach(() => rm(agents, { recursive: true, force: true }));

const MODEL = {
  model: "gpt-5.5",
  api: "responses",
  baseUrl: "http://127.0.0.1:4901/v1",
  key: "ph-sandbox",
} as const;

/** An installation as agents:add leaves it, but for the program. */
async function install(changes: Partial<Installed> = {}): Promise<string> {
  const folder = programFolder(agents, CODEX);
  const record: Installed = {
    format: 1,
    program: CODEX.program,
    version: CODEX.version,
    licence: CODEX.licence,
    package: { name: "@openai/codex", version: "x", integrity: "y" },
    files: "files",
    binary: "files/vendor/bin/codex",
    binaryBytes: 4,
    binarySha256: "0".repeat(64),
    catalog: "models.json",
    library: null,
    bytes: 100,
    ...changes,
  };
  await mkdir(dirname(join(folder, record.binary)), { recursive: true });
  await writeFile(join(folder, record.binary), "four");
  await writeFile(join(folder, "models.json"), '{"models":[{"slug":"gpt-5.5","display_name":"GPT-5.5"}]}');
  await writeFile(join(folder, RECORD), JSON.stringify(record));
  return folder;
}

describe("the program", () => {
  test("gets four variables and no other, and a configuration that it has to know every line of", async () => {
    await install();
    const { command, env } = await codexProgram(agents, MODEL);
    expect(env).toEqual({});
    expect(command).toEqual([
      "/usr/bin/env",
      "-i",
      "PATH=/opt/ph:/usr/local/bin:/usr/bin:/bin",
      "HOME=/home/agent",
      "CODEX_HOME=/work/codex",
      "PH_TOKEN=ph-sandbox",
      "/opt/codex/vendor/bin/codex",
      "app-server",
      "--strict-config",
    ]);
  });

  test("sees its own files, read-only, and what was written for this run", async () => {
    const folder = await install();
    const { readOnly, files = {} } = await codexProgram(agents, MODEL);
    expect(readOnly).toEqual({ [join(folder, "files")]: "/opt/codex" });
    expect(Object.keys(files)).toEqual([CONFIG_FILE, CATALOG_FILE]);
    expect(files[CONFIG_FILE]).toContain('base_url = "http://127.0.0.1:4901/v1"');
    expect(JSON.parse(files[CATALOG_FILE] ?? "").models).toHaveLength(1);
  });
});

describe("a run is refused with what to do", () => {
  const add = "run `npm run agents:add codex` on the runner's host, then launch the run again.";

  test("where Codex was not added", async () => {
    const sentence = `This runner has no Codex ${CODEX.version}: ${add}`;
    await expect(codexProgram(agents, MODEL)).rejects.toThrow(sentence);
    await expect(codexProgram(null, MODEL)).rejects.toThrow(sentence);
  });

  test("where it is not whole", async () => {
    await install({ binaryBytes: 5 });
    await expect(codexProgram(agents, MODEL)).rejects.toThrow(
      /has 4 bytes instead of 5\. To mend it, run `npm run agents:add codex`/,
    );
  });

  test("where the model does not speak the Responses API", async () => {
    await install();
    await expect(codexProgram(agents, { ...MODEL, api: "chat" })).rejects.toThrow(
      'Codex speaks the Responses API; the provider of gpt-5.5 is set to "chat".',
    );
  });
});

test("the driver promises no more than it does", () => {
  expect(codex({ agents: null, clock: systemClock })).toMatchObject({
    name: "codex",
    caps: { steer: "preempt", approvals: true, resume: true, interrupt: true, deltas: true },
  });
});
