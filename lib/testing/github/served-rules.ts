// What GitHub says of an app at its installation and of the rules for a branch, for the server of the tests.
import { exampleOf } from "./contract.ts";

export type Answer = readonly [status: number, body: unknown];
export interface Asked {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
}
export type Handlers = Readonly<Record<string, (asked: Asked) => Answer>>;

const REPO = "/repos/{owner}/{repo}";
/** The number of the app that is installed. */
export const APP = 4711;

export interface ServedRules {
  /** What the app may do at the installation beside what merges need. */
  permissions: Readonly<Record<string, string>>;
  rules: { readonly type: string; readonly ruleset_id: number; readonly parameters?: unknown }[];
  /** By number; `bypass_actors` left out where they are not shown. */
  rulesets: Record<number, Readonly<Record<string, unknown>>>;
  /** The older kind of one branch. */
  protection: unknown;
  /** In place of each answer about rules. */
  rulesRefused: number | null;
}

export const noRules = (): ServedRules => ({
  ...{ permissions: {}, rules: [], rulesets: {}, rulesRefused: null },
  protection: {
    enabled: false,
    required_status_checks: { enforcement_level: "off", contexts: [], checks: [] },
  },
});

/** A rule that lets nothing come to the branch but by a pull request. */
export const WANTS_PULLS = { type: "pull_request", ruleset_id: 2 } as const;

/** A rule that requires the check, of ruleset 1. */
export const requires = (context = "pilothouse/merge", app: number | null = APP, ruleset_id = 1) => ({
  ...{ type: "required_status_checks", ruleset_id },
  parameters: {
    strict_required_status_checks_policy: false,
    required_status_checks: [{ context, ...(app === null ? {} : { integration_id: app }) }],
  },
});

export function rulesHandlers(server: ServedRules): Handlers {
  const refused = (): Answer | null =>
    server.rulesRefused === null
      ? null
      : [server.rulesRefused, { message: "Resource not accessible", documentation_url: "https://docs" }];
  return {
    "GET /app/installations/{installation_id}": () => {
      const shown = exampleOf("GET /app/installations/{installation_id}");
      const permissions = { ...(shown.permissions as object), ...server.permissions };
      return [200, { ...shown, app_id: APP, permissions }];
    },
    [`GET ${REPO}/rules/branches/{branch}`]: ({ query }) => {
      const [size, page] = [Number(query.get("per_page")), Number(query.get("page"))];
      const whole = { ruleset_source_type: "Repository", ruleset_source: "octo/shop" };
      const listed = server.rules
        .slice(size * (page - 1), size * page)
        .map((rule) => ({ ...whole, ...rule }));
      return refused() ?? [200, listed];
    },
    [`GET ${REPO}/rulesets/{ruleset_id}`]: ({ params }) => {
      const ruleset = server.rulesets[Number(params.ruleset_id)];
      const { bypass_actors: _, ...shown } = exampleOf(`GET ${REPO}/rulesets/{ruleset_id}`);
      const missing = { message: "Not Found", documentation_url: "https://docs.github.com/rest" };
      return ruleset ? [200, { ...shown, ...ruleset, id: Number(params.ruleset_id) }] : [404, missing];
    },
    [`GET ${REPO}/branches/{branch}`]: ({ params }) => {
      const shown = exampleOf(`GET ${REPO}/branches/{branch}`);
      return refused() ?? [200, { ...shown, name: params.branch, protection: server.protection }];
    },
  };
}
