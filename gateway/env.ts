import { z } from "zod";
import { parseEnv } from "#lib/env.ts";
import { badInput } from "#lib/errors.ts";

const absolute = z.string().regex(/^\//, { error: "must be an absolute path" });

const GatewayEnv = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "must be a URL like postgres://…" }),
  PILOTHOUSE_GATEWAY: absolute.describe(
    "Folder of the gateway alone: the key that providers' keys are sealed to",
  ),
  PILOTHOUSE_GATEWAY_PORT: z.coerce
    .number({ error: "must be a number" })
    .int({ error: "must be a whole number" })
    .min(1, { error: "must be between 1 and 65535" })
    .max(65_535, { error: "must be between 1 and 65535" }),
  PILOTHOUSE_GATEWAY_HOST: z.string().min(1).default("127.0.0.1").describe("Address the gateway listens at"),
  PILOTHOUSE_GATEWAY_TLS_CERT: absolute.optional().describe("File of the certificate, PEM"),
  PILOTHOUSE_GATEWAY_TLS_KEY: absolute.optional().describe("File of the certificate's key, PEM"),
});
export type GatewayEnv = z.infer<typeof GatewayEnv>;

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/;

/** Beyond this host tokens and prompts travel encrypted or not at all. */
export function gatewayEnv(source: NodeJS.ProcessEnv): GatewayEnv {
  const env = parseEnv(GatewayEnv, source);
  const { PILOTHOUSE_GATEWAY_TLS_CERT: cert, PILOTHOUSE_GATEWAY_TLS_KEY: key } = env;
  if ((cert === undefined) !== (key === undefined))
    throw badInput("Give PILOTHOUSE_GATEWAY_TLS_CERT and PILOTHOUSE_GATEWAY_TLS_KEY together.");
  if (cert === undefined && !LOOPBACK.test(env.PILOTHOUSE_GATEWAY_HOST)) {
    throw badInput(
      "PILOTHOUSE_GATEWAY_HOST is not of this host alone: give PILOTHOUSE_GATEWAY_TLS_CERT and PILOTHOUSE_GATEWAY_TLS_KEY too.",
    );
  }
  return env;
}
