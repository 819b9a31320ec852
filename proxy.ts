// Headers for every answer; it decides nothing about access (lib/guard does). The runner's API and uploads are
// outside the matcher: Next cuts request bodies at 10 MB in here and only warns.
import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { authSettings } from "#lib/auth/settings.ts";
import { contentSecurityPolicy, plainHeaders } from "#lib/guard/http/headers.ts";

export function proxy(request: NextRequest): NextResponse {
  const { url } = authSettings();
  const nonce = randomBytes(16).toString("base64");
  const development = process.env.NODE_ENV === "development";
  const policy = contentSecurityPolicy({ url, nonce, development });
  const forwarded = new Headers(request.headers);
  forwarded.set("content-security-policy", policy); // where Next finds the nonce for its own scripts
  forwarded.set("x-nonce", nonce);
  const response = NextResponse.next({ request: { headers: forwarded } });
  response.headers.set("content-security-policy", policy);
  for (const [name, value] of Object.entries(plainHeaders(url))) response.headers.set(name, value);
  return response;
}

export const config = {
  matcher: ["/((?!api/runner/|api/uploads/|_next/static/|_next/image).*)"],
};
