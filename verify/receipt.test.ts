// As it is run: a receipt, a key that came another way, and the log that was handed over with it.
import { spawnSync } from "node:child_process";
import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { enveloped, rawEd25519 } from "#lib/attestations/envelope.ts";
import { receiptOf } from "#lib/closings/receipt.ts";
import { CLOSING_STEPS, type ClosingStep } from "#lib/closings/schema.ts";
import { canonicalText } from "#lib/record/rules.ts";

const folder = mkdtempSync(join(tmpdir(), "pilothouse-receipt-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const key = rawEd25519(publicKey).toString("base64");
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const log = put("log.jsonl", "the log that was handed over\n");
const at = new Date(0);
const done = CLOSING_STEPS.filter((step) => step !== "receipt");

function receipt(steps: readonly ClosingStep[]): string {
  const rows = steps.map((step) => {
    const result = canonicalText(step === "log" ? { sha256: sha256("the log that was handed over\n") } : {});
    return { step, result, digest: sha256(result), milliseconds: 1, doneAt: at };
  });
  const closed = { pilotId: "pil_1", begunAt: at, closedAt: at, charter: null, steps: rows };
  return `${JSON.stringify(enveloped(privateKey, receiptOf(closed)))}\n`;
}
const good = put("receipt.jsonl", receipt(done));

function run(...args: string[]) {
  const main = join(import.meta.dirname, "main.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: "utf8" });
  return { code: status, text: `${stdout}${stderr}` };
}

test("a receipt holds with its key, and with the log that was handed over", () => {
  expect(run(good, "--receipt-key", key)).toMatchObject({
    code: 0,
    text: expect.stringContaining("SHA-256"),
  });
  expect(run(good, "--receipt-key", key, "--log", log)).toMatchObject({
    code: 0,
    text: expect.stringContaining("is the one that was handed over"),
  });
});

test("probe: by another key, beside another log, or with a step that lacks or has another place it does not hold", () => {
  const other = rawEd25519(generateKeyPairSync("ed25519").publicKey).toString("base64");
  expect(run(good, "--receipt-key", other).code).toBe(1);
  expect(run(good, "--receipt-key", key, "--log", put("other.jsonl", "another\n")).code).toBe(1);
  expect(run(put("short.jsonl", receipt(done.slice(1))), "--receipt-key", key).code).toBe(1);
  expect(run(put("turned.jsonl", receipt([...done].reverse())), "--receipt-key", key).code).toBe(1);
});

test.each<[string, string[]]>([
  ["a log that is not there", [good, "--receipt-key", key, "--log", join(folder, "nothing")]],
  ["a key that is none", [good, "--receipt-key", "AAAA"]],
  ["a file that is no envelope's line", [put("two.jsonl", "{}\n{}\n"), "--receipt-key", key]],
])("says 2 in a sentence for %s", (_, args) => {
  const { code, text } = run(...args);
  expect(code).toBe(2);
  expect(text).not.toContain("    at ");
  expect(text.trim()).not.toBe("");
});
