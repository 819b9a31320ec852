// What every process of one deployment agrees on, worked out once per start.
import { join } from "node:path";
import { keptSecret } from "#lib/kept-secret.ts";
import type { RoleUrls } from "#lib/migrate/roles.ts";
import type { Identities } from "./identities.ts";
import type { Layout } from "./layout.ts";
import { enrolmentFile, type RunnerPlan } from "./runners.ts";

export interface Deployment {
  /** The checkout. */
  readonly root: string;
  readonly layout: Layout;
  readonly who: Identities;
  readonly port: number;
  /** Of the gateway that models are called through. */
  readonly gatewayPort: number;
  /** Address people open. */
  readonly url: string;
  readonly mode: "up" | "dev";
  readonly demo: boolean;
}

type Variables = Readonly<Record<string, string>>;

/** The launcher's own environment, of which a few variables pass on. */
type Source = Readonly<Record<string, string | undefined>>;

/** What all processes get; secrets are not among it. */
function common({ layout, url }: Deployment, source: Source): Variables {
  const roots = [layout.repositories, source.PILOTHOUSE_ALLOWED_ROOTS ?? ""].filter((part) => part !== "");
  return {
    PATH: source.PATH ?? "/usr/bin:/bin",
    LANG: "C.UTF-8",
    ...(source.TZ ? { TZ: source.TZ } : {}),
    PILOTHOUSE_DATA: layout.data,
    PILOTHOUSE_BLOBS: layout.blobs,
    PILOTHOUSE_LOG: layout.log,
    PILOTHOUSE_URL: url,
    PILOTHOUSE_ALLOWED_ROOTS: roots.join(":"),
    PILOTHOUSE_ALLOWED_HOSTS: source.PILOTHOUSE_ALLOWED_HOSTS ?? "",
    PILOTHOUSE_NOTICE_HOSTS: source.PILOTHOUSE_NOTICE_HOSTS ?? "",
    PILOTHOUSE_LOG_LEVEL: source.PILOTHOUSE_LOG_LEVEL ?? "info",
  };
}

const PASSED_TO_WEB = [
  "PILOTHOUSE_OIDC_ISSUER",
  "PILOTHOUSE_OIDC_CLIENT_ID",
  "PILOTHOUSE_OIDC_CLIENT_SECRET",
  "PILOTHOUSE_OIDC_CLIENT_SECRET_FILE",
  "PILOTHOUSE_OIDC_CONFIRM_HOURS",
  "PILOTHOUSE_OIDC_SECOND_STEP",
  "PILOTHOUSE_OIDC_ACR",
  "PILOTHOUSE_OIDC_AMR",
  "PILOTHOUSE_OIDC_NAME",
  "PILOTHOUSE_OIDC_SCOPES",
  "PILOTHOUSE_OIDC_GROUPS_CLAIM",
  "PILOTHOUSE_OIDC_JOIN_GROUPS",
  "PILOTHOUSE_SIGN_IN",
  "PILOTHOUSE_EMERGENCY_ADMIN",
  "PILOTHOUSE_SECOND_FACTOR",
  "PILOTHOUSE_IDLE_MINUTES",
  "PILOTHOUSE_HUMAN_MINUTES",
  "PILOTHOUSE_CHROMIUM",
] as const;

export async function webVariables(
  deployment: Deployment,
  urls: RoleUrls,
  source: Source,
): Promise<Variables> {
  const given = PASSED_TO_WEB.flatMap((name) => (source[name] ? [[name, source[name]] as const] : []));
  return {
    ...common(deployment, source),
    ...Object.fromEntries(given),
    HOME: join(deployment.layout.homes, "web"),
    PORT: String(deployment.port),
    PILOTHOUSE_PROXY_HOPS: source.PILOTHOUSE_PROXY_HOPS ?? "0",
    DATABASE_URL: urls.web,
    PILOTHOUSE_GATEWAY_URL: source.PILOTHOUSE_GATEWAY_URL ?? `http://127.0.0.1:${deployment.gatewayPort}`,
    PILOTHOUSE_HTTP_PROVIDERS: source.PILOTHOUSE_HTTP_PROVIDERS ?? "",
    PILOTHOUSE_SESSION_SECRET: await keptSecret(join(deployment.layout.secrets, "session")),
    NEXT_TELEMETRY_DISABLED: "1",
  };
}

export function workerVariables(deployment: Deployment, urls: RoleUrls, source: Source): Variables {
  return {
    ...common(deployment, source),
    HOME: join(deployment.layout.homes, "worker"),
    DATABASE_URL: urls.worker,
    PILOTHOUSE_MIRRORS: deployment.layout.mirrors,
    PILOTHOUSE_NOTICE_KEYS: join(deployment.layout.homes, "worker", "notices"),
    PILOTHOUSE_PLANE_URL: planeUrl(deployment),
    PILOTHOUSE_GATEWAY_URL: source.PILOTHOUSE_GATEWAY_URL ?? `http://127.0.0.1:${deployment.gatewayPort}`,
    ...(source.PILOTHOUSE_ANCHOR ? { PILOTHOUSE_ANCHOR: source.PILOTHOUSE_ANCHOR } : {}),
    ...(source.PILOTHOUSE_INDICATORS ? { PILOTHOUSE_INDICATORS: source.PILOTHOUSE_INDICATORS } : {}),
    ...(source.PILOTHOUSE_GIT_CREDENTIALS
      ? { PILOTHOUSE_GIT_CREDENTIALS: source.PILOTHOUSE_GIT_CREDENTIALS }
      : {}),
  };
}

const PASSED_TO_NOTARY = ["PILOTHOUSE_LOG_KEY", "PILOTHOUSE_LOG_KEY_FILE", "PILOTHOUSE_WITNESSES"] as const;

/** The notary knows its database role, its two folders, and what the operator gave it. */
export function notaryVariables({ layout }: Deployment, urls: RoleUrls, source: Source): Variables {
  const given = PASSED_TO_NOTARY.flatMap((name) => (source[name] ? [[name, source[name]] as const] : []));
  return {
    PATH: source.PATH ?? "/usr/bin:/bin",
    LANG: "C.UTF-8",
    HOME: join(layout.homes, "notary"),
    PILOTHOUSE_LOG_LEVEL: source.PILOTHOUSE_LOG_LEVEL ?? "info",
    DATABASE_URL: urls.notary,
    PILOTHOUSE_NOTARY: layout.notary,
    PILOTHOUSE_LOG: layout.log,
    ...Object.fromEntries(given),
  };
}

const PASSED_TO_GATEWAY = [
  "PILOTHOUSE_GATEWAY_HOST",
  "PILOTHOUSE_GATEWAY_TLS_CERT",
  "PILOTHOUSE_GATEWAY_TLS_KEY",
] as const;

/** The gateway knows its database role, its own folder, and where it listens. Providers' keys come sealed, by the database. */
export function gatewayVariables(deployment: Deployment, urls: RoleUrls, source: Source): Variables {
  const { layout, gatewayPort } = deployment;
  const given = PASSED_TO_GATEWAY.flatMap((name) => (source[name] ? [[name, source[name]] as const] : []));
  return {
    PATH: source.PATH ?? "/usr/bin:/bin",
    LANG: "C.UTF-8",
    HOME: join(layout.homes, "gateway"),
    PILOTHOUSE_LOG_LEVEL: source.PILOTHOUSE_LOG_LEVEL ?? "info",
    DATABASE_URL: urls.gateway,
    PILOTHOUSE_GATEWAY: layout.gateway,
    PILOTHOUSE_GATEWAY_PORT: String(gatewayPort),
    ...Object.fromEntries(given),
  };
}

export const planeUrl = ({ port }: Deployment): string => `http://127.0.0.1:${port}`;

/** A runner knows nothing of the control plane but its address. */
export function runnerVariables(deployment: Deployment, plan: RunnerPlan, source: Source): Variables {
  const { layout } = deployment;
  return {
    PATH: source.PATH ?? "/usr/bin:/bin",
    LANG: "C.UTF-8",
    ...(source.TZ ? { TZ: source.TZ } : {}),
    HOME: layout.runners,
    PILOTHOUSE_LOG_LEVEL: source.PILOTHOUSE_LOG_LEVEL ?? "info",
    PILOTHOUSE_PLANE_URL: planeUrl(deployment),
    PILOTHOUSE_RUNNER_STATE: layout.runners,
    PILOTHOUSE_AGENTS: layout.agents,
    PILOTHOUSE_RUNNER_NAME: plan.name,
    PILOTHOUSE_RUNNER_PHASES: plan.phases.join(","),
    PILOTHOUSE_RUNNER_SLOT: String(plan.slot),
    PILOTHOUSE_ENROLMENT_FILE: enrolmentFile(layout, plan.name),
  };
}
