// The one table of statuses: what a state is called, its tone and its icon, the same on every page.
import {
  Ban,
  Check,
  CircleDashed,
  Clock,
  FlaskConical,
  GitMerge,
  GitPullRequest,
  Hand,
  Loader,
  type LucideIcon,
  Minus,
  OctagonAlert,
  Pause,
  PencilLine,
  Play,
  PlugZap,
  Radar,
  ShieldAlert,
  ShieldCheck,
  ShieldHalf,
  TriangleAlert,
  Undo2,
  Unplug,
  X,
} from "lucide-react";

export type Tone = "wait" | "work" | "need" | "review" | "good" | "bad";

export interface StatusFace {
  readonly tone: Tone;
  readonly icon: LucideIcon;
  readonly word: string;
  /** Work that is under way turns, unless reduced motion is asked for. */
  readonly turns?: true;
}

const face = (tone: Tone, icon: LucideIcon, word: string): StatusFace => ({ tone, icon, word });

export const STATUSES = {
  run: {
    queued: face("wait", CircleDashed, "Queued"),
    preparing: face("work", ShieldHalf, "Preparing"),
    working: { ...face("work", Loader, "Working"), turns: true },
    awaiting_decision: face("need", Hand, "Awaiting decision"),
    paused: face("wait", Pause, "Paused"),
    verifying: face("work", FlaskConical, "Verifying"),
    in_review: face("review", GitPullRequest, "In review"),
    merging: face("review", GitMerge, "Merging"),
    merged: face("good", GitMerge, "Merged"),
    rejected: face("bad", X, "Rejected"),
    failed: face("bad", OctagonAlert, "Failed"),
    cancelled: face("wait", Ban, "Cancelled"),
  },
  pilot: {
    draft: face("wait", PencilLine, "Draft"),
    activating: face("need", Hand, "Activating"),
    active: face("work", Play, "Active"),
    paused: face("wait", Pause, "Paused"),
    completed: face("good", Check, "Completed"),
    rolled_back: face("bad", Undo2, "Rolled back"),
    abandoned: face("wait", Ban, "Abandoned"),
  },
  gate: {
    open: face("need", Hand, "Open"),
    approved: face("good", Check, "Approved"),
    denied: face("bad", X, "Denied"),
    expired: face("wait", Clock, "Expired"),
    void: face("wait", Ban, "Void"),
  },
  finding: {
    open: face("need", Radar, "Open"),
    validated: face("review", Check, "Validated"),
    mitigated: face("good", ShieldCheck, "Mitigated"),
    dismissed: face("wait", Minus, "Dismissed"),
  },
  evidence: {
    verified: face("good", Check, "Verified"),
    regressed: face("bad", X, "Regressed"),
    not_repaired: face("bad", X, "Not repaired"),
    untrustworthy: face("bad", ShieldAlert, "Untrustworthy"),
    incomplete: face("need", TriangleAlert, "Incomplete"),
  },
  runner: {
    unheard: face("wait", CircleDashed, "Not heard of"),
    online: face("good", PlugZap, "Online"),
    busy: { ...face("work", Loader, "Busy"), turns: true },
    lost: face("bad", Unplug, "Lost"),
    revoked: face("wait", Ban, "Revoked"),
  },
  repository: {
    waiting: face("wait", CircleDashed, "Waiting"),
    ready: face("good", Check, "Ready"),
    problem: face("bad", OctagonAlert, "Problem"),
  },
  wire: {
    armed: face("good", ShieldCheck, "Armed"),
    tripped: face("bad", OctagonAlert, "Tripped"),
  },
  step: {
    working: { ...face("work", Loader, "Working"), turns: true },
    done: face("good", Check, "Done"),
    failed: face("bad", X, "Failed"),
    skipped: face("wait", Minus, "Skipped"),
    interrupted: face("need", TriangleAlert, "Interrupted"),
  },
  call: {
    open: { ...face("work", Loader, "Open"), turns: true },
    done: face("good", Check, "Done"),
    failed: face("bad", X, "Failed"),
    aborted: face("need", TriangleAlert, "Cut off"),
    unknown: face("need", TriangleAlert, "End not known"),
  },
  control: {
    holds: face("good", ShieldCheck, "Holds"),
    failed: face("bad", ShieldAlert, "Failed"),
    old: face("bad", Clock, "Proof too old"),
    not_run: face("wait", Minus, "Not tried here"),
    never: face("wait", CircleDashed, "Not tried yet"),
  },
  comparison: {
    planned: face("wait", PencilLine, "Planned"),
    started: face("work", FlaskConical, "Under way"),
    closed: face("good", Check, "Closed"),
  },
  verdict: {
    acceptable: face("good", Check, "Acceptable"),
    wrong: face("bad", X, "Wrong"),
    incomplete: face("need", TriangleAlert, "Incomplete"),
  },
  drill: {
    gathering: face("work", CircleDashed, "Waiting for runners"),
    pulled: face("work", Clock, "Stopped"),
    done: face("good", Check, "Done"),
    failed: face("bad", X, "Called off"),
  },
  reach: {
    waiting: face("wait", Clock, "Not known yet"),
    stopped: face("good", Check, "Ended"),
    not_reached: face("bad", Unplug, "Not reached"),
    unconfirmed: face("bad", TriangleAlert, "Never confirmed"),
  },
  kpi: {
    met: face("good", Check, "Met"),
    missed: face("bad", X, "Missed"),
    cannot_tell: face("wait", CircleDashed, "Cannot tell"),
    no_target: face("wait", Minus, "No target"),
    not_connected: face("wait", Unplug, "Not connected"),
  },
} as const satisfies Record<string, Record<string, StatusFace>>;

export type StatusNoun = keyof typeof STATUSES;
export type StatusOf<Noun extends StatusNoun> = keyof (typeof STATUSES)[Noun] & string;

export const RUN_STATUSES = Object.keys(STATUSES.run) as StatusOf<"run">[];

/** The face of a state. A state the table does not know is a mistake of ours, so it throws. */
export function statusFace<Noun extends StatusNoun>(noun: Noun, status: StatusOf<Noun>): StatusFace {
  const faces: Record<string, StatusFace> = STATUSES[noun];
  const found = Object.hasOwn(faces, status) ? faces[status] : undefined;
  if (!found) throw new Error(`No ${noun} is ever "${status}".`);
  return found;
}

const ENDED: readonly StatusOf<"run">[] = ["merged", "rejected", "failed", "cancelled"];
const LIVE: readonly StatusOf<"run">[] = ["preparing", "working", "awaiting_decision", "paused", "verifying"];

export const isRunEnded = (status: StatusOf<"run">): boolean => ENDED.includes(status);
/** A sandbox of this run may be up. */
export const isRunLive = (status: StatusOf<"run">): boolean => LIVE.includes(status);
