// Every kind of entry there has been, with the schema of its detail. The union is closed and only grows: no kind is
// removed, no schema narrowed, since what was written under it has to be readable for ever.
import type { z } from "zod";
import { DELIVERY_KINDS } from "./delivery.ts";
import { FINDING_KINDS } from "./finding.ts";
import { GATE_KINDS } from "./gate.ts";
import { LOG_KINDS } from "./log.ts";
import { MODEL_KINDS } from "./model.ts";
import { NOTICE_KINDS } from "./notice.ts";
import { ARTEFACT_KINDS, PAYLOAD_KINDS } from "./payload.ts";
import { PASSKEY_KINDS, PERSON_KINDS, SIGN_IN_KINDS } from "./person.ts";
import { FACT_KINDS, PILOT_KINDS } from "./pilot.ts";
import { AGENT_KINDS, COMPARISON_KINDS, PROVIDER_KINDS } from "./provider.ts";
import { FORGE_KINDS, REPOSITORY_KINDS, UPSTREAM_KINDS } from "./repository.ts";
import { REVIEW_KINDS } from "./review.ts";
import { RUN_KINDS } from "./run.ts";
import { RUNNER_KINDS } from "./runner.ts";
import { STEERING_KINDS } from "./steering.ts";
import { CONTROL_KINDS, DRILL_KINDS, STOP_KINDS } from "./stop.ts";
import { ACCESS_KINDS, RELEASE_KINDS, TOKEN_KINDS } from "./token.ts";

export const KINDS = {
  ...PERSON_KINDS,
  ...REPOSITORY_KINDS,
  ...PILOT_KINDS,
  ...AGENT_KINDS,
  ...RUNNER_KINDS,
  ...RUN_KINDS,
  ...GATE_KINDS,
  ...STOP_KINDS,
  ...LOG_KINDS,
  ...PAYLOAD_KINDS,
  ...PROVIDER_KINDS,
  ...MODEL_KINDS,
  ...FINDING_KINDS,
  ...STEERING_KINDS,
  ...NOTICE_KINDS,
  ...PASSKEY_KINDS,
  ...SIGN_IN_KINDS,
  ...TOKEN_KINDS,
  ...ACCESS_KINDS,
  ...REVIEW_KINDS,
  ...RELEASE_KINDS,
  ...FORGE_KINDS,
  ...ARTEFACT_KINDS,
  ...DRILL_KINDS,
  ...CONTROL_KINDS,
  ...UPSTREAM_KINDS,
  ...DELIVERY_KINDS,
  ...FACT_KINDS,
  ...COMPARISON_KINDS,
} as const;
export type EntryKind = keyof typeof KINDS;

/** As a caller gives it. */
export type NewDetail<K extends EntryKind> = z.input<(typeof KINDS)[K]>;
/** As the log holds it. */
export type Detail<K extends EntryKind> = z.output<(typeof KINDS)[K]>;
