// Fields that several APIs share.
import { absent, free, inert, oneWord, type Rule, refuse, shape } from "./walk.ts";

const PRICED = "this changes what a call costs, which the price table does not know.";
const ONE_MODEL = "the run's agent has one model; others cannot stand in for it.";

const isFlag: Rule = (value, place) => {
  if (typeof value !== "boolean" && value !== null) refuse(place, "true or false is expected here.");
};

const oneAnswer: Rule = (value, place) => {
  if (value !== 1 && value !== null) refuse(place, "one answer is asked for at a time.");
};

const elsewhere = (feature: string) => absent(`${feature} runs at the provider, outside the sandbox.`);
const kept = absent("objects kept at the provider are not used through this gateway.");
const otherModel = absent(ONE_MODEL);

/** The schema of structured output. */
export const outputFormat: Rule = shape({ schema: free, json_schema: free, format: shape({ schema: free }) });

export const COMMON: Readonly<Record<string, Rule>> = {
  // Read again after the walk; named here so that another spelling of them is refused.
  model: inert,
  max_tokens: inert,
  max_completion_tokens: inert,
  max_output_tokens: inert,
  stream_options: inert,
  stream: isFlag,
  store: isFlag,
  n: oneAnswer,
  best_of: oneAnswer,
  metadata: free,
  client_metadata: free,
  service_tier: oneWord(["auto", "default", "flex", "standard_only"], PRICED),
  speed: oneWord(["standard"], PRICED),
  inference_geo: absent(PRICED),
  background: elsewhere("A response in the background"),
  web_search_options: elsewhere("Web search"),
  plugins: elsewhere("A plugin"),
  mcp_servers: elsewhere("An MCP server"),
  audio: absent("Only texts and images are passed on."),
  previous_response_id: kept,
  conversation: kept,
  container: kept,
  prompt: kept,
  models: otherModel,
  fallbacks: otherModel,
  route: otherModel,
  extra_body: absent("a field of fields is not passed on."),
};
