import { SelectField } from "../form/field.tsx";

const OPTIONS = [
  { value: "", title: "Not said" },
  { value: "wrong", title: "Wrong: it does not do what it should" },
  { value: "unsafe", title: "Unsafe: it opens a hole or takes a guard away" },
  { value: "style", title: "Style: it does not fit the code around it" },
  { value: "scope", title: "Scope: it does more, or other things, than was asked" },
  { value: "duplicate", title: "Duplicate: it is done elsewhere already" },
] as const;

/** What is the matter with a patch, in one of a few words: the figures count them. */
export function RejectedAsField() {
  return (
    <SelectField name="rejectedAs" label="What is the matter with it" options={OPTIONS} defaultValue="" />
  );
}
