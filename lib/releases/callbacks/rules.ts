// Which addresses a decision is told to: GitHub's way of reviewing a deployment protection rule (REST API, “Review custom
// deployment protection rules for a workflow run”), there and on servers of one's own, and nothing beside it: what is
// sent there bears a credential of ours.
import { badInput } from "../../errors.ts";
import { hookUrl } from "../../notices/rules.ts";

const NAME = "[A-Za-z0-9._-]{1,100}";
const PATH = new RegExp(
  `^((?:/api/v3)?)(/repos/${NAME}/${NAME}/actions/runs/\\d{1,20})/deployment_protection_rule$`,
);

export interface CallbackPlace {
  /** As the worker calls it. */
  readonly url: string;
  /** With its port where it is not the usual one: what a credential is kept for. */
  readonly host: string;
  /** Of the workflow's run. */
  readonly runUrl: string;
  /** Where tokens for an installation are asked for. */
  tokenUrl(installation: string): string;
}

/** Throws bad_input with a sentence that holds nothing of the address. */
export function callbackPlace(written: string, allowedHosts: readonly string[]): CallbackPlace {
  const url = hookUrl(written, allowedHosts);
  const [, api = "", run = ""] = PATH.exec(url.pathname) ?? [];
  if (run === "" || url.search !== "" || /\/\.{1,2}\//.test(written))
    throw badInput(SENTENCE, { deployment_callback_url: [SENTENCE] });
  const { origin, host } = url;
  return {
    ...{ url: url.href, host, runUrl: `${origin}${api}${run}` },
    tokenUrl: (installation) => `${origin}${api}/app/installations/${installation}/access_tokens`,
  };
}

const SENTENCE =
  "Name the callback as GitHub gives it: https://…/repos/OWNER/NAME/actions/runs/NUMBER/deployment_protection_rule.";
