import { authSettings } from "../auth/settings.ts";

/** The address people know this deployment by, without its scheme. */
export const publicHost = (): string => authSettings().url.host;
/** As programs address it. */
export const publicOrigin = (): string => authSettings().url.origin;
