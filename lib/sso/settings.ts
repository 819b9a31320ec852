import { HOUR } from "../clock.ts";
import { secretOf, signInEnv } from "../env.ts";

export interface SsoSettings {
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What people call it. */
  readonly name: string;
  readonly scope: string;
  readonly groupsClaim: string;
  readonly joinGroups: readonly string[];
  /** How the provider has to have made sure who it is: one of its words for it, and one of the ways; empty: any. */
  readonly acr: readonly string[];
  readonly amr: readonly string[];
}

/** Null where no identity provider is set. Read at each use: a build has no environment. */
export function ssoSettings(): SsoSettings | null {
  const env = signInEnv();
  if (env.PILOTHOUSE_OIDC_ISSUER === "") return null;
  const issuer = new URL(env.PILOTHOUSE_OIDC_ISSUER);
  const scopes = new Set(["openid", "email", "profile", ...env.PILOTHOUSE_OIDC_SCOPES.split(/[\s,]+/)]);
  return {
    issuer,
    clientId: env.PILOTHOUSE_OIDC_CLIENT_ID,
    clientSecret: secretOf(env.PILOTHOUSE_OIDC_CLIENT_SECRET, env.PILOTHOUSE_OIDC_CLIENT_SECRET_FILE),
    name: env.PILOTHOUSE_OIDC_NAME || issuer.host,
    scope: [...scopes].filter((word) => word !== "").join(" "),
    groupsClaim: env.PILOTHOUSE_OIDC_GROUPS_CLAIM || "groups",
    joinGroups: env.PILOTHOUSE_OIDC_JOIN_GROUPS,
    acr: env.PILOTHOUSE_OIDC_ACR,
    amr: env.PILOTHOUSE_OIDC_AMR,
  };
}

/** Whether whoever came by the provider takes a second step of their own here. */
export const ownStepAfterSso = (): boolean => signInEnv().PILOTHOUSE_OIDC_SECOND_STEP === "own";

/** Since when the provider has to have said yes of whoever came by it; null where nobody comes by one. */
export function confirmedSince(now: number): Date | null {
  const env = signInEnv();
  return env.PILOTHOUSE_OIDC_ISSUER === "" ? null : new Date(now - env.PILOTHOUSE_OIDC_CONFIRM_HOURS * HOUR);
}
