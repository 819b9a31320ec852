import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { credentialFor, parseCredentials, readCredentials } from "./credentials.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "credentials-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const LINES = "# ours\nhttps://bot:t%40ken@git.example.org\n\nhttps://a:b@forge.lan:8443\n";
const at = (url: string) => ({ kind: "https", url }) as const;

describe("credentials of https hosts", () => {
  test("are read in git's own format, escapes and ports included", () => {
    const credentials = parseCredentials(LINES);
    expect(credentialFor(credentials, at("https://git.example.org/team/api.git"))).toEqual({
      username: "bot",
      password: "t@ken",
    });
    expect(credentialFor(credentials, at("https://forge.lan:8443/x.git"))?.username).toBe("a");
  });

  test("are shown to no other host, port or folder", () => {
    const credentials = parseCredentials(LINES);
    for (const url of [
      "https://example.org/x",
      "https://git.example.org.evil.net/x",
      "https://forge.lan/x",
    ]) {
      expect(credentialFor(credentials, at(url))).toBeUndefined();
    }
    const folderSource = { kind: "path", path: "/srv/x", gitDir: "/srv/x", bare: true } as const;
    expect(credentialFor(credentials, folderSource)).toBeUndefined();
  });

  test.each(["http://a:b@host", "https://host", "https://a@host", "a:b@host", "token"])(
    "probe: a line like %j is refused by its number, without repeating it",
    (line) => {
      expect(() => parseCredentials(`\n${line}`)).toThrow("Line 2 of the credentials is not like");
      expect(() => parseCredentials(`\n${line}secret`)).not.toThrow("secret");
    },
  );

  test("probe: a file that others can read is refused with the command that mends it", async () => {
    const file = join(folder, "open");
    await writeFile(file, LINES, { mode: 0o644 });
    await expect(readCredentials(file)).rejects.toThrow("chmod 600");
    await chmod(file, 0o600);
    expect((await readCredentials(file)).size).toBe(2);
  });
});
