import { decode, encode } from "next-auth/jwt";
import { describe, expect, test } from "vitest";
import { newId } from "#lib/ids.ts";
import { cookieValue, openSession, sealSession, sessionCookie } from "./session-token.ts";

const settings = { url: new URL("http://localhost:4300"), secret: "a".repeat(40) };

describe("the session's token", () => {
  test("names its session to us and to nobody else", async () => {
    const sid = newId("session");
    const token = await sealSession(sid, 60, settings);
    expect(token).not.toContain(sid);
    expect(await openSession(token, settings)).toBe(sid);
    expect(await openSession(token, { ...settings, secret: "b".repeat(40) })).toBeNull();
  });

  test("is over after its time", async () => {
    const token = await sealSession(newId("session"), -60, settings);
    expect(await openSession(token, settings)).toBeNull();
  });

  test.each(["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzaWQiOiJzZXNfMSJ9.", "€"])(
    "probe: %j is nobody's session",
    async (token) => {
      expect(await openSession(token, settings)).toBeNull();
    },
  );

  test("probe: a token altered in any one character is nobody's session", async () => {
    const token = await sealSession(newId("session"), 60, settings);
    for (let i = 0; i < token.length; i += 7) {
      const altered = `${token.slice(0, i)}${token[i] === "A" ? "B" : "A"}${token.slice(i + 1)}`;
      const opened = await openSession(altered, settings);
      // The last character of base64url may carry unused bits; then it is the same token.
      if (opened !== null)
        expect(Buffer.from(altered.split(".")[4] ?? "", "base64url")).toEqual(
          Buffer.from(token.split(".")[4] ?? "", "base64url"),
        );
    }
  });

  test("probe: another kind of token sealed with the same secret is no session", async () => {
    const { secret } = settings;
    const foreign = await encode({ token: { sid: newId("session") }, secret });
    expect(await decode({ token: foreign, secret })).not.toBeNull();
    expect(await openSession(foreign, settings)).toBeNull();
    const odd = await encode({ token: { sid: { $ne: "" } }, secret, salt: "pilothouse-session" });
    expect(await openSession(odd, settings)).toBeNull();
  });
});

describe("the session's cookie", () => {
  test("is bound to the host on https and tells ports apart on http", () => {
    expect(sessionCookie(new URL("https://ph.example.org"))).toEqual({
      name: "__Host-pilothouse-session",
      secure: true,
    });
    expect(sessionCookie(new URL("http://localhost:4300"))).toEqual({
      name: "pilothouse-session-4300",
      secure: false,
    });
    expect(sessionCookie(new URL("http://intranet"))).toEqual({
      name: "pilothouse-session-80",
      secure: false,
    });
  });

  test("is read by its exact name", () => {
    const header = "a=1; pilothouse-session-4300=token=with=equals; xpilothouse-session-4300=no";
    expect(cookieValue(header, "pilothouse-session-4300")).toBe("token=with=equals");
    expect(cookieValue(header, "session")).toBeNull();
    expect(cookieValue(null, "a")).toBeNull();
    expect(cookieValue("a", "a")).toBeNull();
  });
});
