import { webEnv } from "../env.ts";

/** Folders on the worker's host that the operator opened for repositories. */
export const openRoots = (): readonly string[] => webEnv().PILOTHOUSE_ALLOWED_ROOTS;
