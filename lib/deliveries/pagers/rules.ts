// What PagerDuty calls with, as rows, and whether it was PagerDuty. Pure but for the digest.
import { createHmac, timingSafeEqual } from "node:crypto";
import { oneLine } from "../rows/one-line.ts";
import type { Kept, SEVERITIES } from "../rows/schema.ts";
import type { PagerIncident } from "./schema.ts";

/** Each connection is a source of its own: two accounts may number alike. */
export const pagerSource = (pagerId: string): string => `pagerduty:${pagerId}`;

const MOST_SIGNATURES = 10;
const SIGNATURE = /^v1=[0-9a-f]{64}$/;

/** `v1=…,v1=…`: while a secret is changed there is one of each, and any of them that is ours will do. */
export function isSignedByPager(secret: string, body: Uint8Array, header: string): boolean {
  const wanted = createHmac("sha256", secret).update(body).digest();
  return header
    .split(",", MOST_SIGNATURES)
    .map((each) => each.trim())
    .filter((each) => SIGNATURE.test(each))
    .map((each) => timingSafeEqual(wanted, Buffer.from(each.slice(3), "hex")))
    .includes(true);
}

type Severity = (typeof SEVERITIES)[number];
const PRIORITIES: Readonly<Record<string, Severity>> = {
  ...{ p1: "critical", sev1: "critical", p2: "high", sev2: "high" },
  ...{ p3: "medium", sev3: "medium", p4: "low", sev4: "low", p5: "low", sev5: "low" },
};

/** By its priority where the account has them, else by its urgency. */
function severityOf({ priority, urgency }: PagerIncident): Severity {
  const named = PRIORITIES[(priority?.summary ?? "").toLowerCase().replace(/[^a-z0-9]/g, "")];
  if (named !== undefined) return named;
  return urgency === "high" ? "high" : urgency === "low" ? "low" : "unknown";
}

/** Text from outside in a field that holds one line. */
const line = (text: string | null | undefined, most: number): string =>
  oneLine(text ?? "", most) || "unknown";

export interface Called {
  readonly eventId: string;
  readonly eventType: string;
  readonly at: Date;
  readonly incident: PagerIncident;
}

/** An incident is over when it is resolved, and begins again when it is opened again. */
const RESOLVED = "incident.resolved";
/** What changes nothing of this: notes, links, people. */
const PASSED_OVER =
  /^incident\.(annotated|conference|custom_field|incident_type|responder|service_updated|status_update|workflow)/;

/** Null where the call says nothing about when it began or ended: what is told of a resolved one later does not move its end. */
export function incidentRow(
  repositoryId: string,
  { eventType, at, incident }: Called,
): Kept["incident"] | null {
  const isOver = eventType === RESOLVED;
  if (PASSED_OVER.test(eventType) || (!isOver && incident.status === "resolved")) return null;
  return {
    ...{ externalId: incident.id, service: line(incident.service?.summary, 200), repositoryId },
    ...{ severity: severityOf(incident), detectedAt: incident.created_at },
    restoredAt: isOver ? new Date(Math.max(at.getTime(), incident.created_at.getTime())) : null,
    ...{ deploymentSource: null, deploymentExternalId: null, asOf: at },
  };
}

/** Somebody's telephone rings: at the beginning, when nobody came, and when it begins again. */
const CALLING: readonly string[] = ["incident.triggered", "incident.escalated", "incident.reopened"];

/** Null where nobody was called: low urgency waits for the morning. */
export function pageRow(
  repositoryId: string,
  about: Kept["page_call"]["about"],
  { eventId, eventType, at, incident }: Called,
): Kept["page_call"] | null {
  if (!CALLING.includes(eventType) || incident.urgency === "low") return null;
  return {
    ...{ externalId: eventId, service: line(incident.service?.summary, 200), repositoryId, about },
    ...{ calledAt: at, incidentExternalId: incident.id, asOf: at },
  };
}
