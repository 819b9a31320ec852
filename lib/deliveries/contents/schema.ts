/** So often a deployment is looked at without anything coming of it, over five days. */
export const MOST_TRIES = 16;
