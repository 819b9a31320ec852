import { webEnv } from "../env.ts";

/** Hosts an operator allows to be spoken to without https. */
export const httpHosts = (): readonly string[] => webEnv().PILOTHOUSE_HTTP_PROVIDERS;
