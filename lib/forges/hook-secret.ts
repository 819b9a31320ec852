import type { Kept } from "../sealing/kept-here.ts";

/** Where what a forge signs its calls with is kept. */
export const keptHook = (connectionId: string): Kept => ({ purpose: "forge hook", place: connectionId });
