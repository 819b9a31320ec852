// A relay between a stand-in of the gateway and a listener on this host, and a plain way to write bytes to it.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { NewEvent } from "#lib/protocol/events.ts";
import { createRelay, type Relay, type RelayOptions } from "#runner/relay/relay.ts";
import { testLogger } from "../runner/parts.ts";
import { type GatewayStandIn, type ModelAnswer, startGatewayStandIn } from "./gateway-stand-in.ts";

export interface RelayScene {
  readonly gateway: GatewayStandIn;
  readonly relay: Relay;
  readonly port: number;
  readonly events: NewEvent[];
  readonly over: AbortController;
  readonly lines: Record<string, unknown>[];
}

export async function openRelay(
  answer: ModelAnswer,
  changes: Partial<RelayOptions> = {},
): Promise<RelayScene> {
  const gateway = await startGatewayStandIn(answer);
  const events: NewEvent[] = [];
  const over = new AbortController();
  const { logger, lines } = testLogger();
  const relay = createRelay({
    grant: { token: gateway.token, gatewayUrl: gateway.url },
    sign: gateway.sign,
    emit: async (event) => void events.push(NewEvent.parse(event)),
    logger,
    signal: over.signal,
    ...changes,
  });
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  relay.take(listener);
  onTestFinished(async () => {
    await relay.close();
    await gateway.close();
  });
  return { gateway, relay, port: (listener.address() as AddressInfo).port, events, over, lines };
}

/** Connects and writes these bytes. */
export function dial(port: number, bytes: string): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(bytes, "latin1");
  return socket;
}

/** Writes bytes and gives back all that comes until the end of the connection. */
export async function rawAnswer(port: number, bytes: string): Promise<string> {
  const socket = dial(port, bytes);
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
  });
  await new Promise((resolve) => socket.once("close", resolve));
  return text;
}
