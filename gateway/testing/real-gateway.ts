// The gateway over the real ledger, with the provider on loopback and the runner's key in the test's hands.
import { systemClock } from "#lib/clock.ts";
import { createLogger } from "#lib/logger.ts";
import { admit } from "#lib/model-calls/admit.ts";
import { openCalls } from "#lib/model-calls/open-calls.ts";
import { recordRefusal } from "#lib/model-calls/record-refusal.ts";
import type { Admission, RefusalReason } from "#lib/model-calls/schema.ts";
import { settleCalls } from "#lib/model-calls/settle-calls.ts";
import { actorId } from "#lib/scope.ts";
import type { ModelScene } from "#lib/testing/model-scene.ts";
import type { Caller } from "../access/authenticate.ts";
import { type Gateway, LIMITS, openGateway } from "../gateway.ts";
import { createUnseal } from "../keys/unseal.ts";
import type { Ledger } from "../ledger.ts";
import { gatewayScope } from "../scope.ts";
import { type Answered, type Ask, ask, type TestRunner, testRunner } from "./client.ts";

export interface CallMore extends Pick<Ask, "leaveWhen"> {
  readonly path?: string;
  readonly by?: TestRunner | undefined;
}

export interface RealGateway {
  readonly gateway: Gateway;
  readonly ledger: Ledger;
  /** Its key is ours, its id the scene's. */
  readonly runner: TestRunner;
  /** A signed request to the first API or another path, of this runner or another one that is registered, too. */
  call(token: string, body: object, more?: CallMore): Promise<Answered>;
  /** Once the refusals that were answered so far are written down. */
  refusalsWritten(): Promise<unknown>;
}

const logger = createLogger("gateway", { write: () => undefined });

/** The provider of the scene lives elsewhere; everything else of an admission is as the ledger says. */
const at = (admission: Admission, url: string): Admission => ({
  ...admission,
  provider: { ...admission.provider, baseUrl: `${url}/v1` },
});

/** DATABASE_URL names the role of the gateway whenever it is called. */
export async function openRealGateway(
  scene: ModelScene,
  upstream: { readonly url: string },
  gatewayId = "gwk_test",
): Promise<RealGateway> {
  const runner = testRunner(actorId(scene.runner.actor));
  const registered = new Map<string, TestRunner>();
  const writing: Promise<void>[] = [];
  const ledger: Ledger = {
    admit: async (token, runnerId) => at(await admit(gatewayScope(), token, runnerId), upstream.url),
    openCalls: (intents) => openCalls(gatewayScope(), intents),
    settleCalls: (finals) => settleCalls(gatewayScope(), finals),
  };
  const refused = ({ runnerId, admission }: Caller, reason: RefusalReason) =>
    void writing.push(recordRefusal(gatewayScope(), { reason, runnerId, run: admission }));
  const gateway = await openGateway(
    {
      ...{ gatewayId, ledger, clock: systemClock, logger, limits: LIMITS, refused },
      findRunner: async (id) => registered.get(id)?.credential ?? null,
      unseal: createUnseal(scene.privateKey),
    },
    { host: "127.0.0.1", port: 0, tls: null },
  );
  return {
    ...{ gateway, ledger, runner },
    call(token, body, { path = "/v1/responses", by = runner, ...rest } = {}) {
      registered.set(by.credential.id, by);
      const bytes = Buffer.from(JSON.stringify(body));
      const headers = {
        ...{ "content-type": "application/json", "content-length": String(bytes.length) },
        ...{ authorization: `Bearer ${token}`, ...by.signed("POST", path, bytes) },
      };
      return ask({ port: gateway.port, method: "POST", path, headers, body: bytes, ...rest });
    },
    refusalsWritten: () => Promise.all(writing),
  };
}
