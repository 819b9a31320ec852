import { describe, expect, test } from "vitest";
import { hashPassword, passwordMatches } from "./password.ts";

describe("stored passwords", () => {
  test("are argon2id with OWASP's parameters and a salt of their own", async () => {
    const [first, second] = await Promise.all([
      hashPassword("the same words"),
      hashPassword("the same words"),
    ]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(second).not.toBe(first);
  });

  test("match their own password and no other", async () => {
    const stored = await hashPassword("seven lamps over water");
    expect(await passwordMatches(stored, "seven lamps over water")).toBe(true);
    expect(await passwordMatches(stored, "seven lamps over water ")).toBe(false);
    expect(await passwordMatches(stored, "")).toBe(false);
  });

  test("match the same letters typed on another keyboard", async () => {
    const stored = await hashPassword("caf\u00e9 au lait, twice");
    expect(await passwordMatches(stored, "cafe\u0301 au lait, twice")).toBe(true);
  });

  test("of other parameters still match, so that they can be raised later", async () => {
    // argon2id of "password" with salt "somesalt", m=256 t=2 p=1, from the reference implementation's tests.
    const stored = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    expect(await passwordMatches(stored, "password")).toBe(true);
    expect(await passwordMatches(stored, "passwore")).toBe(false);
  });

  test("an account without one matches nothing", async () => {
    expect(await passwordMatches(null, "")).toBe(false);
    expect(await passwordMatches(null, "anything at all")).toBe(false);
  });

  test("probe: a row that is no argon2id string is a defect, not a match", async () => {
    await expect(passwordMatches("$2b$10$abcdefghijklmnopqrstuv", "x")).rejects.toThrow(
      "not an argon2id PHC string",
    );
    await expect(passwordMatches("", "")).rejects.toThrow("not an argon2id PHC string");
  });

  test("probe: a flood waits in line and the rest is turned away, then all is as before", async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 120 }, () => passwordMatches(null, "guess")),
    );
    const refused = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(refused).toHaveLength(18);
    expect(refused[0]?.reason).toMatchObject({ code: "too_many" });
    expect(await passwordMatches(await hashPassword("still works here"), "still works here")).toBe(true);
  });
});
