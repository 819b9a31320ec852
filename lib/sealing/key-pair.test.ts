import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { keptKeyPair } from "./key-pair.ts";
import { openProviderKey, sealProviderKey } from "./provider-key.ts";

const root = mkdtempSync(join(tmpdir(), "pilothouse-sealing-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("the gateway's key pair", () => {
  test("is made once, whoever asks first, and found ever after", async () => {
    const folder = join(root, "a");
    const pairs = await Promise.all([1, 2, 3].map(() => keptKeyPair(folder)));
    const keys = new Set(pairs.map(({ publicKey }) => publicKey.toString("hex")));
    expect([...keys]).toEqual([(await keptKeyPair(folder)).publicKey.toString("hex")]);
    expect(pairs[0]?.publicKey).toHaveLength(32);
  });

  test("lies in a folder and a file that nobody else reads", async () => {
    const folder = join(root, "b");
    await keptKeyPair(folder);
    const [file = ""] = readdirSync(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  });

  test("probe: a file that others may read, or that holds another kind of key, is refused", async () => {
    const folder = join(root, "c");
    await keptKeyPair(folder);
    const [file = ""] = readdirSync(folder);
    chmodSync(join(folder, file), 0o644);
    await expect(keptKeyPair(folder)).rejects.toThrow("Others may read");
    chmodSync(join(folder, file), 0o600);
    writeFileSync(join(folder, file), "no key");
    await expect(keptKeyPair(folder)).rejects.toThrow();
  });
});

describe("a provider's key", () => {
  const place = { providerId: "prv_1", keyId: "pky_1" };

  test("is opened by the gateway in the place it was sealed for", async () => {
    const { privateKey, publicKey } = await keptKeyPair(join(root, "d"));
    const sealed = sealProviderKey(publicKey, place, "sk-live-Ünïcode");
    expect(sealed.toString("latin1")).not.toContain("sk-live");
    expect(openProviderKey(privateKey, place, sealed)).toBe("sk-live-Ünïcode");
  });

  test("probe: moved to another place or sealed to another gateway, it is not, and the error says nothing of it", async () => {
    const { privateKey, publicKey } = await keptKeyPair(join(root, "d"));
    const other = await keptKeyPair(join(root, "e"));
    const sealed = sealProviderKey(publicKey, place, "sk-live-secret");
    for (const [key, where] of [
      [privateKey, { ...place, providerId: "prv_2" }],
      [privateKey, { ...place, keyId: "pky_2" }],
      [other.privateKey, place],
    ] as const) {
      expect(() => openProviderKey(key, where, sealed)).toThrow(
        /was not sealed to this gateway, or was altered/,
      );
    }
  });
});
