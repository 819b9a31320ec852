import { signInEnv } from "../env.ts";
import { ssoSettings } from "./settings.ts";

export interface SignInWays {
  /** What people call the identity provider; null: there is none. */
  readonly provider: string | null;
  readonly passwords: "anybody" | "emergency_only";
}

/** How people may sign in here. */
export function signInWays(): SignInWays {
  const only = signInEnv().PILOTHOUSE_SIGN_IN === "sso_only";
  return { provider: ssoSettings()?.name ?? null, passwords: only ? "emergency_only" : "anybody" };
}
