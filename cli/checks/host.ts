// Everything `up` needs of a host, in the order in which it is worth telling.
import type { Identities } from "../identities.ts";
import { checkDatabase } from "./database.ts";
import { checkDisk } from "./disk.ts";
import { type Finding, fine } from "./finding.ts";
import { checkCheckout, checkDataFolder } from "./folders.ts";
import { checkGateway } from "./gateway.ts";
import { checkPlatform } from "./platform.ts";
import { checkPort } from "./port.ts";
import { checkSandbox } from "./sandbox.ts";
import { checkTools } from "./tools.ts";

export interface Host {
  readonly root: string;
  readonly data: string;
  readonly who: Identities;
  readonly port: number;
  readonly gateway: { readonly folder: string; readonly port: number };
  /** The ports are held by this deployment itself. */
  readonly portIsOwn: boolean;
  readonly databaseUrl: string | undefined;
}

type Check = () => Finding | Promise<Finding>;

function checksFor(host: Host): Check[] {
  const { root, data, who, port, gateway, portIsOwn, databaseUrl } = host;
  const asRoot = who.web !== null;
  return [
    () => checkPlatform({ platform: process.platform, arch: process.arch, node: process.version }),
    () => checkTools(process.env.PATH ?? "", asRoot),
    checkSandbox,
    () => checkCheckout(root, who.web),
    () => checkDataFolder(data, who.web),
    () => checkDisk(data),
    () => checkPort(port, portIsOwn),
    () => checkGateway(gateway.folder, gateway.port, portIsOwn),
    () => (databaseUrl ? checkDatabase(databaseUrl) : fine("Database", "The embedded Postgres is used.")),
  ];
}

export async function checkHost(host: Host): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of checksFor(host)) findings.push(await check());
  return findings;
}
