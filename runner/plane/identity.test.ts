import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { readPublicKey, sign, verify } from "#lib/protocol/signing.ts";
import { testFolder } from "#lib/testing/runner/parts.ts";
import { loadIdentity, rememberRegistration } from "./identity.ts";

const PLANE = "https://pilothouse.example";

let state: string;
let file: string;

beforeEach(() => {
  state = join(testFolder(), "state");
  file = join(state, "runner-1", "identity.json");
});

describe("a runner's identity", () => {
  test("is made at the first start and the same ever after", async () => {
    const first = await loadIdentity(state, "runner-1", PLANE);
    const second = await loadIdentity(state, "runner-1", PLANE);
    expect(first.runnerId).toBeNull();
    expect(second).toMatchObject({ publicKey: first.publicKey, hostId: first.hostId, runnerId: null });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("holds a pair of keys that fit each other", async () => {
    const { privateKey, publicKey } = await loadIdentity(state, "runner-1", PLANE);
    const parts = { method: "POST", path: "/x", runnerId: "rnr_1", time: "5", sha256: "0".repeat(64) };
    expect(readPublicKey(publicKey)).not.toBeNull();
    expect(verify({ parts, signature: sign(parts, privateKey), publicKey, now: 5, skew: 0 })).toBeNull();
  });

  test("keeps what the plane called it", async () => {
    const { publicKey } = await loadIdentity(state, "runner-1", PLANE);
    await rememberRegistration(state, "runner-1", { plane: PLANE, runnerId: "rnr_7" });
    expect(await loadIdentity(state, "runner-1", PLANE)).toMatchObject({ runnerId: "rnr_7", publicKey });
  });

  test("is one per name, while the host's id is shared", async () => {
    const one = await loadIdentity(state, "runner-1", PLANE);
    const two = await loadIdentity(state, "runner-2", PLANE);
    expect(two.publicKey).not.toBe(one.publicKey);
    expect(two.hostId).toBe(one.hostId);
    expect(one.hostId).toMatch(/^[0-9a-f]{32}$/);
  });

  test("does not show the machine's own id", async () => {
    const { hostId } = await loadIdentity(state, "runner-1", PLANE);
    const machine = existsSync("/etc/machine-id") ? readFileSync("/etc/machine-id", "utf8") : "";
    expect(machine).not.toContain(hostId);
  });

  test("made for one plane is not used for another", async () => {
    await loadIdentity(state, "runner-1", PLANE);
    await rememberRegistration(state, "runner-1", { plane: PLANE, runnerId: "rnr_7" });
    await expect(loadIdentity(state, "runner-1", "https://other.example")).rejects.toThrow(
      "This runner is registered at https://pilothouse.example, not at https://other.example.",
    );
  });

  test("that others could read is refused", async () => {
    await loadIdentity(state, "runner-1", PLANE);
    chmodSync(file, 0o644);
    await expect(loadIdentity(state, "runner-1", PLANE)).rejects.toThrow("chmod 600");
  });

  test("in a folder that others could list is refused", async () => {
    await loadIdentity(state, "runner-1", PLANE);
    chmodSync(state, 0o755);
    await expect(loadIdentity(state, "runner-1", PLANE)).rejects.toThrow("chmod 711");
  });

  test.each([
    ["empty", ""],
    ["half a file", '{"version":1,"priv'],
    ["of another version", '{"version":2}'],
    [
      "with a key that is none",
      '{"version":1,"privateKey":"x","publicKey":"y","runnerId":null,"plane":null}',
    ],
  ])("probe: a file that is %s is refused with what to do, and not replaced", async (_name, text) => {
    await loadIdentity(state, "runner-1", PLANE);
    writeFileSync(file, text);
    await expect(loadIdentity(state, "runner-1", PLANE)).rejects.toThrow(
      "is damaged. Remove it and enrol this runner again.",
    );
    expect(readFileSync(file, "utf8")).toBe(text);
  });
});
