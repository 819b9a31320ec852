// What the setup command finds in its environment: the proxy, as the tools that know one want to be told of it.
import { WITHOUT_SCRIPTS } from "#lib/setup/rules.ts";
import type { SetupPlan } from "#lib/setup/schema.ts";

/** Port of the proxy inside the sandbox. */
export const PROXY_PORT = 4902;
export const PROXY_URL = `http://127.0.0.1:${PROXY_PORT}`;

const QUIET = {
  CI: "true",
  npm_config_audit: "false",
  npm_config_fund: "false",
  npm_config_update_notifier: "false",
  PIP_DISABLE_PIP_VERSION_CHECK: "1",
  PIP_NO_INPUT: "1",
};

/** curl, pip, go and most others read the first; npm, Yarn and cargo have words of their own. */
const PROXIED = {
  ...{ http_proxy: PROXY_URL, https_proxy: PROXY_URL, HTTP_PROXY: PROXY_URL, HTTPS_PROXY: PROXY_URL },
  ...{ all_proxy: PROXY_URL, ALL_PROXY: PROXY_URL },
  ...{ no_proxy: "127.0.0.1,localhost", NO_PROXY: "127.0.0.1,localhost" },
  ...{ npm_config_proxy: PROXY_URL, npm_config_https_proxy: PROXY_URL },
  ...{ YARN_HTTP_PROXY: PROXY_URL, YARN_HTTPS_PROXY: PROXY_URL },
  ...{ CARGO_HTTP_PROXY: PROXY_URL, PIP_PROXY: PROXY_URL },
};

/** Nothing of the host's own environment. A sandbox's home is empty, so nothing of a person's is there either. */
export const setupEnvironment = ({
  scripts,
}: Pick<SetupPlan, "scripts">): Readonly<Record<string, string>> => ({
  ...QUIET,
  ...PROXIED,
  ...(scripts === "off" ? WITHOUT_SCRIPTS : {}),
});
