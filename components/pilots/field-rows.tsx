import { CHARTER_FIELDS, type CharterField } from "#lib/pilots/form.ts";
import type { Charter } from "#lib/pilots/schema.ts";
import { KeyValue } from "../ui/key-value.tsx";
import { Code, Visible } from "../ui/visible.tsx";
import { fieldName } from "./field-names.ts";
import { type FieldValue, fieldValue } from "./field-values.ts";
import { STEPS } from "./wizard/steps.ts";

const FIELDS = Object.keys(CHARTER_FIELDS) as CharterField[];

export interface FieldRowsProps {
  readonly charter: Charter;
  /** Of people, agents and repositories, by their ids. */
  readonly names: Readonly<Record<string, string>>;
}

/** Every field of the charter, part by part; the longest folded. */
export function FieldRows({ charter, names }: FieldRowsProps) {
  return STEPS.filter(({ key }) => key !== "review").map(({ key, title }) => (
    <section key={key} className="vals" aria-label={title}>
      <h3>{title}</h3>
      <KeyValue
        rows={FIELDS.filter((field) => field.startsWith(`${key}.`)).map((field) => ({
          key: fieldName(field),
          value: <Shown {...fieldValue(field, charter, names)} />,
        }))}
      />
    </section>
  ));
}

const MOST = 6;

function Shown({ lines, isCode, isNothing }: FieldValue) {
  if (isNothing) return <span className="t3">{lines[0]}</span>;
  const [first, rest] = [lines.slice(0, MOST), lines.slice(MOST)];
  return (
    <>
      <Lines lines={first} isCode={isCode} />
      {rest.length > 0 ? (
        <details>
          <summary className="t2 sm">and {rest.length} more</summary>
          <Lines lines={rest} isCode={isCode} />
        </details>
      ) : null}
    </>
  );
}

const Lines = ({ lines, isCode }: { lines: readonly string[]; isCode: boolean }) => (
  <ul>
    {lines.map((line, at) => (
      <li key={`${at} ${line}`} className="tw">
        {isCode ? <Code text={line} /> : <Visible text={line} />}
      </li>
    ))}
  </ul>
);
