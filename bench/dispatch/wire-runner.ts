// The bench's runner as the web process sees it: signed requests over loopback, a long poll that is held open.
import { systemClock } from "#lib/clock.ts";
import { readPrivateKey } from "#lib/protocol/signing.ts";
import { createPlaneClient, type PlaneClient } from "#runner/plane/client.ts";
import { createTransport } from "#runner/plane/transport.ts";
import type { BenchRunner } from "../place/work.ts";

export function wireRunner(planeUrl: string, { id, keys, hostId }: BenchRunner): PlaneClient {
  const privateKey = readPrivateKey(keys.privateKey);
  const identity = () => ({ privateKey, publicKey: keys.publicKey, hostId, runnerId: id });
  return createPlaneClient(createTransport({ planeUrl, identity, clock: systemClock }));
}
