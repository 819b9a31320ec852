// The pinned program's own description of its protocol, held against what the driver was written from.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { CODEX } from "#lib/agent-programs/pins.ts";
import { run } from "#lib/jail/run.ts";
import { installedCodex } from "#lib/testing/agents/installed-codex.ts";
import { Contract, contractOf, differenceOf } from "#lib/testing/agents/protocol-contract.ts";
import { TEST_LIMITS, testSandbox } from "#lib/testing/sandbox.ts";
import { SILENCED, USED_NOTIFICATIONS, USED_REQUESTS } from "./messages.ts";

const pinned = Contract.parse(JSON.parse(readFileSync(join(import.meta.dirname, "protocol.json"), "utf8")));
const { sandbox } = await testSandbox();

let schemas: { definitions: Record<string, unknown> };

beforeAll(async () => {
  const { program } = await installedCodex(sandbox);
  const script = `mkdir $CODEX_HOME && "$0" app-server generate-json-schema --out /work/out >&2 &&
    cat /work/out/codex_app_server_protocol.schemas.json`;
  const { exit, stdout, stderr } = await run(sandbox, {
    command: ["sh", "-c", script, program.binary.replace(program.files, "/opt/codex")],
    env: { CODEX_HOME: "/work/codex" },
    readOnly: { [program.files]: "/opt/codex" },
    limits: { ...TEST_LIMITS, memoryBytes: 1024 ** 3, processes: 128, outputBytes: 32 * 1024 ** 2 },
  });
  if (exit.code !== 0) throw new Error(stderr.toString("utf8"));
  schemas = JSON.parse(stdout.toString("utf8"));
});

describe("the pinned Codex", () => {
  test("speaks the protocol that the driver was written from", () => {
    const found = contractOf(CODEX.version, schemas);
    expect([differenceOf(pinned, found), found]).toEqual([null, pinned]);
  });

  test("knows every message that is used", () => {
    const names = Object.keys(pinned.shapes);
    for (const method of [...USED_NOTIFICATIONS, ...SILENCED]) expect(names).toContain(method);
    const calls = [
      "initialize",
      "thread/start",
      "thread/resume",
      "turn/start",
      "turn/steer",
      "turn/interrupt",
    ];
    for (const method of [...calls, ...USED_REQUESTS])
      expect(names).toEqual(expect.arrayContaining([`→ ${method}`, `← ${method}`]));
  });
});

describe("another Codex", () => {
  test("is told by its version, even where nothing that is used changed", () => {
    expect(differenceOf(pinned, contractOf("0.170.0", schemas))).toMatch(
      /^Codex 0\.170\.0 is not the Codex 0\.169\.0 that the driver was written for \(nothing that is used here changed\)\./,
    );
  });

  test("is told by what changed in it, however deep, and by what is gone", () => {
    const definitions = structuredClone(schemas.definitions);
    const v2 = definitions.v2 as Record<string, { enum?: string[] }>;
    v2.CommandExecutionStatus?.enum?.push("paused");
    const changed = differenceOf(pinned, contractOf(CODEX.version, { definitions }));
    expect(changed).toMatch(/changed: .*item\/completed, item\/started/);
    expect(changed).not.toContain("item/agentMessage/delta");
    const without = structuredClone(schemas.definitions);
    const union = without.ServerNotification as { oneOf: { properties: { method: { enum: string[] } } }[] };
    union.oneOf = union.oneOf.filter(({ properties }) => properties.method.enum[0] !== "turn/completed");
    expect(differenceOf(pinned, contractOf(CODEX.version, { definitions: without }))).toContain(
      "(gone: turn/completed)",
    );
  });

  test("is not told by words for people", () => {
    const words = JSON.stringify(schemas).replaceAll(/"description":"[^"\\]*"/g, '"description":"…"');
    expect(differenceOf(pinned, contractOf(CODEX.version, JSON.parse(words)))).toBeNull();
  });
});
