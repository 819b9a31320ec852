import { COMMON, outputFormat } from "./fields.ts";
import { chatTool, toolChoice } from "./tools.ts";
import {
  absent,
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

const image: Rule = (value, place, images) => {
  if (objectAt(value, place).image_url === undefined) refuse(place, "an image stands in image_url.url.");
  shape({ image_url: imageIn("url") })(value, place, images);
};

const part = oneOf("Contents", {
  text: shape({ text }),
  refusal: shape({ refusal: text }),
  image_url: image,
});
const content = textOr(list(part));
const called = shape({ arguments: text, input: text });

const toolCall = oneOf(
  "Calls of tools",
  { function: shape({ function: called }), custom: shape({ custom: called }) },
  () => "function",
);

const ROLES = ["developer", "system", "user", "assistant", "tool", "function"];

const message = shape({
  role: oneWord(ROLES, `a role is one of ${ROLES.join(", ")}.`),
  content: orNull(content),
  refusal: text,
  reasoning: text,
  reasoning_content: text,
  tool_calls: list(toolCall),
  function_call: called,
  audio: absent("sound kept at the provider is not used through this gateway."),
});

const described = shape({ description: text, parameters: free });

const onlyText: Rule = list(oneWord(["text"], "answers are texts."));

export const chatRequest: Rule = shape({
  ...COMMON,
  messages: list(message),
  tools: list(chatTool),
  functions: list(described),
  tool_choice: toolChoice,
  response_format: outputFormat,
  stop: free,
  prediction: orNull(shape({ content })),
  modalities: onlyText,
});
