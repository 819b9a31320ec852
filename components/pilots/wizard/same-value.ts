import type { FormValues } from "#lib/pilots/form.ts";

type Value = FormValues[string] | undefined;
const textOf = (value: Value, isOrdered: boolean): string => {
  if (typeof value === "string") return value.replaceAll("\r", "").trim();
  return (isOrdered ? [...(value ?? [])] : [...(value ?? [])].sort()).join("\n");
};
/** Of a group of boxes the order says nothing. */
export const isSame = (field: string, one: Value, other: Value) => {
  const isOrdered = field === "goal.metrics";
  return textOf(one, isOrdered) === textOf(other, isOrdered);
};
