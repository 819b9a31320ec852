// What to do where nothing has come in yet: the very command, and the permission of its token.
import Link from "next/link";
import { KIND_PATHS, type RowKind } from "#lib/deliveries/rows/schema.ts";
import { OutputBlock } from "../ui/output-block.tsx";

const EXAMPLES: Readonly<Record<"deployment" | "incident", Readonly<Record<string, string>>>> = {
  deployment: {
    ...{ externalId: "1842", repository: "REPOSITORY", environment: "production", status: "succeeded" },
    ...{ headSha: "0123456789abcdef0123456789abcdef01234567", startedAt: "2026-03-09T14:00:00Z" },
    finishedAt: "2026-03-09T14:06:00Z",
  },
  incident: {
    ...{ externalId: "OPS-77", service: "shop", repository: "REPOSITORY", severity: "high" },
    ...{ detectedAt: "2026-03-09T15:10:00Z", restoredAt: "2026-03-09T15:40:00Z", deployment: "1842" },
  },
};

/** As a shell takes it. */
export function curlOf(origin: string, kind: "deployment" | "incident", repository: string): string {
  const body = JSON.stringify({ source: "SOURCE", rows: [EXAMPLES[kind]] }).replace(
    "REPOSITORY",
    /^[A-Za-z0-9._/-]+$/.test(repository) ? repository : "REPOSITORY",
  );
  return [
    `curl -sS -X POST ${origin}/api/deliveries/${KIND_PATHS[kind]} \\`,
    `  -H "authorization: Bearer $PILOTHOUSE_TOKEN" \\`,
    `  -H "content-type: application/json" \\`,
    `  -d '${body}'`,
  ].join("\n");
}

export interface ConnectStepsProps {
  readonly kind: Extract<RowKind, "deployment" | "incident">;
  readonly origin: string;
  /** The first that is connected; empty where none is. */
  readonly repository: string;
}

export function ConnectSteps({ kind, origin, repository }: ConnectStepsProps) {
  return (
    <div className="grid gap-2 text-left">
      <p>
        Send them from a pipeline, with a <Link href="/settings/tokens">token</Link> that may do{" "}
        <code className="mono">delivery.record</code>:
      </p>
      <OutputBlock text={curlOf(origin, kind, repository)} label="The command" shows="start" />
      <p>
        {kind === "deployment"
          ? "Or choose a CSV file above, ask GitHub for what it knows of a range of days, or give a repository's GitHub webhook the events “Deployments” and “Deployment statuses”."
          : "Or choose a CSV file above, or connect PagerDuty: its calls become incidents and calls of people on duty."}
      </p>
    </div>
  );
}
