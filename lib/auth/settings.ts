// What sign-in needs to know of its deployment.
import { webEnv } from "../env.ts";

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
