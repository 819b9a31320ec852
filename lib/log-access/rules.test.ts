import { describe, expect, test } from "vitest";
import { accessState, bearerToken, showsBearer } from "./rules.ts";

const TOKEN = `pla_${"Ab_-9".repeat(9).slice(0, 43)}`;

describe("a bearer token", () => {
  test.each([
    [`Bearer ${TOKEN}`, TOKEN],
    [`bearer   ${TOKEN} `, TOKEN],
  ])("is read from %j", (header, token) => expect(bearerToken(header)).toBe(token));

  test.each([
    null,
    "",
    "Bearer",
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(0, -1)}`,
    `Bearer phe_${TOKEN.slice(4)}`,
    `Bearer ${TOKEN} ${TOKEN}`,
    `Basic ${TOKEN}`,
    `Bearer ${TOKEN}\n`,
    TOKEN,
  ])("probe: %j holds none", (header) => expect(bearerToken(header)).toBeNull());

  test("is shown by what begins like one, of ours or not", () => {
    expect(["Bearer x", "bearer", "BEARER  "].every(showsBearer)).toBe(true);
    expect([null, "", "Basic x", "Bearerx"].some(showsBearer)).toBe(false);
  });
});

test("an access is over at the millisecond it ends, and at once when it is withdrawn", () => {
  const expiresAt = new Date(1000);
  expect(accessState({ expiresAt, withdrawnAt: null }, 999)).toBe("active");
  expect(accessState({ expiresAt, withdrawnAt: null }, 1000)).toBe("expired");
  expect(accessState({ expiresAt, withdrawnAt: new Date(1) }, 500)).toBe("withdrawn");
  expect(accessState({ expiresAt, withdrawnAt: new Date(1) }, 5000)).toBe("withdrawn");
});
