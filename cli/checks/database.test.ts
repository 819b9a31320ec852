import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase, type TestDatabase } from "#lib/testing/database.ts";
import { startPooler } from "#lib/testing/pooler.ts";
import { checkDatabase } from "./database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase("empty");
});
afterAll(() => database.drop());

describe("a database of one's own", () => {
  test("that answers is fine", async () => {
    const finding = await checkDatabase(database.urls.owner);
    expect(finding).toMatchObject({ ok: true });
    expect(finding.sentence).toMatch(/^Postgres 18 at 127\.0\.0\.1:\d+ answers\.$/);
  });

  test("that nobody serves is refused, naming the place and no password", async () => {
    const finding = await checkDatabase("postgres://ann:secret-word@127.0.0.1:1/pilothouse");
    expect(finding.ok).toBe(false);
    expect(finding.sentence).toMatch(
      /The database at 127\.0\.0\.1:1 \(DATABASE_URL\) cannot be used: .*ECONNREFUSED/,
    );
    expect(finding.sentence).not.toContain("secret-word");
  });

  test("that does not know the password is refused", async () => {
    const url = new URL(database.urls.owner);
    url.password = "wrong";
    expect((await checkDatabase(url.toString())).sentence).toMatch(/password authentication failed/);
  });

  test("behind a pooler in transaction mode is refused, saying what to use instead", async () => {
    const pooler = await startPooler(database.urls.owner);
    try {
      expect((await checkDatabase(pooler.url)).sentence).toMatch(
        /leads to a pooler in transaction mode.*server's own port/,
      );
    } finally {
      await pooler.close();
    }
  });

  test("given as something that is no URL is refused", async () => {
    expect((await checkDatabase("not a url")).ok).toBe(false);
  });
});
