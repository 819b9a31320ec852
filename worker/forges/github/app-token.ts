// What an app shows itself to GitHub with, before it has a token for an installation.
import { createSign } from "node:crypto";
import { MINUTE } from "#lib/clock.ts";
import type { Credential } from "#lib/releases/callbacks/schema.ts";

const url64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** RFC 7519, RS256. It lives less than the ten minutes that are allowed, and begins a minute ago for clocks that differ. */
export function appToken({ app, key }: Extract<Credential, { kind: "github_app" }>, now: number): string {
  const seconds = (at: number) => Math.floor(at / 1000);
  const claims = { iat: seconds(now - MINUTE), exp: seconds(now + 8 * MINUTE), iss: app };
  const signed = `${url64({ alg: "RS256", typ: "JWT" })}.${url64(claims)}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(key, "base64url")}`;
}
