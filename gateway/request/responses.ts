import { COMMON, outputFormat } from "./fields.ts";
import { clientSearch, localEnvironment, responsesTool, toolChoice } from "./tools.ts";
import {
  free,
  imageIn,
  list,
  objectAt,
  oneOf,
  oneWord,
  orNull,
  type Rule,
  refuse,
  shape,
  text,
  textOr,
} from "./walk.ts";

const inputText = shape({ text });
const inputImage = imageIn("image_url");

const part = oneOf("Contents", {
  input_text: inputText,
  output_text: shape({ text, logprobs: free }),
  text: inputText,
  refusal: shape({ refusal: text }),
  summary_text: inputText,
  reasoning_text: inputText,
  input_image: inputImage,
});

const output = textOr(
  list(oneOf("Outputs", { input_text: inputText, output_text: inputText, input_image: inputImage })),
);

const ROLES = ["user", "assistant", "system", "developer"];

const message = shape({
  role: oneWord(ROLES, `a role is one of ${ROLES.join(", ")}.`),
  content: textOr(list(part)),
});

/** With an id and nothing else it stands for what the provider keeps. */
const reasoning: Rule = (value, place, images) => {
  const { id, encrypted_content, content } = objectAt(value, place);
  if (typeof id === "string" && typeof encrypted_content !== "string" && !Array.isArray(content))
    refuse(place, "reasoning without its content would be looked up at the provider.");
  shape({ summary: list(part), content: list(part), encrypted_content: text })(value, place, images);
};

const tools = list(responsesTool);

const item = oneOf(
  "Items",
  {
    message,
    reasoning,
    function_call: shape({ arguments: text }),
    function_call_output: shape({ output }),
    custom_tool_call: shape({ input: text }),
    custom_tool_call_output: shape({ output }),
    local_shell_call: shape({ action: free }),
    local_shell_call_output: shape({ output: text }),
    shell_call: shape({ action: free, environment: orNull(localEnvironment) }),
    shell_call_output: shape({ output: free }),
    apply_patch_call: shape({ operation: free }),
    apply_patch_call_output: shape({ output: text }),
    compaction: shape({ encrypted_content: text }),
    compaction_summary: shape({ encrypted_content: text }),
    additional_tools: shape({ tools }),
    tool_search_call: clientSearch({ arguments: free }),
    tool_search_output: clientSearch({ tools }),
  },
  (value) => ("role" in value ? "message" : undefined),
);

export const responsesRequest: Rule = shape({
  ...COMMON,
  input: textOr(list(item)),
  instructions: text,
  tools,
  tool_choice: toolChoice,
  text: outputFormat,
});
