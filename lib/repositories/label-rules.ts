// Whether a charter lets work be done on a repository with these labels.
import type { FieldErrors } from "../errors.ts";
import type { Charter } from "../pilots/schema.ts";

const quoted = (labels: readonly string[]): string => labels.map((label) => `“${label}”`).join(", ");

/** Sentences by field; nothing where it does. */
export function labelFaults({ scope }: Charter, labels: readonly string[]): FieldErrors {
  const forbidden = scope.forbiddenLabels.filter((label) => labels.includes(label));
  const missing = scope.repositoryLabels.filter((label) => !labels.includes(label));
  return {
    ...(forbidden.length > 0 && {
      "scope.forbiddenLabels": [
        `The repository is labelled ${quoted(forbidden)}, and the charter lets nothing run there.`,
      ],
    }),
    ...(missing.length > 0 && {
      "scope.repositoryLabels": [
        `The charter is for repositories labelled ${quoted(missing)}, and this one is not.`,
      ],
    }),
  };
}

/** Null where it does, else why not. */
export const refusalOfLabels = (charter: Charter, labels: readonly string[]): string | null =>
  Object.values(labelFaults(charter, labels)).flat()[0] ?? null;
