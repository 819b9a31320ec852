// Tools the client runs itself, inside the sandbox. A hosted tool would run at the provider, outside every wall.
import { free, inert, list, objectAt, oneOf, oneWord, type Rule, refuse, shape, text } from "./walk.ts";

const described = {
  description: text,
  parameters: free,
  input_schema: free,
  output_schema: free,
  format: free,
};
const named = shape(described);

const LOCAL_ONLY = "a shell is run by the client: environment.type is local.";
const CLIENT_ONLY = "a search for tools is done by the client: execution is client.";

export const localEnvironment: Rule = (value, place, images) => {
  if (objectAt(value, place).type !== "local") refuse(place, LOCAL_ONLY);
  shape({ skills: list(shape({ description: text })) })(value, place, images);
};

const shell: Rule = (value, place, images) => {
  if (objectAt(value, place).environment === undefined) refuse(place, LOCAL_ONLY);
  shape({ environment: localEnvironment })(value, place, images);
};

const byClient: Rule = (value, place) => {
  if (value !== "client") refuse(place, CLIENT_ONLY);
};

/** What is searched for by the client: the field has to say so. */
export const clientSearch =
  (rules: Readonly<Record<string, Rule>>): Rule =>
  (value, place, images) => {
    if (objectAt(value, place).execution === undefined) refuse(place, CLIENT_ONLY);
    shape({ ...rules, execution: byClient })(value, place, images);
  };

const plain = { function: named, custom: named };

/** Of the Responses API, wherever they stand: `tools`, `additional_tools`, or found by a search. */
export const responsesTool = oneOf("Tools", {
  ...plain,
  namespace: shape({ description: text, tools: list(oneOf("Tools of a namespace", plain)) }),
  local_shell: shape({}),
  shell,
  apply_patch: shape({}),
  tool_search: clientSearch(described),
});

export const chatTool = oneOf("Tools", {
  function: shape({ function: named }),
  custom: shape({ custom: named }),
});

/** Their names carry the day of their definition. */
const CLIENT_RUN = /^(bash|text_editor)_\d{8}$/;

/** Of the Messages API: the client's own, and the two Anthropic defines and the client runs. */
export const messagesTool: Rule = (value, place, images) => {
  const { type } = objectAt(value, place);
  if (typeof type === "string" && CLIENT_RUN.test(type)) return shape({})(value, place, images);
  oneOf("Tools", { custom: named }, () => "custom")(value, place, images);
};

const CHOICES = [
  "function",
  "custom",
  "local_shell",
  "shell",
  "apply_patch",
  "allowed_tools",
  "auto",
  "any",
  "tool",
  "none",
  "required",
];

export const toolChoice: Rule = (value, place, images) => {
  if (typeof value === "string" || value === null) return inert(value, place, images);
  oneWord(CHOICES, "this tool cannot be chosen: it is not passed on.")(
    objectAt(value, place).type ?? null,
    place,
    images,
  );
  shape({ tools: list(toolChoice), allowed_tools: shape({ tools: list(toolChoice) }) })(value, place, images);
};
