// Tokens of leases, and everything that decides what their holder may call, in one statement.
import { type Db, statement } from "../db.ts";
import type { Scope } from "../scope.ts";

export async function insertToken(
  db: Db,
  token: { readonly leaseId: string; readonly runId: string; readonly tokenSha256: Uint8Array<ArrayBuffer> },
): Promise<void> {
  await db.$executeRaw`
    insert into lease_token (lease_id, run_id, token_sha256)
    values (${token.leaseId}, ${token.runId}, ${token.tokenSha256})`;
}

export interface AdmissionRow {
  readonly leaseId: string;
  readonly runId: string;
  readonly pilotId: string;
  readonly agentId: string;
  readonly attempt: number;
  readonly phase: string;
  readonly runnerId: string;
  readonly leaseEnded: boolean;
  readonly runStatus: string;
  readonly pilotStatus: string;
  readonly stopped: boolean;
  readonly charterDigest: string;
  readonly canonical: string;
  readonly timeZone: string;
  readonly model: string | null;
  readonly agentSettings: unknown;
  readonly providerId: string | null;
  readonly providerKind: string | null;
  readonly baseUrl: string | null;
  readonly providerSettings: unknown;
  readonly providerDisabled: boolean;
  readonly keyId: string | null;
  readonly sealed: Uint8Array | null;
  readonly priceId: string | null;
  /** Digits. */
  readonly input: string | null;
  readonly cached: string | null;
  readonly cacheWrite: string | null;
  readonly output: string | null;
  readonly reasoning: string | null;
}

const ADMISSION = `
    select l.id as "leaseId", r.id as "runId", r.pilot_id as "pilotId", r.agent_id as "agentId", l.attempt, l.phase,
      l.runner_id as "runnerId", (l.ended_at is not null or w.revoked_at is not null) as "leaseEnded", r.status as "runStatus",
      p.status as "pilotStatus", exists (select from stop s where s.lifted_at is null
        and (s.pilot_id is null or s.pilot_id = r.pilot_id)) as "stopped",
      r.charter_digest as "charterDigest", c.canonical, p.time_zone as "timeZone", a.model,
      a.settings as "agentSettings", v.id as "providerId", v.kind as "providerKind", v.base_url as "baseUrl",
      v.settings as "providerSettings", v.disabled_at is not null as "providerDisabled",
      k.id as "keyId", k.sealed, m.id as "priceId", m.input, m.cached, m.cache_write as "cacheWrite", m.output,
      m.reasoning
    from lease_token t join lease l on l.id = t.lease_id join runner w on w.id = l.runner_id join run r on r.id = l.run_id
      join pilot p on p.id = r.pilot_id join charter c on c.id = r.charter_id join agent a on a.id = r.agent_id
      left join provider v on v.id = a.provider_id
      left join lateral (select id, sealed from provider_key where provider_id = v.id and retired_at is null
        order by set_at desc, id desc limit 1) k on true
      left join lateral (select * from model_price where provider_id = v.id and model = a.model
        order by version desc limit 1) m on true
    where t.token_sha256 = $1`;

/**
 * The newest key that is not retired, the newest price. Null for a token nobody was given. Asked more often than anything
 * else: twice a second for each lease that calls.
 */
export async function findAdmission(scope: Scope, tokenSha256: Uint8Array): Promise<AdmissionRow | null> {
  const values = [Buffer.from(tokenSha256)];
  const [row] = await statement<AdmissionRow>(scope, { name: "admission", text: ADMISSION, values });
  return row ?? null;
}
