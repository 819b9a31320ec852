// A proxy of setup on a listener of this process, and hosts on loopback behind names of a test's own.
import { once } from "node:events";
import http from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { NewEvent } from "#lib/protocol/events.ts";
import type { Network } from "#runner/setup/proxy/dial.ts";
import { createProxy, PROXY_CAPS, type ProxyCaps, type SetupProxy } from "#runner/setup/proxy/proxy.ts";
import type { Registry } from "#runner/setup/registries.ts";
import { quietLogger } from "./setup-scene.ts";

export async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.close();
    if (server instanceof http.Server) server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

export interface ProxyScene {
  readonly proxy: SetupProxy;
  readonly events: NewEvent[];
  readonly end: AbortController;
  /** Sends bytes and gives everything that comes back until the proxy closes, or until `enough` says so. */
  say(text: string, enough?: (got: string) => boolean): Promise<string>;
  open(): Promise<Socket>;
}

export interface ProxyChoices {
  readonly hosts: readonly string[];
  readonly network?: Network;
  readonly caps?: Partial<ProxyCaps>;
  readonly registries?: readonly Registry[];
}

/** Every name leads to loopback, and loopback alone may be reached. */
export const LOOPBACK: Network = {
  resolve: async () => ["127.0.0.1"],
  problemOf: (address) => (address === "127.0.0.1" ? null : "is not loopback"),
};

export async function openProxy({
  hosts,
  network = LOOPBACK,
  caps,
  registries,
}: ProxyChoices): Promise<ProxyScene> {
  const events: NewEvent[] = [];
  const end = new AbortController();
  const proxy = createProxy({
    ...{
      hosts,
      registries,
      network,
      caps: { ...PROXY_CAPS, ...caps },
      logger: quietLogger,
      signal: end.signal,
    },
    emit: async (event) => void events.push(event),
  });
  const listener = createServer();
  const port = await listening(listener);
  proxy.take(listener);
  onTestFinished(() => proxy.close());
  const open = async (): Promise<Socket> => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined); // its end is told by its close
    await once(socket, "connect");
    return socket;
  };
  return {
    ...{ proxy, events, end, open },
    async say(text, enough = () => false) {
      const socket = await open();
      let got = "";
      const closed = once(socket, "close");
      socket.on("data", (chunk) => {
        got += String(chunk);
        if (enough(got)) socket.destroy();
      });
      socket.write(Buffer.from(text, "latin1"));
      await closed;
      return got;
    },
  };
}
