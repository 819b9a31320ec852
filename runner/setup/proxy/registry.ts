// The last step to a registry with a credential.
import type { Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { portOf, type Registry } from "../registries.ts";
import type { PlainTarget } from "./target.ts";

export const targetOf = ({ url }: Registry, path: string): PlainTarget => ({
  host: url.hostname,
  port: portOf(url),
  path,
});

/** By the name that the operator wrote, whatever address it has. */
export const secured = (socket: Socket, { url, ca }: Registry): TLSSocket =>
  connectTls({
    socket,
    servername: url.hostname,
    ALPNProtocols: ["http/1.1"],
    ...(ca === null ? {} : { ca }),
  });
