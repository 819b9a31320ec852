import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";

const complete = {
  DATABASE_URL: "postgres://ph_web:pw@127.0.0.1:5432/pilothouse",
  PILOTHOUSE_DATA: "/var/lib/pilothouse",
  PILOTHOUSE_BLOBS: "/var/lib/pilothouse/blobs",
  PILOTHOUSE_MIRRORS: "/var/lib/pilothouse/mirrors",
  PILOTHOUSE_URL: "http://localhost:4300/",
  PILOTHOUSE_SESSION_SECRET: "s".repeat(64),
};

/** A fresh module each time, because a process reads its environment once. */
async function withEnv(values: Record<string, string>) {
  vi.resetModules();
  for (const name of Object.keys(complete)) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(values)) vi.stubEnv(name, value);
  return import("./env.ts");
}

afterEach(() => vi.unstubAllEnvs());

describe("the environment of a process", () => {
  test("is typed, with lists split and the public address reduced to its origin", async () => {
    const { webEnv } = await withEnv({
      ...complete,
      PORT: "8080",
      PILOTHOUSE_ALLOWED_ROOTS: "/srv/git:/home/git:",
      PILOTHOUSE_ALLOWED_HOSTS: "Git.internal, forge.lan",
    });
    expect(webEnv()).toMatchObject({
      PORT: 8080,
      PILOTHOUSE_URL: "http://localhost:4300",
      PILOTHOUSE_ALLOWED_ROOTS: ["/srv/git", "/home/git"],
      PILOTHOUSE_ALLOWED_HOSTS: ["git.internal", "forge.lan"],
    });
  });

  test("has empty lists and the usual port where nothing is set", async () => {
    const { webEnv } = await withEnv(complete);
    expect(webEnv()).toMatchObject({
      PORT: 4300,
      PILOTHOUSE_ALLOWED_ROOTS: [],
      PILOTHOUSE_ALLOWED_HOSTS: [],
    });
  });

  test("says how people sign in: a password unless told otherwise, and an hour of idling", async () => {
    const { signInEnv } = await withEnv(complete);
    expect(signInEnv()).toMatchObject({
      PILOTHOUSE_OIDC_ISSUER: "",
      PILOTHOUSE_SIGN_IN: "any",
      PILOTHOUSE_SECOND_FACTOR: "optional",
      PILOTHOUSE_IDLE_MINUTES: 60,
    });
  });

  test.each([
    [{ PILOTHOUSE_OIDC_ISSUER: "http://id.example.org" }, "PILOTHOUSE_OIDC_ISSUER must be an https address"],
    [{ PILOTHOUSE_OIDC_ISSUER: "https://id.example.org" }, "PILOTHOUSE_OIDC_CLIENT_SECRET is needed"],
    [{ PILOTHOUSE_OIDC_CONFIRM_HOURS: "0" }, "PILOTHOUSE_OIDC_CONFIRM_HOURS must be a whole number from 1"],
    [{ PILOTHOUSE_SIGN_IN: "sso_only" }, "PILOTHOUSE_SIGN_IN can be sso_only only where"],
    [{ PILOTHOUSE_SIGN_IN: "sso_only" }, "PILOTHOUSE_EMERGENCY_ADMIN must name the one person"],
    [{ PILOTHOUSE_SIGN_IN: "nobody" }, "PILOTHOUSE_SIGN_IN must be any or sso_only"],
    [{ PILOTHOUSE_IDLE_MINUTES: "2" }, "PILOTHOUSE_IDLE_MINUTES must be a whole number from 5 to 720"],
    [{ PILOTHOUSE_SECOND_FACTOR: "yes" }, "PILOTHOUSE_SECOND_FACTOR must be optional or required"],
  ])("refuses %j with a sentence", async (values, sentence) => {
    const { webEnv } = await withEnv({ ...complete, ...values });
    expect(() => webEnv()).toThrow(sentence);
  });

  test("takes the provider's secret from a file in place of a variable, and never says what it holds", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pilothouse-env-"));
    const file = join(folder, "secret");
    const named = { PILOTHOUSE_OIDC_ISSUER: "https://id.example.org", PILOTHOUSE_OIDC_CLIENT_ID: "us" };
    const of = (more: Record<string, string>) =>
      withEnv({ ...complete, ...named, PILOTHOUSE_OIDC_CLIENT_SECRET_FILE: file, ...more });
    try {
      expect((await of({})).signInEnv).toThrow("cannot be read from PILOTHOUSE_OIDC_CLIENT_SECRET_FILE");
      writeFileSync(file, "quite secret\n");
      const { secretOf, signInEnv } = await of({});
      const env = signInEnv();
      expect(secretOf("", env.PILOTHOUSE_OIDC_CLIENT_SECRET_FILE)).toBe("quite secret");
      expect(JSON.stringify(env)).not.toContain("quite secret");
      const both = (await of({ PILOTHOUSE_OIDC_CLIENT_SECRET: "another secret" })).signInEnv;
      expect(both).toThrow(/set one of the two/);
      expect(both).not.toThrow(/another secret|quite/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("is read once: later changes do not reach the process", async () => {
    const { workerEnv } = await withEnv(complete);
    const first = workerEnv();
    vi.stubEnv("PILOTHOUSE_MIRRORS", "/elsewhere");
    expect(workerEnv()).toBe(first);
  });

  test("is refused with every wrong variable named at once", async () => {
    const { webEnv } = await withEnv({
      DATABASE_URL: "mysql://root@localhost/x",
      PILOTHOUSE_DATA: "relative/path",
      PILOTHOUSE_BLOBS: "/blobs",
      PILOTHOUSE_URL: "localhost",
      PORT: "99999",
    });
    expect(webEnv).toThrow(/DATABASE_URL must be a URL like postgres:/);
    expect(webEnv).toThrow(/PILOTHOUSE_DATA must be an absolute path/);
    expect(webEnv).toThrow(/PILOTHOUSE_URL must be the address people open/);
    expect(webEnv).toThrow(/PILOTHOUSE_SESSION_SECRET is missing/);
    expect(webEnv).toThrow(/PORT must be between 1 and 65535/);
  });

  test("probe: a refusal quotes no value, which could be a secret", async () => {
    const { webEnv } = await withEnv({ ...complete, PILOTHOUSE_SESSION_SECRET: "short-secret" });
    expect(webEnv).toThrow(/PILOTHOUSE_SESSION_SECRET must have at least 32 characters/);
    expect(webEnv).not.toThrow(/short-secret/);
  });

  test("worker needs its mirrors and no session secret", async () => {
    const { workerEnv } = await withEnv({
      ...complete,
      PILOTHOUSE_MIRRORS: "",
      PILOTHOUSE_ANCHOR: "anchor",
      PILOTHOUSE_SESSION_SECRET: "",
    });
    expect(workerEnv).toThrow(/PILOTHOUSE_ANCHOR must be an absolute path/);
    expect(workerEnv).toThrow(/PILOTHOUSE_MIRRORS must be an absolute path/);
    expect(workerEnv).not.toThrow(/SESSION_SECRET/);
  });
});

describe("a folder that is asked for where it is used", () => {
  test("is the one the environment names now", async () => {
    const { folderOf } = await withEnv({});
    vi.stubEnv("PILOTHOUSE_LOG", "/var/lib/pilothouse/log");
    expect(folderOf("PILOTHOUSE_LOG")).toBe("/var/lib/pilothouse/log");
  });

  test.each([undefined, ""])(
    "is said to be missing where it is %j, and nothing is guessed",
    async (value) => {
      const { folderOf } = await withEnv({});
      vi.stubEnv("PILOTHOUSE_LOG", value);
      expect(() => folderOf("PILOTHOUSE_LOG")).toThrow("PILOTHOUSE_LOG is not set for this process.");
    },
  );

  test("probe: a log's folder that is not absolute is refused at the start", async () => {
    const { webEnv } = await withEnv({ ...complete, PILOTHOUSE_LOG: "log" });
    expect(() => webEnv()).toThrow(/PILOTHOUSE_LOG must be an absolute path/);
  });
});
