"use client";

import { ListFilter, X } from "lucide-react";
import Link from "next/link";
import { usePathname, useRouter } from "next/navigation";
import { type FormEvent, useTransition } from "react";
import { Icon } from "../ui/icon.tsx";

export interface FilterField {
  readonly name: string;
  readonly label: string;
  /** As the address has it; empty for none. */
  readonly value: string;
  /** A choice; without it a text or, with `type`, a day. */
  readonly options?: readonly { readonly value: string; readonly title: string }[];
  readonly type?: "search" | "date";
  readonly placeholder?: string;
}

export interface FilterBarProps {
  readonly fields: readonly FilterField[];
  /** "94 entries" */
  readonly found: string;
  /** Kept in the address but not shown: the tab, the selected row. */
  readonly keep?: Readonly<Record<string, string>>;
}

/** Filters live in the address: a list can be linked, and works without script as a plain form. */
export function FilterBar({ fields, found, keep = {} }: FilterBarProps) {
  const router = useRouter();
  const path = usePathname();
  const [pending, start] = useTransition();
  const apply = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(event.currentTarget))
      if (typeof value === "string" && value !== "") query.set(name, value);
    start(() => router.replace(query.size > 0 ? `${path}?${query}` : path, { scroll: false }));
  };
  const isFiltered = fields.some(({ value }) => value !== "");
  return (
    <search className="fl">
      <form
        method="get"
        className="contents"
        onSubmit={apply}
        onChange={(event) => isChoice(event.target) && event.currentTarget.requestSubmit()}
      >
        <Icon of={ListFilter} className="t3" />
        {Object.entries(keep).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        {fields.map((field) => (
          <Field key={field.name} field={field} />
        ))}
        <button type="submit" className="vh">
          Filter
        </button>
      </form>
      {isFiltered ? (
        <Link className="btn sm quiet" href={path} scroll={false}>
          <Icon of={X} size={12} />
          Clear
        </Link>
      ) : null}
      <span className="grow" />
      <span className="t3 sm num nowrap" role="status" aria-busy={pending}>
        {pending ? "Filtering" : found}
      </span>
    </search>
  );
}

const isChoice = (target: EventTarget) =>
  target instanceof HTMLSelectElement || (target instanceof HTMLInputElement && target.type === "date");

function Field({
  field: { name, label, value, options, type = "search", placeholder },
}: {
  field: FilterField;
}) {
  if (options) {
    return (
      <select name={name} aria-label={label} className="input select fit" defaultValue={value} key={value}>
        <option value="">{label}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.title}
          </option>
        ))}
      </select>
    );
  }
  if (type === "date") {
    return (
      <label className="row t3 sm">
        {label}
        <input name={name} type="date" className="input" defaultValue={value} key={value} />
      </label>
    );
  }
  return (
    <input
      name={name}
      aria-label={label}
      type={type}
      className="input"
      defaultValue={value}
      key={value}
      placeholder={placeholder ?? label}
    />
  );
}
