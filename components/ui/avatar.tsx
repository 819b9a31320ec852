import { initials } from "../format.ts";

export function Avatar({ name, small = false }: { name: string; small?: boolean }) {
  return (
    <span className={small ? "ava s" : "ava"} role="img" aria-label={name} title={name}>
      {initials(name)}
    </span>
  );
}
