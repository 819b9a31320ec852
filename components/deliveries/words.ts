// How the page of deliveries calls things.
import { Ban, Check, CircleDashed, Loader, type LucideIcon, X } from "lucide-react";
import type { FetchState } from "#lib/deliveries/fetches/schema.ts";
import type { DeploymentStatus, Way } from "#lib/deliveries/rows/schema.ts";
import type { CauseView, DeliveriesQuery } from "#lib/deliveries/views/schema.ts";
import type { Tone } from "../status.ts";

interface Face {
  readonly tone: Tone;
  readonly icon: LucideIcon;
  readonly word: string;
}

export const DEPLOYMENT_FACES: Readonly<Record<DeploymentStatus, Face>> = {
  queued: { tone: "wait", icon: CircleDashed, word: "Queued" },
  running: { tone: "work", icon: Loader, word: "Running" },
  succeeded: { tone: "good", icon: Check, word: "Succeeded" },
  failed: { tone: "bad", icon: X, word: "Failed" },
  cancelled: { tone: "wait", icon: Ban, word: "Cancelled" },
};

export const FETCH_FACES: Readonly<Record<FetchState, Face>> = {
  queued: { tone: "wait", icon: CircleDashed, word: "Queued" },
  running: { tone: "work", icon: Loader, word: "Running" },
  waiting: { tone: "need", icon: CircleDashed, word: "Waiting" },
  done: { tone: "good", icon: Check, word: "Done" },
  failed: { tone: "bad", icon: X, word: "Failed" },
};

export const WAY_WORDS: Readonly<Record<Way, string>> = {
  api: "A program",
  csv: "A file",
  github: "GitHub, asked",
  github_call: "GitHub, called",
  pagerduty_call: "PagerDuty, called",
};

export const BECAUSE_WORDS: Readonly<Record<CauseView["because"], string>> = {
  person: "A person said so",
  id: "The incident names it",
  rollback: "It was taken back while the incident lasted",
  window: "The last one to production before it, within a day",
};

export function hrefOf(query: DeliveriesQuery): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parts.set(name, value);
  return parts.size > 0 ? `/deliveries?${parts}` : "/deliveries";
}
