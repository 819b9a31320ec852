import { COMMON, outputFormat } from "./fields.ts";
import { messagesTool, toolChoice } from "./tools.ts";
import {
  free,
  imageAt,
  list,
  objectAt,
  oneOf,
  oneWord,
  type Rule,
  refuse,
  shape,
  text,
  textOr,
} from "./walk.ts";

const imageSource: Rule = (value, place, images) => {
  const source = objectAt(value, place);
  const { type, media_type, data } = source;
  if (type !== "base64") refuse(place, "an image goes inside the request, in base64.");
  imageAt(media_type, data, place);
  shape({ data: free, media_type: text })(source, place, images);
  images.set(source, "data");
};

const image: Rule = (value, place, images) => {
  if (objectAt(value, place).source === undefined) refuse(place, "an image has a source.");
  shape({ source: imageSource })(value, place, images);
};

const written = shape({ text });
const result = textOr(list(oneOf("Results", { text: written, image })));

const block = oneOf("Contents", {
  text: written,
  image,
  tool_use: shape({ input: free }),
  tool_result: shape({ content: result }),
  thinking: shape({ thinking: text, signature: text }),
  redacted_thinking: shape({ data: text }),
});

const ROLES = ["user", "assistant", "system"]; // Claude Code puts "system" among the messages

const message = shape({
  role: oneWord(ROLES, `a role is one of ${ROLES.join(", ")}.`),
  content: textOr(list(block)),
});

export const messagesRequest: Rule = shape({
  ...COMMON,
  messages: list(message),
  system: textOr(list(oneOf("Contents", { text: written }))),
  tools: list(messagesTool),
  tool_choice: toolChoice,
  stop_sequences: free,
  output_config: outputFormat,
  output_format: outputFormat,
});
