import { route } from "#lib/guard/route.ts";
import { Register } from "#lib/protocol/schema.ts";
import { registerRunner } from "#lib/runners/register-runner.ts";

/** Public: the enrolment token in the body is the credential. */
export const POST = route({
  permission: "public",
  maxBytes: 16_384,
  input: Register,
  handler: ({ scope, input, visitor }) => registerRunner(scope, input, visitor.address),
});
