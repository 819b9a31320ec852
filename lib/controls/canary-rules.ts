// Runners that the self-test knocks with. Their ids are fixed, so that what watches the doors knows its own canaries; their
// keys are made anew each time and kept nowhere.

/** Registered, with no phase: it gets no work. */
export const CANARY_RUNNER = "rnr_000000000se1ftest00001";
/** The same, and revoked. */
export const REVOKED_CANARY = "rnr_000000000se1ftest00002";
export const CANARIES: readonly string[] = [CANARY_RUNNER, REVOKED_CANARY];

/** Refusals that a round brings about by itself; anything else about a canary is somebody else's doing. */
export const isOwnKnock = (runner: string, reason: string): boolean =>
  (runner === CANARY_RUNNER && reason === "token_unknown") ||
  (runner === REVOKED_CANARY && reason === "revoked");
