// Which gateways are there. Each says so again and again, by the database's clock, which all of them share; one that
// fell silent is gone, and what it left open is settled by whoever finds it.
import { SECOND } from "../clock.ts";
import { statement } from "../db.ts";
import type { Scope } from "../scope.ts";

export const BEAT_EVERY = 5 * SECOND;

const PROCESS = "gateway ";

/** Before the first call, and every BEAT_EVERY from then on. `gateway`: of this process alone, another one each start. */
export async function beatGateway(scope: Scope, gateway: string): Promise<void> {
  const text = `insert into process_beacon (process, since, at) values ($1, now(), now())
    on conflict (process) do update set at = now()`;
  await statement(scope, { name: "beat_gateway", text, values: [PROCESS + gateway] });
}

/** As it ends: what it could not settle is anybody's. */
export async function leaveGateway(scope: Scope, gateway: string): Promise<void> {
  const text = "update process_beacon set at = to_timestamp(0) where process = $1";
  await statement(scope, { name: "leave_gateway", text, values: [PROCESS + gateway] });
}
