import { AgentSettings } from "../agents/schema.ts";
import { parseCharter } from "../pilots/canonical.ts";
import { ProviderKind, ProviderSettings } from "../providers/schema.ts";
import type { Scope } from "../scope.ts";
import { type AdmissionRow, findAdmission } from "./admission-store.ts";
import { recordRefusal } from "./record-refusal.ts";
import { CallRefused } from "./refusal.ts";
import { budgetsOf, isModelAllowed, outboundOf, refusalToCall } from "./rules.ts";
import type { Admission } from "./schema.ts";

/**
 * What the holder of a run token may call, read anew. `tokenSha256`: hex. Throws CallRefused, which is written down.
 * The runner's own signature is the caller's to check.
 */
export async function admit(scope: Scope, tokenSha256: string, runnerId: string): Promise<Admission> {
  const digest = Buffer.from(tokenSha256, "hex");
  const row = await findAdmission(scope, digest);
  const reason = row === null ? "token_unknown" : refusalOf(row, runnerId);
  if (row !== null && reason === null) return admissionOf(row);
  await recordRefusal(scope, { reason: reason ?? "token_unknown", runnerId, run: row });
  throw new CallRefused(reason ?? "token_unknown");
}

const refusalOf = (row: AdmissionRow, runnerId: string) =>
  refusalToCall(
    {
      ...row,
      mayUseModel: isModelAllowed(parseCharter(row.canonical).controls.models, row.model ?? ""),
      hasModel: row.model !== null && row.providerId !== null,
      hasKey: row.sealed !== null,
      hasPrice: row.priceId !== null,
    },
    runnerId,
  );

function admissionOf(row: AdmissionRow): Admission {
  const { leaseId, runId, pilotId, agentId, attempt, charterDigest, timeZone } = row;
  const charter = parseCharter(row.canonical);
  const { maxOutputTokens, concurrentCalls } = AgentSettings.parse(row.agentSettings);
  return {
    ...{ leaseId, runId, pilotId, agentId, attempt, charterDigest, timeZone },
    budgets: budgetsOf(charter),
    provider: {
      id: present(row.providerId),
      kind: ProviderKind.parse(row.providerKind),
      baseUrl: present(row.baseUrl),
      settings: ProviderSettings.parse(row.providerSettings),
      key: { id: present(row.keyId), sealed: Buffer.from(present(row.sealed)) },
    },
    model: present(row.model),
    price: {
      id: present(row.priceId),
      input: Number(present(row.input)),
      cached: Number(present(row.cached)),
      cacheWrite: Number(present(row.cacheWrite)),
      output: Number(present(row.output)),
      reasoning: Number(present(row.reasoning)),
    },
    limits: { maxOutputTokens, concurrentCalls },
    outbound: outboundOf(charter),
  };
}

function present<T>(value: T | null): T {
  if (value === null) throw new Error("an admission lacks what was found to be there");
  return value;
}
