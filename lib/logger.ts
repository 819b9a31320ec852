// Diagnostics of our own processes, as JSON lines on stderr. The word "log" means the record of what
// happened (lib/record); nothing here is evidence.
import pino from "pino";

const SECRET_KEYS = [
  "password",
  "token",
  "secret",
  "cookie",
  "authorization",
  "link",
  "privateKey",
  "DATABASE_URL",
];

export const redactPaths = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);

export type Logger = pino.Logger;

/** One logger per process; `logger.child({ runId })` for a scope. Level by PILOTHOUSE_LOG_LEVEL. */
export function createLogger(
  process_: string,
  destination: pino.DestinationStream = pino.destination(2),
): Logger {
  return pino(
    {
      base: { process: process_ },
      level: process.env.PILOTHOUSE_LOG_LEVEL ?? "info",
      redact: { paths: redactPaths, censor: "[redacted]" },
      serializers: { err: pino.stdSerializers.err },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    destination,
  );
}
