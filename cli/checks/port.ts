import { isPortFree } from "#lib/postgres/port.ts";
import { type Finding, failed, fine } from "./finding.ts";

/** `own`: the port is ours, because we are running. */
export async function checkPort(port: number, own: boolean): Promise<Finding> {
  const name = "Port";
  if (own) return fine(name, `Pilothouse itself is running on port ${port}.`);
  if (await isPortFree(port)) return fine(name, `Port ${port} is free.`);
  return failed(
    name,
    `Port ${port} is taken by another program: choose one with \`npm run up -- --port NUMBER\`.`,
  );
}
