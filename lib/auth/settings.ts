// What sign-in needs to know of its deployment.
import { MINUTE } from "../clock.ts";
import { signInEnv, webEnv } from "../env.ts";

export interface AuthSettings {
  /** Where browsers reach this deployment, e.g. `https://pilothouse.example.org`. */
  readonly url: URL;
  readonly secret: string;
}

/** Read at each use: a build has no environment. */
export function authSettings(): AuthSettings {
  const env = webEnv();
  return { url: new URL(env.PILOTHOUSE_URL), secret: env.PILOTHOUSE_SESSION_SECRET };
}

/** A session nobody uses for so long is over, milliseconds. */
export const idleLength = (): number => signInEnv().PILOTHOUSE_IDLE_MINUTES * MINUTE;

/** E-mail address of the one person who may use a password where only single sign-on is allowed; null: anybody may. */
export function emergencyAdmin(): string | null {
  const env = signInEnv();
  return env.PILOTHOUSE_SIGN_IN === "sso_only" ? env.PILOTHOUSE_EMERGENCY_ADMIN : null;
}

/** Whether whoever decides has to have a second step. */
export const secondStepRequired = (): boolean => signInEnv().PILOTHOUSE_SECOND_FACTOR === "required";
